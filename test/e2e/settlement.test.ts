import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { type Hash, type Hex, parseEther, zeroAddress } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { devAccount } from '../../src/node/dev-accounts.ts';
import { balanceOf, loginByProvider, RpcError } from '../demo/api-session.ts';
import { findMessage } from '../demo/message-path.ts';
import type { DemoResult } from '../demo/result.ts';
import { PROJECT } from '../demo/run-privity.ts';
import { sendRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { settlementFacts } from '../demo/settlement-facts.ts';
import { writeStory } from '../demo/story.ts';
import { BASE_TOKEN, withdrawData } from '../demo/system-contracts.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { allFiles, findLeaks } from '../support/leak-search.ts';
import { type DevNode, startDevNode } from './dev-node.ts';
import { COUNTERPARTY_LIST, govern, policyWithLists, SANCTIONS, writeIn } from './governance.ts';
import { copyProverFiles } from './prover-files.ts';

const PROVING = {
  PRIVITY_PROVER_WORKERS: '1',
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: '20',
  PRIVITY_CHAIN_BATCHES_PER_PROOF: '1',
  PRIVITY_CHAIN_PROVE_DELAY_SLOTS: '1',
  PRIVITY_CHAIN_GOVERNANCE_DELAY_SECONDS: '1',
};
const settledWithinMs = 15 * 60_000;
const resumeWithinMs = 5 * 60_000;

/**
 * G1 from outside: the node proves a batch with the real circuits and Ethereum executes it; an auditor sees the proof verified again. Then the
 * demo's last chapters run on what is left, and end badly when a stored proof or an answer of Ethereum is changed.
 */
describe('a whole settlement', () => {
  let node: DevNode;
  let a: Wallet;
  const story: { payment?: Hash; withdrawal?: { hash: Hash; recipient: Hex; amount: string; batch: number } } = {};

  /** Members of the lists that the policy names; nobody has approved a root of them yet. */
  const [listed, counterparty] = [devAccount('customer-b').address, privateKeyToAddress(generatePrivateKey())];
  const lists: Readonly<Record<string, string>> = {
    [SANCTIONS]: 'sanctions.txt',
    [COUNTERPARTY_LIST]: 'counterparties.txt',
  };
  let listedBatch = 0;
  const putInForce = (list: string) => govern(node, 'list', [join(node.folder, lists[list]!), '--list', list]);

  beforeAll(async () => {
    node = await startDevNode(PROVING, (folder) => ({
      PRIVITY_POLICY_FILE: writeIn(folder, 'policy.yaml', policyWithLists()),
      PRIVITY_POLICY_LIST_FILES: [
        `${SANCTIONS}=${writeIn(folder, lists[SANCTIONS]!, `${listed}\n`)}`,
        `${COUNTERPARTY_LIST}=${writeIn(folder, lists[COUNTERPARTY_LIST]!, `${counterparty}\n`)}`,
      ].join(),
    }));
    a = await node.wallet('customer-a');
  }, 300_000);
  afterAll(() => node?.dispose());

  it('takes a deposit and a withdrawal', { timeout: 300_000 }, async () => {
    await node.l1.deposit(a.account, parseEther('2'));
    const credited = async () => (await balanceOf(a.session, a.account.address)) > 0n || undefined;
    await waitUntil('the deposit is credited', credited, { timeoutMs: 120_000 });
    // One transaction: the batch fits the smaller profile of segments; the demo proves the larger one.
    const recipient = privateKeyToAddress(generatePrivateKey());
    const amount = parseEther('0.5');
    const hash = await sendRequest(a, { to: BASE_TOKEN, value: amount, data: withdrawData(recipient) });
    expect((await waitForReceipt(a.session, hash)).status).toBe('0x1');
    const { batchNumber } = await a.session.rpc<{ batchNumber: Hex }>('privity_getOutcome', [hash]);
    story.payment = hash;
    story.withdrawal = { hash, recipient, amount: amount.toString(), batch: Number(batchNumber) };
  });

  it('pays a member of an allow list, and no member of a deny list', { timeout: 300_000 }, async () => {
    const pay = (to: Hex) => sendRequest(a, { to, value: 1n });
    const payUnlessDenied = (to: Hex) =>
      pay(to).catch((error: unknown) => {
        if (error instanceof RpcError && error.code === -32001) return undefined;
        throw error;
      });
    await expect(pay(counterparty)).rejects.toMatchObject({ code: -32001 });
    await putInForce(COUNTERPARTY_LIST);
    // One operation and one transaction a batch again: each root comes in with a batch of its own.
    const paid = await waitUntil('the counterparty may be paid', () => payUnlessDenied(counterparty), {
      timeoutMs: 120_000,
      everyMs: 1_000,
    });
    expect((await waitForReceipt(a.session, paid)).status).toBe('0x1');
    const { batchNumber } = await a.session.rpc<{ batchNumber: Hex }>('privity_getOutcome', [paid]);
    listedBatch = Number(batchNumber);
    await putInForce(SANCTIONS);
    const auditor = await loginByProvider(node.url, 'auditor');
    let next = listedBatch + 1;
    const sealed = async () => {
      const { status, body } = await auditor.get<{ priorityIndex: number }>(`/api/audit/batches/${next}`);
      if (status === 200) next += 1;
      return (status === 200 && body.priorityIndex === 3) || undefined;
    };
    await waitUntil('a batch with the root of the deny list is sealed', sealed, { timeoutMs: 120_000, everyMs: 500 });
    await expect(pay(listed)).rejects.toMatchObject({ code: -32001 });
  });

  it('proves the batches and executes them on Ethereum; the prover writes nothing private', {
    timeout: settledWithinMs + 60_000,
  }, async () => {
    expect(listedBatch).toBeGreaterThan(story.withdrawal!.batch);
    const secrets = [a.account.address, story.withdrawal!.hash].map((hex) => ({
      name: hex,
      bytes: Buffer.from(hex.slice(2), 'hex'),
    }));
    const copies = join(node.folder, 'prover-files');
    let folders = 0;
    const executed = async () => {
      folders += copyProverFiles(node.process.pid, copies);
      return (await node.l1.counts()).executed >= listedBatch || undefined;
    };
    await waitUntil('the batch is executed on Ethereum', executed, { timeoutMs: settledWithinMs });
    expect(folders, 'the prover was looked at while it proved').toBeGreaterThan(0);
    const excepted = [join(node.dataDir, 'l1'), join(node.dataDir, 'genesis.json')];
    const files = allFiles(node.folder).filter((file) => !excepted.some((path) => file.startsWith(path)));
    expect(findLeaks(files, secrets)).toEqual([]);

    const outcome = await a.session.rpc<{ finality: string }>('privity_getOutcome', [story.payment]);
    expect(outcome.finality).toBe('final');
    const auditor = await loginByProvider(node.url, 'auditor');
    for (const batch of [story.withdrawal!.batch, listedBatch]) {
      const { body } = await auditor.get<{ valid: boolean; checks: object }>(`/api/audit/batches/${batch}/verify`);
      expect(body.checks).toEqual({ storedBatchHash: true, rangeEnds: true, publicInputs: true, proof: true });
      expect(body.valid).toBe(true);
    }
  });

  it('pays the withdrawal on Ethereum, once', { timeout: 120_000 }, async () => {
    const { batch, recipient, amount } = story.withdrawal!;
    const { chain, bridge } = node.process.welcome;
    const { messageHashes } = await settlementFacts(node.l1.client, chain, batch);
    const domain = {
      l1ChainId: BigInt(await node.l1.client.getChainId()),
      bridge,
      chainId: BigInt(await a.session.rpc<Hex>('eth_chainId', [])),
    };
    const wanted = {
      batchNumber: BigInt(batch),
      sender: BASE_TOKEN,
      recipient,
      token: zeroAddress,
      amount: BigInt(amount),
    };
    const { message, siblings } = findMessage(domain, wanted, messageHashes);
    const { account } = await node.wallet('outsider');
    await expect(node.l1.claim(account, { ...message, amount: message.amount + 1n }, siblings)).rejects.toThrow();
    await node.l1.claim(account, message, siblings);
    expect(await node.l1.client.getBalance({ address: recipient })).toBe(BigInt(amount));
    await expect(node.l1.claim(account, message, siblings)).rejects.toThrow();
    await node.process.stop();
    const { httpPort, l1Port, environment } = node.options;
    writeStory(node.folder, { ports: { http: httpPort, l1: l1Port }, story, environment: environment! });
  });

  it.each([
    ['as it is', [], true],
    ['with one bit of an answer of Ethereum flipped', ['--corrupt-l1'], false],
    // Last: it changes what is stored.
    ['with one bit of the stored proof flipped', ['--corrupt-proof'], false],
  ] as const)('is audited by the demo %s', { timeout: resumeWithinMs }, async (_how, flags, ok) => {
    const { status, result, output } = await resume([...flags]);
    expect([status, result.ok], output).toEqual([ok ? 0 : 1, ok]);
    expect(result.withdrawalClaimed).toBe(true);
    expect([result.disclosureVerified, result.tamperedRejected]).toEqual([ok, ok]);
  });

  /** The demo on the folder of this node: exit status and last line. */
  async function resume(flags: string[]): Promise<{ status: number | null; result: DemoResult; output: string }> {
    const main = join(PROJECT, 'test/demo/main.ts');
    const child = spawn(process.execPath, [main, '--resume', node.folder, ...flags], {
      env: { ...process.env, PRIVITY_CACHE_DIR: node.options.cacheDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, result: JSON.parse(output.trim().split('\n').at(-1)!) as DemoResult, output };
  }
});
