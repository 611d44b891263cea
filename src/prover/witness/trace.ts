/** Executes a batch once, item by item, and notes what each item reads, writes and asks of the side tables. Independent of the packing. */

import { assert } from '../../base/assert.ts';
import { EMPTY_FRONTIER } from '../../chain/frontier.ts';
import type { BlockContext, LeafChange, StateReader } from '../../execution/port.ts';
import type { CircuitStruct } from './circuit-value.ts';
import { witnessError } from './errors.ts';
import type { BatchItem, BatchStart, Progress, WitnessDeps } from './port.ts';
import { beginBatch, openBlock } from './progress.ts';
import { traceOperation } from './trace-operation.ts';
import { traceTransaction } from './trace-transaction.ts';

/** Row of a key in the segment's leaf tables. */
export type RowOf = (key: bigint) => number;

/** Rows of side tables in the order in which a unit takes them. */
export interface SideRows {
  readonly operations: readonly ((row: RowOf) => CircuitStruct)[];
  readonly shortSignatures: readonly CircuitStruct[];
  readonly longSignatures: readonly CircuitStruct[];
  readonly cosigners: readonly ((row: RowOf) => CircuitStruct)[];
  readonly keys: readonly CircuitStruct[];
  readonly messages: readonly CircuitStruct[];
  readonly listChecks: readonly CircuitStruct[];
}

/** The smallest part of a batch that is never cut: begin, an operation, or a step (a block and its next transaction). */
export interface Unit extends SideRows {
  readonly kind: 'begin' | 'operation' | 'step';
  readonly before: Progress;
  readonly after: Progress;
  readonly touched: readonly bigint[];
  /** Values that changed, by key ascending; what gives keys their leaves, in this order. */
  readonly changes: readonly LeafChange[];
  readonly step?: (row: RowOf) => CircuitStruct;
  readonly begin?: { readonly policyRoot: bigint; readonly slot: bigint };
  /** Hash of the record it appends. */
  readonly record?: bigint;
  /** A forced withdrawal opens the exit rule. */
  readonly exits: boolean;
}

export const NO_ROWS: SideRows = {
  operations: [],
  shortSignatures: [],
  longSignatures: [],
  cosigners: [],
  keys: [],
  messages: [],
  listChecks: [],
};

/** Values of the batch so far, over those it started from. */
export class Values implements StateReader {
  readonly #base: StateReader;
  readonly #changed = new Map<bigint, LeafChange['after']>();

  constructor(base: StateReader) {
    this.#base = base;
  }

  get(key: bigint): LeafChange['after'] {
    return this.#changed.get(key) ?? this.#base.get(key);
  }

  apply(changes: readonly LeafChange[]): void {
    for (const { key, after } of changes) this.#changed.set(key, after);
  }
}

export interface TracingState {
  readonly progress: Progress;
  readonly values: StateReader;
  readonly block: BlockContext;
  readonly start: BatchStart;
}

/** `state` gives values as they are before the batch. Throws WITNESS_REFUSED when an item does not execute. */
export function traceBatch(
  start: BatchStart,
  items: readonly BatchItem[],
  state: StateReader,
  deps: WitnessDeps,
): Unit[] {
  const values = new Values(state);
  const units: Unit[] = [];
  let progress: Progress = { digest: start.digest, frontier: EMPTY_FRONTIER, ring: start.ring };
  let opened: { readonly timestamp: bigint; readonly before: Progress } | undefined;
  const flushOpened = () => {
    if (opened === undefined) return;
    units.push(emptyStep(opened.before, progress, opened.timestamp));
    opened = undefined;
  };
  for (const item of items) {
    if (item.kind === 'open') {
      flushOpened();
      const before = progress;
      progress = openBlock(progress, item.timestamp);
      opened = { timestamp: item.timestamp, before };
      continue;
    }
    const tracing = { progress, values, block: blockOf(start, progress), start };
    const unit =
      item.kind === 'begin'
        ? traceBegin(tracing, item)
        : item.kind === 'operation'
          ? traceOperation(tracing, item.operation, deps)
          : traceTransaction(tracing, item.transaction, opened, deps);
    if (item.kind !== 'transaction' && opened !== undefined) throw witnessError('WITNESS_ORDER', item.kind);
    opened = undefined;
    values.apply(unit.changes);
    progress = unit.after;
    units.push(unit);
  }
  flushOpened();
  assert(units[0]?.kind === 'begin', 'a batch starts with begin');
  return units;
}

function traceBegin({ progress, start }: TracingState, item: BatchItem & { kind: 'begin' }): Unit {
  const after = beginBatch(progress, start.context, item.policyRoot, item.slot);
  return { ...NO_ROWS, kind: 'begin', before: progress, after, touched: [], changes: [], begin: item, exits: false };
}

/** Where the block before `after` enters the ring. */
export function openingOf(before: Progress, timestamp: bigint): CircuitStruct {
  const number = before.digest.blockNumber;
  return { timestamp, ring: { replaced: before.ring.hashAt(number), siblings: before.ring.siblings(number) } };
}

function emptyStep(before: Progress, after: Progress, timestamp: bigint): Unit {
  const step = () => ({ opens: true, opening: openingOf(before, timestamp), runs: false });
  return { ...NO_ROWS, kind: 'step', before, after, touched: [], changes: [], step, exits: false };
}

function blockOf({ context }: BatchStart, { digest, ring }: Progress): BlockContext {
  return {
    ...context,
    chainId: digest.chainId,
    number: digest.blockNumber,
    timestamp: digest.timestamp,
    blockHash: (number) => ring.hashAt(number),
  };
}
