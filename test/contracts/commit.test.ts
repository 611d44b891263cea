import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  BATCH_FIELDS,
  type BatchData,
  flipBit,
  genesisBatch,
  hashStoredBatch,
  nextBatch,
  STORED_FIELDS,
  type StoredBatch,
  storedBatch,
} from './batches.ts';
import { DEADLINE, EXIT_ONLY_ROOT, GENESIS_SLOT, hex32, INTERVAL, openStage, type Stage } from './stage.ts';

/** G1, G3: what L1 takes as the next batch. */

const SLOT = GENESIS_SLOT + 5n;
const END = (SLOT + 1n) * INTERVAL;
const BITS = [0, 1, 7, 31, 63];

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const call = (previous: StoredBatch, batch: BatchData, who = 'committer' as const) =>
  ({ who, to: 'chain', fn: 'commit', args: [previous, batch] }) as const;
const commit = async (previous: StoredBatch, batch: BatchData, roll = 0n) => {
  const receipt = await stage.send(call(previous, batch));
  const stored = storedBatch(previous, batch, roll);
  expect(await stage.read('chain', 'storedBatchHash', [batch.batchNumber])).toBe(hashStoredBatch(stored));
  return { stored, receipt };
};
const deposit = async () => {
  await stage.send({ who: 'customer', to: 'bridge', fn: 'depositETH', args: [stage.addressOf('customer')], value: 5n });
  return stage.now();
};
const rollAt = async (index: bigint) =>
  BigInt((await stage.read<readonly [string]>('bridge', 'priorityEntry', [index]))[0]);

describe('a batch is committed', () => {
  test('genesis is stored as its StoredBatch', async () => {
    expect(await stage.read('chain', 'storedBatchHash', [0n])).toBe(hashStoredBatch(genesisBatch()));
    expect(await stage.read('chain', 'storedBatchHash', [1n])).toBe(hex32(0n));
  });

  test('with the commitment and seal that the TypeScript encoders compute, and an event of roots only (G4)', async () => {
    await stage.setTime(END);
    const { stored, receipt } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
    expect(receipt.events).toMatchObject([
      {
        eventName: 'BatchCommitted',
        args: { batchNumber: 1n, stateRoot: stored.stateRoot, commitment: stored.commitment },
      },
    ]);
    expect(receipt.logs).toHaveLength(1);
    expect(await stage.read('chain', 'committedCount')).toBe(1n);
    expect(await stage.read('chain', 'lastCommittedSlot')).toBe(SLOT);
    expect(await stage.read('chain', 'provenCount')).toBe(0n);
  });

  test('twice in a row, the second on the first', async () => {
    await stage.setTime(END + 5n * INTERVAL);
    const { stored } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
    await commit(stored, nextBatch(stored, SLOT + 3n));
  });

  test('with the priority roll read from the queue at its index', async () => {
    await deposit();
    await deposit();
    await stage.setTime(END);
    const roll = await rollAt(0n);
    const { stored } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT, { priorityIndex: 1n }), roll);
    await stage.setTime(END + INTERVAL);
    await commit(stored, nextBatch(stored, SLOT + 1n, { priorityIndex: 2n }), await rollAt(1n));
  });
});

