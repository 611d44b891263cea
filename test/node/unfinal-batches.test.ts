import { expect, it } from 'vitest';
import type { BookedBatch } from '../../src/node/batch-book.ts';
import { unfinalBatches } from '../../src/node/pipeline/unfinal-batches.ts';

const booked = (number: bigint) =>
  ({
    slot: number,
    stored: { batchNumber: number, policyRoot: 100n + number, priorityIndex: 10n * number },
    attempts: {},
  }) as unknown as BookedBatch;

/** Batch 1 is final and 4 the latest; at one of the reads 3 becomes final, and what is before it loses its facts. */
async function walk(at: string) {
  let final = 1n;
  const reach = async (read: string) => {
    await Promise.resolve();
    if (read === at) final = 3n;
  };
  return unfinalBatches({
    book: {
      get final() {
        return final;
      },
      latest: 4n,
      counts: { committed: 3n, proven: 3n, executed: 3n },
      async get(number) {
        await reach(`batch ${number}`);
        return booked(number);
      },
    },
    processed: {
      async after(number) {
        await reach(`facts ${number}`);
        if (number < final) throw new Error(`the facts of ${number} are gone`);
        return { index: 10n * number, roll: number };
      },
    },
    sequencer: { openBatch: undefined },
    withdrawals: { epochOf: () => 0 },
  });
}

it.each([
  ['never', [2n, 3n, 4n]],
  ['batch 1', [4n]],
  ['batch 2', [4n]],
  ['facts 2', [4n]],
  ['batch 3', [4n]],
  ['facts 3', [4n]],
  ['batch 4', [2n, 3n, 4n]],
  ['facts 4', [2n, 3n, 4n]],
])('batches follow one another when others become final meanwhile: %s', async (at, expected) => {
  const unfinal = await walk(at);
  expect(unfinal.map(({ number }) => number)).toEqual(expected);
  for (const { number, startIndex, startRoot } of unfinal) {
    expect([startIndex, startRoot]).toEqual([10n * (number - 1n), 99n + number]);
  }
});

it('throws when the facts of a batch are gone that is not final', async () => {
  const gone = unfinalBatches({
    book: { final: 1n, latest: 2n, counts: { committed: 1n, proven: 1n, executed: 1n }, get: async (n) => booked(n) },
    processed: { after: () => Promise.reject(new Error('gone')) },
    sequencer: { openBatch: undefined },
    withdrawals: { epochOf: () => 0 },
  });
  await expect(gone).rejects.toThrow('gone');
});
