/** One key's transactions on a real L1: replaced when stuck, capped in price, and told apart from what somebody else sent. */

import { createTestClient, createWalletClient, http, parseGwei, publicActions } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createTransactionSender, type SenderOptions } from '../../src/settlement/transaction-sender.ts';
import { testAccount } from '../contracts/stage.ts';
import { type Anvil, startAnvil } from '../support/anvil.ts';

const account = testAccount('sender');
const never = new AbortController().signal;
const to = '0x00000000000000000000000000000000000000aa';
const REVERTING = '0x00000000000000000000000000000000000000bb';
const clientOf = (url: string) =>
  createTestClient({ mode: 'anvil', transport: http(url), pollingInterval: 20, cacheTime: 0 }).extend(publicActions);

let anvil: Anvil;
let client: ReturnType<typeof clientOf>;
let clean: `0x${string}`;
beforeAll(async () => {
  anvil = await startAnvil();
  client = clientOf(anvil.url);
  await client.setBalance({ address: account.address, value: 10n ** 21n });
  await client.setCode({ address: REVERTING, bytecode: '0x5f5ffd' });
  clean = await client.snapshot();
});
afterAll(() => anvil?.stop());
beforeEach(async () => {
  await client.revert({ id: clean });
  clean = await client.snapshot();
  await client.request({ method: 'anvil_dropAllTransactions' } as never);
  await client.setAutomine(true);
  // A snapshot does not bring the next base fee back.
  await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('1') });
  await client.mine({ blocks: 1 });
});

const senderOf = (options: Partial<SenderOptions> = {}, url = anvil.url) =>
  createTransactionSender(
    { maxFeePerGas: parseGwei('200'), stallMs: 250, pollIntervalMs: 20, attemptsMax: 20, ...options },
    { client: clientOf(url) as never, account, clock: systemClock },
  );
const request = { to, data: '0x01', label: 'test' } as const;
const nonce = () => client.getTransactionCount({ address: account.address });
const poolOf = async () => Object.values((await client.getTxpoolContent()).pending)[0] ?? {};
const until = async (holds: () => Promise<boolean>) => {
  for (let i = 0; i < 250; i++) {
    if (await holds()) return;
    await systemClock.sleep(20);
  }
  throw new Error('it never came about');
};

describe('the transaction sender', () => {
  it('sends and sees it mined', async () => {
    const result = await senderOf().send(request, never);
    expect(result).toMatchObject({ kind: 'mined', receipt: { status: 'success', to } });
    expect(await nonce()).toBe(1);
  });

  it('sends nothing that would revert', async () => {
    await expect(senderOf().send({ ...request, to: REVERTING }, never)).rejects.toMatchObject({
      code: 'L1_CALL_REVERTED',
    });
    expect(await nonce()).toBe(0);
  });

  it('sends nothing above the fee cap', async () => {
    await client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('500') });
    await client.mine({ blocks: 1 });
    await expect(senderOf().send(request, never)).rejects.toMatchObject({ code: 'L1_FEE_CAP' });
    expect(await nonce()).toBe(0);
  });

  it('raises both fees of a stuck transaction under the same nonce, and reports the one that is mined', async () => {
    await client.setAutomine(false);
    const attempts: string[] = [];
    const onAttempt = async (hash: string) => {
      expect((await poolOf())['0']?.hash).not.toBe(hash);
      attempts.push(hash);
    };
    const sending = senderOf().send({ ...request, onAttempt }, never);
    await until(async () => Object.keys(await poolOf()).length === 1);
    const first = (await poolOf())['0']!;
    await until(async () => (await poolOf())['0']?.hash !== first.hash);
    const second = (await poolOf())['0']!;
    expect(Object.keys(await poolOf())).toEqual(['0']);
    expect(BigInt(second.maxFeePerGas!) * 10n).toBeGreaterThanOrEqual(BigInt(first.maxFeePerGas!) * 11n);
    expect(BigInt(second.maxPriorityFeePerGas!) * 10n).toBeGreaterThanOrEqual(
      BigInt(first.maxPriorityFeePerGas!) * 11n,
    );
    await client.mine({ blocks: 1 });
    const result = await sending;
    expect(result.kind).toBe('mined');
    expect(await nonce()).toBe(1);
    expect(attempts).toEqual(expect.arrayContaining([first.hash, second.hash]));
    expect(attempts).toContain(result.kind === 'mined' && result.receipt.transactionHash);
  });

  it('stops raising at the cap', async () => {
    await client.setAutomine(false);
    const { maxFeePerGas } = await client.estimateFeesPerGas();
    const sending = senderOf({ maxFeePerGas: maxFeePerGas + 1n }).send(request, never);
    await expect(sending).rejects.toMatchObject({ code: 'L1_FEE_CAP' });
  });

  it('is superseded, at once, when another transaction takes the nonce', async () => {
    await client.setAutomine(false);
    const sending = senderOf({ stallMs: 60_000 }).send(request, never);
    await until(async () => Object.keys(await poolOf()).length === 1);
    const wallet = createWalletClient({ account, transport: http(anvil.url) });
    const fees = { maxFeePerGas: parseGwei('100'), maxPriorityFeePerGas: parseGwei('50') };
    await wallet.sendTransaction({
      to: REVERTING.replace('bb', 'cc') as typeof to,
      value: 1n,
      nonce: 0,
      gas: 50_000n,
      chain: null,
      ...fees,
    });
    await client.mine({ blocks: 1 });
    expect(await sending).toEqual({ kind: 'superseded' });
  });

  it('finds the receipt of a transaction that an earlier life sent', async () => {
    await client.setAutomine(false);
    const stop = new AbortController();
    const earlier = senderOf({ stallMs: 60_000 }).send(request, stop.signal);
    await until(async () => Object.keys(await poolOf()).length === 1);
    stop.abort();
    expect(await earlier).toEqual({ kind: 'superseded' });
    const sending = senderOf({ stallMs: 60_000 }).send(request, never);
    await systemClock.sleep(100);
    await client.mine({ blocks: 1 });
    expect(await sending).toMatchObject({ kind: 'mined' });
    expect(await nonce()).toBe(1);
  });

  it('reports a transaction that reverted when it was mined', async () => {
    await client.setAutomine(false);
    const sending = senderOf({ stallMs: 60_000 }).send(request, never);
    await until(async () => Object.keys(await poolOf()).length === 1);
    await client.setCode({ address: to, bytecode: '0x5f5ffd' });
    await client.mine({ blocks: 1 });
    expect(await sending).toMatchObject({ kind: 'mined', receipt: { status: 'reverted' } });
  });

  it('tells of an empty purse with a code that settlement waits out', async () => {
    await client.setBalance({ address: account.address, value: 1n });
    await expect(senderOf().send({ ...request, data: '0x' }, never)).rejects.toMatchObject({
      code: 'L1_CALL_REVERTED',
    });
  });

  it('gives up after its attempts, leaving the caller to look at the counters', async () => {
    await client.setAutomine(false);
    expect(await senderOf({ attemptsMax: 2 }).send(request, never)).toEqual({ kind: 'superseded' });
  });

  it('fails when Ethereum does not answer', async () => {
    await expect(senderOf({}, 'http://127.0.0.1:9').send(request, never)).rejects.toThrow('HTTP request failed');
  });
});
