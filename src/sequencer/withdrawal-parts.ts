/**
 * How a withdrawal stands in the log. Its operations may be more than one entry can hold, since they are all that the withdrawn batches take: those
 * beyond go before it, in entries that are nothing without it. So a kill in between leaves the chain as it was.
 */

import type { PriorityOperation } from '../chain/priority-operation.ts';
import { chainHalted } from './errors.ts';
import type { LogEntry, WithdrawnEntry } from './log-entries.ts';

/** An operation takes 99 bytes at most, so that an entry of them stays below 1.7 MB; the log takes 4 MiB at once. */
export const operationsPerEntryMax = 16_384;

type OperationsEntry = Extract<LogEntry, { kind: 'withdrawn-operations' }>;

/** In the order in which they have to be written. Only the last one takes effect. */
export function withdrawalEntries(
  whole: WithdrawnEntry,
  perEntryMax = operationsPerEntryMax,
): [...parts: OperationsEntry[], last: WithdrawnEntry] {
  const { operations } = whole;
  const before = Math.max(0, Math.ceil(operations.length / perEntryMax) - 1) * perEntryMax;
  const parts: OperationsEntry[] = [];
  for (let at = 0; at < before; at += perEntryMax) {
    parts.push({ kind: 'withdrawn-operations', operations: operations.slice(at, at + perEntryMax) });
  }
  if (before === 0) return [whole];
  return [...parts, { ...whole, operationsBefore: before, operations: operations.slice(before) }];
}

/** Puts together what was read. */
export class WithdrawalParts {
  #operations: PriorityOperation[] = [];

  add({ operations }: OperationsEntry): void {
    this.#operations = [...this.#operations, ...operations];
  }

  /** The withdrawal as it was decided. Parts of one that was never decided may stand before its own. */
  join({ operationsBefore = 0, ...last }: WithdrawnEntry): WithdrawnEntry {
    const all = this.#operations;
    this.#operations = [];
    if (operationsBefore === 0) return last;
    if (operationsBefore > all.length) {
      throw chainHalted(
        'HALT_REPLAY_MISMATCH',
        `${all.length} operations stand before a withdrawal of ${operationsBefore}`,
      );
    }
    return { ...last, operations: [...all.slice(all.length - operationsBefore), ...last.operations] };
  }
}
