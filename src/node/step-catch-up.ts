/**
 * Names in the book the transactions of steps that Ethereum has and nobody recorded: the node died after one was sent, or an earlier one took
 * its nonce. Every batch's audit answer names all three.
 */

import type { L1Counts, SettlementStep } from '../settlement/port.ts';
import type { BatchBook, BookedBatch } from './batch-book.ts';

export interface StepCatchUpDeps {
  readonly book: Pick<BatchBook, 'get' | 'onStep'>;
  readonly find: (kind: SettlementStep['kind'], batch: bigint) => Promise<SettlementStep | undefined>;
}

const STEPS = [
  { kind: 'committed', name: 'commit' },
  { kind: 'proven', name: 'prove' },
  { kind: 'executed', name: 'execute' },
] as const satisfies readonly { kind: keyof L1Counts; name: keyof BookedBatch['l1'] }[];

/** To be called whenever the counts are read. It looks when they have moved; a step whose event is not found is looked for at the next move. */
export function createStepCatchUp({ book, find }: StepCatchUpDeps): (counts: L1Counts) => Promise<void> {
  const through = new Map<SettlementStep['kind'], bigint>();
  let seen: L1Counts | undefined;
  return async (counts) => {
    if (STEPS.every(({ kind }) => seen?.[kind] === counts[kind])) return;
    for (const { kind, name } of STEPS) {
      const count = counts[kind];
      const isRecorded = async (batch: bigint): Promise<boolean> => (await book.get(batch))?.l1[name] !== undefined;
      let done: bigint = through.get(kind) ?? count;
      if (!through.has(kind)) while (done > 0n && !(await isRecorded(done))) done -= 1n;
      while (done < count) {
        const batch = done + 1n;
        if (!(await isRecorded(batch))) {
          const step = await find(kind, batch);
          if (step === undefined) break;
          await book.onStep(step);
        }
        done = batch;
      }
      through.set(kind, done < count ? done : count);
    }
    seen = counts;
  };
}
