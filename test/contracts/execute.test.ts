import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { buildMessageTree } from '../../src/settlement/message-tree.ts';
import { flipBit, genesisBatch, nextBatch, STORED_FIELDS, type StoredBatch, storedBatch } from './batches.ts';
import { provenBatchWith, withdrawal } from './messages.ts';
import { GENESIS_SLOT, hex32, INTERVAL, openStage, type Stage } from './stage.ts';

/**
 * What follows a proof. "Proven" is set by writing the counter into the contract's storage: this tests execute alone and says nothing of
 * proofs (settlement.test.ts does).
 */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const execute = (batch: StoredBatch, hashes: readonly unknown[] = []) =>
  ({ who: 'executor', to: 'chain', fn: 'execute', args: [batch, hashes] }) as const;
const messages = (count: number) =>
  Array.from({ length: count }, (_, i) => withdrawal(1n, i, stage.addressOf('stranger'), BigInt(i) + 1n));

describe('a proven batch is executed', () => {
  test('without messages: no root is stored', async () => {
    const { stored } = await provenBatchWith(stage, []);
    const receipt = await stage.send(execute(stored));
    expect(receipt.events).toMatchObject([
      { eventName: 'BatchExecuted', args: { batchNumber: 1n, stateRoot: stored.stateRoot, messagesRoot: hex32(0n) } },
    ]);
    expect(await stage.read('bridge', 'messagesRoot', [1n])).toBe(hex32(0n));
    expect(await stage.read('chain', 'executedCount')).toBe(1n);
  });

  test.each([1, 2, 3, 7, 8, 255, 256])('with %i messages, under the root that TypeScript computes', async (count) => {
    const { stored, hashes } = await provenBatchWith(stage, messages(count));
    await stage.send(execute(stored, hashes));
    const { root } = buildMessageTree(hashes.map(BigInt));
    expect(await stage.read('bridge', 'messagesRoot', [1n])).toBe(hex32(root));
  });
});

describe('an execution is refused', () => {
  test('by anybody but the executor', async () => {
    const { stored } = await provenBatchWith(stage, []);
    for (const who of ['committer', 'prover', 'reverter', 'guardian', 'maker', 'checker', 'stranger'] as const) {
      expect(await stage.refusal({ ...execute(stored), who })).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('of a batch that is committed but not proven', async () => {
    const { stored } = await provenBatchWith(stage, []);
    await stage.setProvenCount(0n);
    expect(await stage.refusal(execute(stored))).toBe('BatchNotProven');
  });

  test('twice, and out of order', async () => {
    const { stored } = await provenBatchWith(stage, []);
    await stage.setTime((GENESIS_SLOT + 9n) * INTERVAL);
    const batch = nextBatch(stored, GENESIS_SLOT + 6n);
    await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [stored, batch] });
    await stage.setProvenCount(2n);
    const second = storedBatch(stored, batch);
    expect(await stage.refusal(execute(second))).toBe('BatchOutOfOrder');
    expect(await stage.refusal(execute(genesisBatch()))).toBe('BatchOutOfOrder');
    await stage.send(execute(stored));
    expect(await stage.refusal(execute(stored))).toBe('BatchOutOfOrder');
    await stage.send(execute(second));
    expect(await stage.refusal(execute(second))).toBe('BatchOutOfOrder');
  });

  test('when the messages are not those the batch was committed with', async () => {
    const { stored, hashes } = await provenBatchWith(stage, messages(3));
    const wrong = [
      [],
      hashes.slice(0, 2),
      [...hashes, hashes[0]],
      [hashes[1], hashes[0], hashes[2]],
      [...hashes, hex32(0n)],
      ...hashes.flatMap((_, i) =>
        [0, 100, 255].map((bit) => hashes.map((h, j) => (j === i ? flipBit({ h }, 'h', bit).h : h))),
      ),
    ];
    for (const list of wrong) expect(await stage.refusal(execute(stored, list))).toBe('MessagesMismatch');
    await stage.send(execute(stored, hashes));
  });

  test('when messages are handed over for a batch that has none', async () => {
    const { stored } = await provenBatchWith(stage, []);
    expect(await stage.refusal(execute(stored, [hex32(0n)]))).toBe('MessagesMismatch');
  });

  test('with more messages than a batch can have', async () => {
    const { stored, hashes } = await provenBatchWith(stage, messages(257));
    expect(await stage.refusal(execute(stored, hashes))).toBe('TooManyMessages');
  });

  test('when one bit of the batch differs from what is stored', async () => {
    const { stored, hashes } = await provenBatchWith(stage, messages(1));
    for (const field of STORED_FIELDS) {
      for (const bit of [0, 40, 255]) {
        expect(await stage.refusal(execute(flipBit(stored, field, bit), hashes)), field).toMatch(
          field === 'batchNumber' ? /BatchOutOfOrder/ : /StoredBatchMismatch/,
        );
      }
    }
  });
});

test('only the chain hands the bridge a root, and only once for a batch', async () => {
  const { stored, hashes } = await provenBatchWith(stage, messages(1));
  const record = (who: Parameters<Stage['refusal']>[0]['who'], batch: bigint) =>
    stage.refusal({ who, to: 'bridge', fn: 'recordMessagesRoot', args: [batch, hex32(1n)] });
  for (const who of ['executor', 'prover', 'committer', 'deployer', 'stranger', stage.deployment.governor] as const) {
    expect(await record(who, 9n)).toBe('OnlyChain');
  }
  await stage.send(execute(stored, hashes));
  expect(await record(stage.deployment.chain, 1n)).toBe('MessagesAlreadyRecorded');
});
