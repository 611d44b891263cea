import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  flipBit,
  genesisBatch,
  hashStoredBatch,
  nextBatch,
  STORED_FIELDS,
  type StoredBatch,
  storedBatch,
} from './batches.ts';
import { GENESIS_SLOT, hex32, INTERVAL, openStage, type Stage } from './stage.ts';

/** G7: what is not executed may be taken back, what is executed never. */

let stage: Stage;
const stored: StoredBatch[] = [];
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

async function commitThree() {
  stored.splice(0, stored.length, genesisBatch());
  await stage.setTime((GENESIS_SLOT + 12n) * INTERVAL);
  for (const slot of [5n, 6n, 7n]) {
    const previous = stored.at(-1)!;
    const batch = nextBatch(previous, GENESIS_SLOT + slot);
    await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [previous, batch] });
    stored.push(storedBatch(previous, batch));
  }
}
const back = (last: StoredBatch) => ({ who: 'reverter', to: 'chain', fn: 'revertBatches', args: [last] }) as const;
const counts = async () =>
  Promise.all(
    ['committedCount', 'provenCount', 'executedCount', 'lastCommittedSlot'].map((fn) =>
      stage.read<bigint>('chain', fn),
    ),
  );

describe('batches are taken back', () => {
  test('committed ones, and the way goes on from there', async () => {
    await commitThree();
    const { events } = await stage.send(back(stored[1]!));
    expect(events).toMatchObject([{ eventName: 'BatchesReverted', args: { committedCount: 1n, provenCount: 0n } }]);
    expect(await counts()).toEqual([1n, 0n, 0n, GENESIS_SLOT + 5n]);
    expect(await stage.read('chain', 'storedBatchHash', [2n])).toBe(hex32(0n));
    expect(await stage.read('chain', 'storedBatchHash', [1n])).toBe(hashStoredBatch(stored[1]!));
    const other = nextBatch(stored[1]!, GENESIS_SLOT + 6n, { recordsRoot: hex32(99n) });
    await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [stored[1], other] });
    expect(await stage.read('chain', 'storedBatchHash', [2n])).toBe(hashStoredBatch(storedBatch(stored[1]!, other)));
    expect(await stage.read('chain', 'storedBatchHash', [3n])).toBe(hex32(0n));
  });

  test('proven ones too', async () => {
    await commitThree();
    await stage.setProvenCount(3n);
    await stage.send(back(stored[1]!));
    expect(await counts()).toEqual([1n, 1n, 0n, GENESIS_SLOT + 5n]);
  });

  test('down to genesis when nothing is executed', async () => {
    await commitThree();
    await stage.send(back(genesisBatch()));
    expect(await counts()).toEqual([0n, 0n, 0n, 0n]);
  });

  test('while halted', async () => {
    await commitThree();
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    await stage.send(back(stored[2]!));
  });
});

describe('a revert is refused', () => {
  test('by anybody but the reverter', async () => {
    await commitThree();
    for (const who of ['committer', 'prover', 'executor', 'guardian', 'maker', 'checker', 'stranger'] as const) {
      expect(await stage.refusal({ ...back(stored[1]!), who })).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('below the last executed batch', async () => {
    await commitThree();
    await stage.setProvenCount(3n);
    await stage.send({ who: 'executor', to: 'chain', fn: 'execute', args: [stored[1], []] });
    await stage.send({ who: 'executor', to: 'chain', fn: 'execute', args: [stored[2], []] });
    expect(await stage.refusal(back(stored[0]!))).toBe('BatchAlreadyExecuted');
    expect(await stage.refusal(back(stored[1]!))).toBe('BatchAlreadyExecuted');
    await stage.send(back(stored[2]!));
    expect(await counts()).toEqual([2n, 2n, 2n, GENESIS_SLOT + 6n]);
  });

  test('when there is nothing to take back, and so the second time', async () => {
    await commitThree();
    expect(await stage.refusal(back(stored[3]!))).toBe('BatchNotCommitted');
    await stage.send(back(stored[2]!));
    expect(await stage.refusal(back(stored[2]!))).toBe('BatchNotCommitted');
    expect(await stage.refusal(back(stored[3]!))).toBe('BatchNotCommitted');
  });

  test('when one bit of the batch differs from what is stored', async () => {
    await commitThree();
    for (const field of STORED_FIELDS) {
      for (const bit of [0, 60, 255]) {
        expect(await stage.refusal(back(flipBit(stored[1]!, field, bit))), field).toMatch(
          /StoredBatchMismatch|BatchNotCommitted/,
        );
      }
    }
  });
});
