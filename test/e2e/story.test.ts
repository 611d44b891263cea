import { type Hash, type Hex, parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balanceOf, loginByProvider, RpcError, receiptOf } from '../demo/api-session.ts';
import { sendRequest, signRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { BASE_TOKEN, freezeData, IDENTITY_REGISTRY, withdrawData } from '../demo/system-contracts.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { runSdkStory } from '../support/sdk-story.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

const refusal = async (sent: Promise<unknown>): Promise<RpcError> => {
  const error = await sent.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (error instanceof RpcError) return error;
  throw error;
};

interface Outcome {
  readonly status: 'pending' | 'included' | 'denied';
  readonly finality?: string;
  readonly batchNumber?: Hex;
  readonly denial?: Readonly<Record<string, unknown>>;
}

describe('a whole node, from outside', () => {
  let node: DevNode;
  let [a, b, c, officer]: Wallet[] = [];
  const sent: { raw: Hex; hash: Hash; by: Wallet }[] = [];
  const outcomeOf = ({ session }: Wallet, hash: Hash) => session.rpc<Outcome | null>('privity_getOutcome', [hash]);
  const send = async (wallet: Wallet, request: Parameters<typeof signRequest>[1]): Promise<Hash> => {
    const raw = await signRequest(wallet, request);
    const hash = await wallet.session.rpc<Hash>('eth_sendRawTransaction', [raw]);
    sent.push({ raw, hash, by: wallet });
    return hash;
  };

  beforeAll(async () => {
    node = await startDevNode();
    [a, b, c, officer] = await Promise.all(
      ['customer-a', 'customer-b', 'customer-c', 'compliance-1'].map((name) => node.wallet(name)),
    );
  }, 300_000);
  afterAll(() => node?.dispose());

  it('credits deposits of Ethereum', async () => {
    await Promise.all([node.l1.deposit(a!.account, parseEther('10')), node.l1.deposit(b!.account, parseEther('5'))]);
    for (const [{ account, session }, value] of [
      [a!, parseEther('10')],
      [b!, parseEther('5')],
    ] as const) {
      const credited = async () => (await balanceOf(session, account.address)) === value || undefined;
      await waitUntil('the deposit is credited', credited, { timeoutMs: 60_000 });
    }
  });

  it('pays, and shows the payment to its parties and the auditor only', async () => {
    const hash = await send(a!, { to: b!.account.address, value: parseEther('1') });
    expect((await waitForReceipt(a!.session, hash)).status).toBe('0x1');
    expect(await receiptOf(b!.session, hash)).not.toBeNull();
    expect(await receiptOf(await loginByProvider(node.url, 'auditor'), hash)).not.toBeNull();
    for (const method of ['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'privity_getOutcome']) {
      expect(await c!.session.rpc(method, [hash])).toBeNull();
    }
    expect(await balanceOf(c!.session, a!.account.address)).toBe(0n);
    expect(await outcomeOf(a!, hash)).toMatchObject({ status: 'included', finality: 'provisional' });
    await waitForReceipt(b!.session, await send(b!, { to: a!.account.address, value: parseEther('0.5') }));
  });

  it('refuses a payment to an address without a role, and a login of it', async () => {
    const outsider = await node.wallet('outsider');
    const { code, message } = await refusal(send(a!, { to: outsider.account.address, value: 1n }));
    expect([code, message]).toEqual([-32001, 'Forbidden: the policy does not allow this transaction.']);
    await expect(sendRequest(outsider, { to: b!.account.address, value: 1n })).rejects.toMatchObject({ code: -32090 });
  });

  it('refuses the payments of a frozen account without saying why', async () => {
    const data = freezeData(b!.account.address);
    await waitForReceipt(officer!.session, await send(officer!, { to: IDENTITY_REGISTRY, data }));
    const { code, message } = await refusal(send(b!, { to: a!.account.address, value: 1n }));
    expect([code, message]).toEqual([-32001, 'Forbidden: the policy does not allow this transaction.']);
    expect(await refusal(send(a!, { to: IDENTITY_REGISTRY, data }))).toMatchObject({ code: expect.any(Number) });
  });

  it('takes a withdrawal', async () => {
    const data = withdrawData('0x00000000000000000000000000000000000000aa');
    const hash = await send(a!, { to: BASE_TOKEN, value: parseEther('0.5'), data });
    expect((await waitForReceipt(a!.session, hash)).status).toBe('0x1');
  });

  it('tells each outcome to the sender, and the same hash to whoever sends the same bytes again', async () => {
    const chainId = Number(await a!.session.rpc<Hex>('eth_chainId', []));
    const next = Number(await a!.session.rpc<Hex>('eth_getTransactionCount', [a!.account.address, 'pending']));
    const sign = (nonce: number, fee: bigint) =>
      a!.account.signTransaction({
        type: 'eip1559',
        chainId,
        nonce,
        to: c!.account.address,
        value: 7n,
        gas: 21_000n,
        maxFeePerGas: fee,
        maxPriorityFeePerGas: fee,
      });
    const submit = (raw: Hex) => a!.session.rpc<Hash>('eth_sendRawTransaction', [raw]);
    const [waiting, replacement] = [await sign(next + 1, 10n), await sign(next + 1, 1000n)];
    const hash = await submit(waiting);
    expect(await submit(waiting)).toBe(hash);
    expect(await outcomeOf(a!, hash)).toMatchObject({ status: 'pending' });
    expect(await outcomeOf(c!, hash)).toBeNull();
    const better = await submit(replacement);
    expect(await outcomeOf(a!, hash)).toMatchObject({ status: 'denied', denial: { code: 'replaced' } });
    expect(await refusal(submit(waiting))).toMatchObject({ code: -32000 });
    await submit(await sign(next, 0n));
    await waitForReceipt(a!.session, better);
    expect(await outcomeOf(a!, better)).toMatchObject({ status: 'included' });
    expect(await submit(replacement)).toBe(better);
    sent.push({ raw: replacement, hash: better, by: a! });
  });

  it('serves the public SDK', async () => {
    const { hash } = await runSdkStory({
      apiUrl: node.url,
      chainId: Number(await a!.session.rpc<Hex>('eth_chainId', [])),
      account: a!.account as Parameters<typeof runSdkStory>[0]['account'],
      recipient: c!.account.address,
      stranger: b!.account.address,
      amount: parseEther('0.25'),
      domain: new URL(node.url).host,
    });
    expect(await receiptOf(a!.session, hash)).not.toBeNull();
  });

  it('commits what it seals', async () => {
    const { committed } = await node.l1.counts();
    const more = async () => (await node.l1.counts()).committed >= committed + 2 || undefined;
    await waitUntil('two more batches are committed', more, { timeoutMs: 60_000 });
    expect((await node.l1.counts()).proven).toBe(0);
  });

  it('survives kill -9: the same balances, receipts, outcomes, sessions and hashes', async () => {
    const everything = async () => ({
      balances: await Promise.all([a!, b!, c!].map(({ account, session }) => balanceOf(session, account.address))),
      receipts: await Promise.all(sent.map(({ hash }) => officerSees('eth_getTransactionReceipt', hash))),
      // The state root of the last batch may come later; the rest of a transaction stands.
      transactions: await Promise.all(sent.map(({ hash }) => officerSees('eth_getTransactionByHash', hash))),
    });
    const officerSees = (method: string, hash: Hash) => officer!.session.rpc(method, [hash]);
    const before = await everything();
    const last = await send(a!, { to: c!.account.address, value: 11n });
    await node.process.kill();
    await node.restart();
    await waitForReceipt(a!.session, last);
    const after = await everything();
    expect(after.receipts.slice(0, -1)).toEqual(before.receipts);
    expect(after.transactions.slice(0, -1)).toEqual(before.transactions);
    expect(after.balances).toEqual([before.balances[0]! - 11n, before.balances[1], before.balances[2]! + 11n]);
    for (const { raw, hash, by } of sent) {
      expect(await by.session.rpc('eth_sendRawTransaction', [raw])).toBe(hash);
      expect(await refusal(c!.session.rpc('eth_sendRawTransaction', [raw]))).toMatchObject({ code: -32001 });
      expect(await outcomeOf(by, hash)).toMatchObject({ status: 'included' });
    }
    expect(await refusal(send(b!, { to: a!.account.address, value: 1n }))).toMatchObject({ code: -32001 });
  });
});
