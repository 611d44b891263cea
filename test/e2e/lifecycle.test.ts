import { randomBytes } from 'node:crypto';
import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balanceOf } from '../demo/api-session.ts';
import { freePorts } from '../demo/free-ports.ts';
import { embeddedL1Pid } from '../demo/node-process.ts';
import { sendRequest, waitForReceipt } from '../demo/send-transaction.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the life of a node', () => {
  let node: DevNode;
  const credited = async (name: string, value: bigint) => {
    const { account, session } = await node.wallet(name);
    const found = async () => (await balanceOf(session, account.address)) === value || undefined;
    await waitUntil(`${name} has its deposit`, found, { timeoutMs: 60_000 });
    return { account, session };
  };

  beforeAll(async () => {
    node = await startDevNode();
  }, 300_000);
  afterAll(() => node?.dispose());

  it('refuses a second node on the same data folder and goes on', async () => {
    const [httpPort] = await freePorts(1);
    const { code, output } = await node.launchToItsEnd({ httpPort: httpPort! });
    expect([code, /STORE_LOCKED/.test(output)]).toEqual([1, true]);
    expect(node.process.exit()).toBeUndefined();
    expect((await fetch(`${node.url}/health`)).status).toBe(200);
    expect(isAlive(embeddedL1Pid(node.dataDir)!)).toBe(true);
  });

  it('goes on while Ethereum does not answer, and catches up', async () => {
    const a = await node.wallet('customer-a');
    await node.l1.deposit(a.account, parseEther('3'));
    await credited('customer-a', parseEther('3'));
    const before = await node.l1.counts();
    const l1 = embeddedL1Pid(node.dataDir)!;
    process.kill(l1, 'SIGSTOP');
    try {
      // Longer than a request to Ethereum may take, so that it is seen as unreachable and not only as slow.
      const until = Date.now() + 14_000;
      const c = await node.wallet('customer-c');
      while (Date.now() < until) {
        const hash = await sendRequest(a, { to: c.account.address, value: 1n });
        expect((await waitForReceipt(a.session, hash)).status).toBe('0x1');
        await new Promise((resolve) => setTimeout(resolve, 2_000));
      }
      const ready = await fetch(`${node.url}/readyz`);
      expect([ready.status, await ready.json()]).toMatchObject([
        200,
        { checks: { l1: false, store: true, chain: true } },
      ]);
    } finally {
      process.kill(l1, 'SIGCONT');
    }
    const caughtUp = async () => (await node.l1.counts()).committed >= before.committed + 4 || undefined;
    await waitUntil('the batches of the outage are committed', caughtUp, { timeoutMs: 60_000 });
    const b = await node.wallet('customer-b');
    await node.l1.deposit(b.account, parseEther('1'));
    await credited('customer-b', parseEther('1'));
    expect((await fetch(`${node.url}/readyz`)).status).toBe(200);
  });

  it('stops at SIGINT with status 0 and takes its Ethereum node with it', async () => {
    const l1 = embeddedL1Pid(node.dataDir)!;
    expect(isAlive(l1)).toBe(true);
    expect(await node.process.stop()).toBe(0);
    expect([isAlive(l1), embeddedL1Pid(node.dataDir)]).toEqual([false, undefined]);
  });

  it('does not start with another key-encryption key, and damages nothing by trying', async () => {
    const wrong = { PRIVITY_KEYS_KEK_ENV: 'WRONG_KEK', WRONG_KEK: randomBytes(32).toString('hex') };
    const environment = { ...node.options.environment, ...wrong };
    const { code, output } = await node.launchToItsEnd({ environment });
    expect([code, /STORE_KEK_WRONG/.test(output), output.includes(wrong.WRONG_KEK)]).toEqual([1, true, false]);
  });

  it.each([
    ['an unknown field', { PRIVITY_CHAIN_ID: 'seven' }, /chain\.id/],
    ['a chain of another id on the same data', { PRIVITY_CHAIN_ID: '99' }, /NODE_GENESIS/],
    ['another interval than the contracts have', { PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: '7' }, /NODE_GENESIS/],
  ])('does not start with %s', async (_what, changes, message) => {
    const { code, output } = await node.launchToItsEnd({ environment: { ...node.options.environment, ...changes } });
    expect([code, output]).toEqual([1, expect.stringMatching(message)]);
  });

  it('starts again with what it had', async () => {
    await node.restart();
    await credited('customer-b', parseEther('1'));
    const { committed } = await node.l1.counts();
    const more = async () => (await node.l1.counts()).committed > committed || undefined;
    await waitUntil('it commits again', more, { timeoutMs: 60_000 });
  });
});
