/**
 * How a withdrawal, or the first block of a batch, stands in the log. Its operations may be more than one entry can hold: a withdrawal has all that
 * the withdrawn batches take, and a batch may have to take a queue of any length before it can be accepted on Ethereum. Those beyond go before
 * it, in entries that are nothing without it. So a kill in between leaves the chain as it was.
 */

import type { PriorityOperation } from '../chain/priority-operation.ts';
import { chainHalted } from './errors.ts';
import type { BlockEntry, LogEntry, WithdrawnEntry } from './log-entries.ts';

/** An operation takes 99 bytes at most, so that an entry of them stays below 1.7 MB; the log takes 4 MiB at once. */
export const operationsPerEntryMax = 16_384;

type Whole = WithdrawnEntry | BlockEntry;
type PartEntry<Kind extends LogEntry['kind']> = Extract<LogEntry, { kind: Kind }>;

/** In the order in which they have to be written. Only the last one takes effect. */
export const withdrawalEntries = (
  whole: WithdrawnEntry,
  perEntryMax = operationsPerEntryMax,
): [...parts: PartEntry<'withdrawn-operations'>[], last: WithdrawnEntry] => {
  const { before, parts } = split(whole.operations, perEntryMax);
  if (before === 0) return [whole];
  const last = { ...whole, operationsBefore: before, operations: whole.operations.slice(before) };
  return [...parts.map((operations) => ({ kind: 'withdrawn-operations', operations }) as const), last];
};

/** What has to be written before the block that opens a batch with these operations. */
export const blockParts = (
  operations: readonly PriorityOperation[],
  perEntryMax = operationsPerEntryMax,
): PartEntry<'block-operations'>[] =>
  split(operations, perEntryMax).parts.map((part) => ({ kind: 'block-operations', operations: part }));

/** The block's own entry, behind its parts. */
export const lastOfBlock = (whole: BlockEntry, perEntryMax = operationsPerEntryMax): BlockEntry => {
  const { before } = split(whole.operations, perEntryMax);
  return before === 0 ? whole : { ...whole, operationsBefore: before, operations: whole.operations.slice(before) };
};

function split(operations: readonly PriorityOperation[], perEntryMax: number) {
  const before = Math.max(0, Math.ceil(operations.length / perEntryMax) - 1) * perEntryMax;
  const parts: (readonly PriorityOperation[])[] = [];
  for (let at = 0; at < before; at += perEntryMax) parts.push(operations.slice(at, at + perEntryMax));
  return { before, parts };
}

/** Puts together what was read. */
export class OperationParts<Entry extends Whole> {
  #operations: PriorityOperation[] = [];

  add(operations: readonly PriorityOperation[]): void {
    this.#operations = [...this.#operations, ...operations];
  }

  /** What the parts belong to is void, and is not looked at. */
  drop(): void {
    this.#operations = [];
  }

  /** The entry as it was decided. Parts of one that was never decided may stand before its own. */
  join({ operationsBefore = 0, ...last }: Entry): Omit<Entry, 'operationsBefore'> {
    const all = this.#operations;
    this.drop();
    if (operationsBefore > all.length) {
      const found = `${all.length} operations stand before a ${last.kind} of ${operationsBefore}`;
      throw chainHalted('HALT_REPLAY_MISMATCH', found);
    }
    const before = all.slice(all.length - operationsBefore);
    return { ...last, operations: [...before, ...last.operations] };
  }
}
