/** What a withdrawal takes back: where the first batch began, and the batches as they were, from this life, the tables or the log. */

import { assert } from '../../base/assert.ts';
import type { Genesis } from '../../chain/genesis.ts';
import type { BatchStart } from '../../sequencer/open-batch.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { Store } from '../../store/port.ts';
import type { BatchBook } from '../batch-book.ts';
import type { BatchFactsStore } from '../batch-facts.ts';
import { denialsInLog, startOf } from '../older-batches.ts';
import type { TakenBatch } from '../withdrawn-batches.ts';
import type { OwnBatches } from './own-batches.ts';

export interface TakenDeps {
  readonly genesis: Genesis;
  readonly store: Pick<Store, 'log'>;
  readonly sequencer: Pick<Sequencer, 'openBatch'>;
  readonly book: Pick<BatchBook, 'get' | 'latest'>;
  readonly facts: Pick<BatchFactsStore, 'get' | 'digestAfter'>;
  readonly own: OwnBatches;
  /** Where the first batch of all began. */
  readonly first: BatchStart;
  /** The batch after which this life began. */
  readonly resumedAt: bigint;
}

export async function takenStart(
  from: bigint,
  { genesis, sequencer, book, facts, own, first }: TakenDeps,
): Promise<BatchStart> {
  const open = sequencer.openBatch;
  const known = open?.number === from ? open.start : own.startOf(from);
  if (known !== undefined) return known;
  const [ownFacts, left, previous] = [
    await facts.get(from),
    await facts.digestAfter(from - 1n),
    await book.get(from - 1n),
  ];
  assert(ownFacts !== undefined && left !== undefined && previous !== undefined, 'facts are kept until they are final');
  const lastSlot = from === 1n ? first.lastSlot : previous.stored.slot;
  return startOf(genesis, ownFacts, left, lastSlot);
}

/** In order; the open one last. */
export async function takenBatches(
  from: bigint,
  { store, sequencer, book, own, resumedAt }: TakenDeps,
): Promise<TakenBatch[]> {
  const open = sequencer.openBatch;
  const older = from <= resumedAt ? await denialsInLog(store.log, from, resumedAt) : new Map();
  const taken: TakenBatch[] = [];
  for (let number = from; number <= book.latest; number++) {
    const booked = await book.get(number);
    const denials = own.denialsOf(number) ?? older.get(number);
    assert(booked !== undefined && denials !== undefined, 'what is not final is known');
    const { firstBlock, lastBlock, stored } = booked;
    taken.push({ number, slot: stored.slot, firstBlock, lastBlock, isClosed: true, denials });
  }
  if (open !== undefined) {
    const { number, slot, firstBlock, lastBlock, denials } = open;
    taken.push({ number, slot, firstBlock, lastBlock, isClosed: false, denials });
  }
  return taken;
}