describe('a commit is refused', () => {
  test('by anybody but the committer', async () => {
    await stage.setTime(END);
    const batch = nextBatch(genesisBatch(), SLOT);
    for (const who of [
      'prover',
      'executor',
      'reverter',
      'guardian',
      'maker',
      'checker',
      'deployer',
      'stranger',
    ] as const) {
      expect(await stage.refusal({ ...call(genesisBatch(), batch), who })).toBe('AccessControlUnauthorizedAccount');
    }
    expect(await stage.refusal({ ...call(genesisBatch(), batch), who: stage.deployment.governor })).toBe(
      'AccessControlUnauthorizedAccount',
    );
  });

  test('the second time', async () => {
    await stage.setTime(END);
    const batch = nextBatch(genesisBatch(), SLOT);
    const { stored } = await commit(genesisBatch(), batch);
    expect(await stage.refusal(call(genesisBatch(), batch))).toBe('BatchOutOfOrder');
    expect(await stage.refusal(call(stored, batch))).toBe('BatchOutOfOrder');
  });

  test('out of order: a number skipped, or an older one as the previous', async () => {
    await stage.setTime(END + 5n * INTERVAL);
    const { stored: one } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
    const { stored: two } = await commit(one, nextBatch(one, SLOT + 1n));
    expect(await stage.refusal(call(two, nextBatch(two, SLOT + 2n, { batchNumber: 4n })))).toBe('BatchOutOfOrder');
    expect(await stage.refusal(call(one, nextBatch(one, SLOT + 2n, { batchNumber: 3n })))).toBe('StoredBatchMismatch');
  });

  test('before its slot is over', async () => {
    await stage.setTime(END - 1n);
    expect(await stage.refusal(call(genesisBatch(), nextBatch(genesisBatch(), SLOT)))).toBe('SlotNotOver');
    await stage.setTime(END);
    await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
  });

  test('when its slot repeats or goes back', async () => {
    await stage.setTime(END + INTERVAL);
    const { stored } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
    expect(await stage.refusal(call(stored, nextBatch(stored, SLOT)))).toBe('SlotNotIncreasing');
    expect(await stage.refusal(call(stored, nextBatch(stored, SLOT - 1n)))).toBe('SlotNotIncreasing');
    expect(await stage.refusal(call(stored, nextBatch(stored, 2n ** 64n - 1n)))).toBe('SlotNotOver');
  });

  test('when its priority index goes back or beyond the queue', async () => {
    await deposit();
    await stage.setTime(END + INTERVAL);
    const { stored } = await commit(
      genesisBatch(),
      nextBatch(genesisBatch(), SLOT, { priorityIndex: 1n }),
      await rollAt(0n),
    );
    expect(await stage.refusal(call(stored, nextBatch(stored, SLOT + 1n, { priorityIndex: 0n })))).toBe(
      'PriorityIndexDecreasing',
    );
    expect(await stage.refusal(call(stored, nextBatch(stored, SLOT + 1n, { priorityIndex: 2n })))).toBe(
      'IndexBeyondQueue',
    );
  });

  test('when it leaves an operation older than the deadline at the end of its slot, whatever the time of the commit', async () => {
    const requested = await deposit();
    const lastSlot = (requested + DEADLINE) / INTERVAL - 1n;
    await stage.setTime(requested + 50n * INTERVAL);
    await stage.tentatively(() => commit(genesisBatch(), nextBatch(genesisBatch(), lastSlot)));
    expect(await stage.refusal(call(genesisBatch(), nextBatch(genesisBatch(), lastSlot + 1n)))).toBe(
      'PriorityOperationOverdue',
    );
    await commit(genesisBatch(), nextBatch(genesisBatch(), lastSlot + 1n, { priorityIndex: 1n }), await rollAt(0n));
  });

  test('under a policy root that is not the one in force, an approved one included', async () => {
    await stage.setTime(END);
    for (const root of [0n, 5n, EXIT_ONLY_ROOT]) {
      const batch = nextBatch(genesisBatch(), SLOT, { policyRoot: hex32(root) });
      expect(await stage.refusal(call(genesisBatch(), batch))).toBe('PolicyRootNotInForce');
    }
  });

  test('when one bit of the previous batch differs', async () => {
    await stage.setTime(END + INTERVAL);
    const { stored } = await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
    const batch = nextBatch(stored, SLOT + 1n);
    let refused = 0;
    for (const field of STORED_FIELDS) {
      for (const bit of BITS) {
        expect(await stage.refusal(call(flipBit(stored, field, bit), batch)), `${field} bit ${bit}`).toBe(
          'StoredBatchMismatch',
        );
        refused++;
      }
    }
    expect(refused).toBe(STORED_FIELDS.length * BITS.length);
  });

  test('when one bit of what L1 can judge differs; a bit of what only the proof can judge changes the commitment', async () => {
    await deposit();
    await stage.setTime(END);
    const previous = genesisBatch();
    const slot = await stage.now().then((now) => now / INTERVAL - 1n);
    const batch = nextBatch(previous, slot, { priorityIndex: 1n });
    const roll = await rollAt(0n);
    const proofOnly = ['stateRoot', 'recordsRoot', 'messagesRoll'];
    const original = storedBatch(previous, batch, roll);
    for (const field of BATCH_FIELDS) {
      for (const bit of BITS) {
        const flipped = flipBit(batch, field, bit);
        if (proofOnly.includes(field)) {
          const { stored } = await stage.tentatively(() => commit(previous, flipped, roll));
          expect(stored.commitment).not.toBe(original.commitment);
          expect(stored.sealed_).not.toBe(original.sealed_);
        } else if (field === 'slot' && flipped.slot < slot && flipped.slot > 0n) {
          // An earlier slot that is over may be claimed: the proof ties it to the batch's timestamps.
          const { stored } = await stage.tentatively(() => commit(previous, flipped, roll));
          expect(stored.commitment).not.toBe(original.commitment);
        } else if (field === 'priorityIndex' && flipped.priorityIndex === 0n) {
          // Nothing is overdue yet, so the operation may wait; then the roll, and with it the commitment, is another one.
          const { stored } = await stage.tentatively(() => commit(previous, flipped, 0n));
          expect(stored.commitment).not.toBe(original.commitment);
        } else {
          await expect(stage.refusal(call(previous, flipped)), `${field} bit ${bit}`).resolves.toMatch(
            /BatchOutOfOrder|SlotNotOver|SlotNotIncreasing|IndexBeyondQueue|PolicyRootNotInForce/,
          );
        }
      }
    }
  });

  test('and works after a refusal as if nothing had happened', async () => {
    await stage.setTime(END);
    const before = await stage.client.getStorageAt({ address: stage.deployment.chain, slot: hex32(0n) });
    expect(await stage.refusal(call(genesisBatch(), nextBatch(genesisBatch(), SLOT, { policyRoot: hex32(9n) })))).toBe(
      'PolicyRootNotInForce',
    );
    expect(await stage.client.getStorageAt({ address: stage.deployment.chain, slot: hex32(0n) })).toBe(before);
    await commit(genesisBatch(), nextBatch(genesisBatch(), SLOT));
  });
});
