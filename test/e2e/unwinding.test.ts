/** G3, G7 from outside: a whole node on an Ethereum that takes blocks back, and whose governance revokes the policy; killed in between. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Address, createWalletClient, encodeFunctionData, type Hash, type Hex, http, pad, parseEther } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileFile } from '../../src/cli/policy-files.ts';
import { devAccount } from '../../src/node/dev-accounts.ts';
import { readKeyFile } from '../../src/node/key-files.ts';
import { policyGovernorAbi } from '../../src/settlement/abi/policy-governor.ts';
import { privityBridgeAbi } from '../../src/settlement/abi/privity-bridge.ts';
import { privityChainAbi } from '../../src/settlement/abi/privity-chain.ts';
import { balanceOf } from '../demo/api-session.ts';
import { runPrivity } from '../demo/run-privity.ts';
import { sendRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type DevNode, startDevNode } from './dev-node.ts';
import { policyWithLists, writeIn } from './governance.ts';

interface OutcomeAnswer {
  readonly status: string;
  readonly finality?: string;
  readonly batchNumber?: Hex;
  readonly denial?: { readonly code: string; readonly withdrawn?: { readonly blockHash: Hex } };
}

describe('batches that are taken back', () => {
  let node: DevNode;
  let [a, b, c]: Wallet[] = [];
  let tighter: Hex;

  const outcome = (wallet: Wallet, hash: Hash) => wallet.session.rpc<OutcomeAnswer>('privity_getOutcome', [hash]);
  const receiptOf = async (wallet: Wallet, hash: Hash) => {
    await waitForReceipt(wallet.session, hash);
    return wallet.session.rpc<{ blockHash: Hex }>('eth_getTransactionReceipt', [hash]);
  };
  const ends = (what: string, hash: Hash, status: string) =>
    waitUntil(what, async () => ((await outcome(a!, hash))?.status === status ? outcome(a!, hash) : undefined), {
      timeoutMs: 90_000,
    });
  const l1 = <T>(method: string, params: unknown[]): Promise<T> =>
    node.l1.client.request({ method, params } as never) as Promise<T>;
  const counts = () => node.l1.counts();
  const commitsMore = async () => {
    const { committed } = await counts();
    await waitUntil(
      'batches are committed again',
      async () => (await counts()).committed > committed + 2 || undefined,
      {
        timeoutMs: 90_000,
      },
    );
  };
  /** A payment shows which batch is open. */
  const latestBatch = async (): Promise<Hex> => {
    const hash = await sendRequest(b!, { to: c!.account.address, value: 1n });
    await waitForReceipt(b!.session, hash);
    return (await outcome(b!, hash)).batchNumber!;
  };
  const logged = (event: string) =>
    readFileSync(node.logFile, 'utf8')
      .split('\n')
      .filter((line) => line.includes(`"${event}"`));
  const login = async () => {
    [a, b, c] = await Promise.all(['customer-a', 'customer-b', 'customer-c'].map((name) => node.wallet(name)));
  };
  const credit = async (wallet: Wallet, value: bigint) => {
    const before = await balanceOf(wallet.session, wallet.account.address);
    const receipt = await node.l1.deposit(wallet.account, value);
    const credited = async () =>
      (await balanceOf(wallet.session, wallet.account.address)) === before + value || undefined;
    await waitUntil('the deposit is credited', credited, { timeoutMs: 60_000 });
    return receipt;
  };
  /** By both people at once: taking permission away waits for nothing. */
  const govern = async (data: Hex): Promise<void> => {
    const { governor, bridge, wallets, l1Url } = node.process.welcome;
    const salt = pad(`0x${Date.now().toString(16)}`);
    for (const [name, functionName] of [
      ['maker', 'propose'],
      ['checker', 'approve'],
    ] as const) {
      const wallet = createWalletClient({ account: privateKeyToAccount(wallets.get(name)!), transport: http(l1Url) });
      const call = { address: governor, abi: policyGovernorAbi, functionName, args: [bridge, data, salt] } as const;
      const hash = await wallet.writeContract({ ...call, chain: null });
      expect((await node.l1.client.waitForTransactionReceipt({ hash })).status).toBe('success');
    }
    const isImmediate = data.startsWith(
      encodeFunctionData({
        abi: privityBridgeAbi,
        functionName: 'revokePolicyRoot',
        args: [pad('0x'), 0n, pad('0x')],
      }).slice(0, 10),
    );
    if (isImmediate) return;
    const wallet = createWalletClient({
      account: privateKeyToAccount(wallets.get('outsider')!),
      transport: http(l1Url),
    });
    const args = [bridge, 0n, data, pad('0x'), salt] as const;
    await waitUntil(
      'the delay has passed',
      () =>
        wallet
          .writeContract({ address: governor, abi: policyGovernorAbi, functionName: 'execute', args, chain: null })
          .catch(() => undefined),
      { timeoutMs: 60_000, everyMs: 1_000 },
    );
  };

  beforeAll(async () => {
    node = await startDevNode({ PRIVITY_CHAIN_GOVERNANCE_DELAY_SECONDS: '1' }, (folder) => ({
      PRIVITY_POLICY_FILE: writeIn(folder, 'policy.yaml', policyWithLists()),
      PRIVITY_POLICY_MORE_FILES: writeIn(
        folder,
        'tighter.yaml',
        policyWithLists((text) => text.replace('version: 1', 'version: 2').replaceAll('250 ether', '1 ether')),
      ),
    }));
    await login();
    const { root } = compileFile(
      join(node.folder, 'tighter.yaml'),
      readKeyFile(join(node.dataDir, 'keys', 'policy-salt')),
    );
    tighter = pad(`0x${root.toString(16)}`);
  }, 300_000);
  afterAll(() => node?.dispose());

  it('a deposit that Ethereum loses is gone, with what was paid of it; the rest stays; killed in between', {
    timeout: 400_000,
  }, async () => {
    await credit(b!, parseEther('5'));
    const kept = await sendRequest(b!, { to: c!.account.address, value: 7n });
    await waitForReceipt(b!.session, kept);
    const { blockNumber } = await credit(a!, parseEther('3'));
    const lost = await sendRequest(a!, { to: b!.account.address, value: parseEther('1') });
    const receipt = await receiptOf(a!, lost);
    await commitsMore();
    const head = await node.l1.client.getBlockNumber({ cacheTime: 0 });
    await l1('anvil_reorg', [Number(head - blockNumber) + 1, []]);
    await node.process.kill();
    await node.restart();
    await login();
    const ended = await ends('the payment is denied', lost, 'denied');
    expect(ended.denial).toMatchObject({ code: 'revoked', withdrawn: { blockHash: receipt.blockHash } });
    expect(logged('l1.operations_lost').length).toBeGreaterThan(0);
    expect(logged('batches.withdrawn')).toHaveLength(1);
    expect(await a!.session.rpc('eth_getTransactionReceipt', [lost])).toBeNull();
    expect(await balanceOf(a!.session, a!.account.address)).toBe(0n);
    expect(await balanceOf(b!.session, b!.account.address)).toBe(parseEther('5') - 7n);
    expect((await outcome(b!, kept)).status).toBe('included');
    await commitsMore();
    await credit(a!, parseEther('4'));
  });

  it('a revoked policy takes back what is sealed and not committed, and keeps what the next one allows', {
    timeout: 400_000,
  }, async () => {
    await govern(encodeFunctionData({ abi: privityBridgeAbi, functionName: 'approvePolicyRoot', args: [tighter] }));
    const { chain } = node.process.welcome;
    const policy = { address: node.process.welcome.bridge as Address, abi: privityBridgeAbi } as const;
    const checkpointOf = (index: bigint) =>
      node.l1.client.readContract({ ...policy, functionName: 'priorityCheckpoint', args: [index] });
    const length = () => node.l1.client.readContract({ ...policy, functionName: 'priorityQueueLength' });
    const current = (await checkpointOf(await length())).policyRoot;
    // Nobody pays for commits: batches are sealed and stay here.
    const committer = devAccount('committer').address;
    const ether = await node.l1.client.getBalance({ address: committer });
    await l1('anvil_setBalance', [committer, '0x0']);
    const large = await sendRequest(a!, { to: b!.account.address, value: parseEther('2') });
    const small = await sendRequest(b!, { to: a!.account.address, value: 3n });
    const receipts = [await receiptOf(a!, large), await receiptOf(b!, small)];
    const isSealed = async () => (await outcome(a!, large)).batchNumber !== (await latestBatch()) || undefined;
    await waitUntil('the batch of the payment is sealed', isSealed, { timeoutMs: 60_000 });
    expect((await counts()).committed).toBeLessThan(Number((await outcome(a!, large)).batchNumber));
    await govern(
      encodeFunctionData({ abi: privityBridgeAbi, functionName: 'revokePolicyRoot', args: [current, 0n, tighter] }),
    );
    const ended = await ends('the large payment is denied', large, 'denied');
    expect(ended.denial).toMatchObject({ code: 'revoked', withdrawn: { blockHash: receipts[0]!.blockHash } });
    await waitForReceipt(b!.session, small);
    expect(await outcome(b!, small)).toMatchObject({ status: 'included', finality: 'provisional' });
    expect(await a!.session.rpc('eth_getBlockByHash', [receipts[0]!.blockHash, false])).toBeNull();
    await l1('anvil_setBalance', [committer, `0x${ether.toString(16)}`]);
    await commitsMore();
    expect((await checkpointOf(await length())).policyRoot).toBe(tighter);
    const reverted = await node.l1.client.getContractEvents({
      ...{ address: chain, abi: privityChainAbi, eventName: 'BatchesReverted', fromBlock: 0n },
    });
    expect(reverted.length).toBeLessThanOrEqual(1);
    expect(logged('batches.withdrawn')).toHaveLength(2);
  });

  it('is found whole by verify-store afterwards', { timeout: 120_000 }, async () => {
    expect(await node.process.stop()).toBe(0);
    const { status, text } = await runVerify();
    expect([status, text], text).toEqual([0, expect.stringContaining('withdrawals of batches: 2')]);
    expect(text).toContain('every root as recorded');
  });

  async function runVerify(): Promise<{ status: number | null; text: string }> {
    const previous = { ...process.env };
    Object.assign(process.env, node.options.environment, { PRIVITY_DATA_DIR: node.dataDir });
    try {
      const { status, output, errors } = await runPrivity(['verify-store', '--dev']);
      return { status, text: output + errors };
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in previous)) delete process.env[name];
      Object.assign(process.env, previous);
    }
  }
});
