/** A withdrawal of any size stands in entries that the log takes, and comes back whole or not at all (G7). */

import { describe, expect, it } from 'vitest';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { type BlockEntry, encodeEntry, type LogEntry, type WithdrawnEntry } from '../../src/sequencer/log-entries.ts';
import {
  blockParts,
  lastOfBlock,
  OperationParts,
  operationsPerEntryMax,
  withdrawalEntries,
} from '../../src/sequencer/operation-parts.ts';
import { BLOCK_LOG_DEFAULTS } from '../../src/store/log/block-log.ts';

const big = (1n << 256n) - 1n;
/** As large as an operation gets. */
const operation = (i: number): PriorityOperation => ({
  index: (1n << 63n) + BigInt(i),
  kind: 8 as PriorityOperation['kind'],
  sender: (1n << 160n) - 1n,
  a: big,
  b: big,
});
const withdrawalOf = (operations: number, batches = 3): WithdrawnEntry => ({
  kind: 'withdrawn',
  from: 7n,
  cause: 'reorg',
  at: 1_900_000_000_123,
  upTo: Array.from({ length: batches }, (_, i) => (1n << 63n) + BigInt(i)),
  operations: Array.from({ length: operations }, (_, i) => operation(i)),
});
const sizeOf = (entry: LogEntry) => encodeEntry(entry).payload.length;

function joined(entries: readonly LogEntry[]): WithdrawnEntry | undefined {
  const parts = new OperationParts<WithdrawnEntry>();
  let whole: WithdrawnEntry | undefined;
  for (const entry of entries) {
    if (entry.kind === 'withdrawn-operations') parts.add(entry.operations);
    if (entry.kind === 'withdrawn') whole = parts.join(entry);
  }
  return whole;
}

describe('a withdrawal in the log', () => {
  it.each([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('of %s operations, three an entry, comes back as it was', (count) => {
    const whole = withdrawalOf(count);
    const entries = withdrawalEntries(whole, 3);
    expect(entries).toHaveLength(Math.max(1, Math.ceil(count / 3)));
    expect(entries.map(({ kind }) => kind).indexOf('withdrawn')).toBe(entries.length - 1);
    expect(joined(entries)).toEqual(whole);
  });

  it('of 50,000 operations and 10,000 batches fits entry by entry, where one entry would not', () => {
    const whole = withdrawalOf(50_000, 10_000);
    expect(sizeOf(whole)).toBeGreaterThan(BLOCK_LOG_DEFAULTS.groupBytesMax);
    const entries = withdrawalEntries(whole);
    for (const entry of entries) expect(sizeOf(entry)).toBeLessThan(BLOCK_LOG_DEFAULTS.groupBytesMax / 2);
    expect(joined(entries)).toEqual(whole);
  });

  it('that one entry holds is one entry, as it always was', () => {
    const whole = withdrawalOf(operationsPerEntryMax);
    expect(withdrawalEntries(whole)).toEqual([whole]);
    expect(sizeOf(whole)).toBeLessThan(BLOCK_LOG_DEFAULTS.groupBytesMax / 2);
  });

  it('passes over parts that a kill left without their withdrawal', () => {
    const left = withdrawalEntries({ ...withdrawalOf(9), operations: withdrawalOf(9).operations.toReversed() }, 2);
    const whole = withdrawalOf(5);
    for (let count = 0; count < left.length; count++) {
      expect(joined([...left.slice(0, count), ...withdrawalEntries(whole, 2)]), `${count} parts`).toEqual(whole);
      expect(joined([...left.slice(0, count), ...withdrawalEntries(whole)]), `${count} parts`).toEqual(whole);
    }
  });

  it('takes no part of an earlier withdrawal', () => {
    const earlier = withdrawalEntries(withdrawalOf(9), 2);
    const [, , last] = withdrawalEntries(withdrawalOf(5), 2);
    expect(() => joined([...earlier, last!])).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
  });

  it.each([1, 2])('halts when %s of its parts are missing', (missing) => {
    const entries = withdrawalEntries(withdrawalOf(5), 2);
    expect(entries).toHaveLength(3);
    expect(() => joined(entries.slice(missing))).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
  });
});

describe('the first block of a batch in the log', () => {
  const blockOf = (operations: number): BlockEntry => ({
    kind: 'block',
    number: 9n,
    timestamp: 1_900_000_000n,
    operations: withdrawalOf(operations).operations,
    transactions: [],
    hash: big,
  });
  const entriesOf = (whole: BlockEntry, perEntryMax = operationsPerEntryMax) => [
    ...blockParts(whole.operations, perEntryMax),
    lastOfBlock(whole, perEntryMax),
  ];
  const joinedBlock = (entries: readonly LogEntry[]) => {
    const parts = new OperationParts<BlockEntry>();
    for (const entry of entries) {
      if (entry.kind === 'block-operations') parts.add(entry.operations);
      if (entry.kind === 'block') return parts.join(entry);
    }
    return undefined;
  };

  it.each([0, 1, 3, 4, 6, 7, 10])('of %s operations, three an entry, comes back as it was', (count) => {
    expect(joinedBlock(entriesOf(blockOf(count), 3))).toEqual(blockOf(count));
  });

  it('of 100,000 operations fits entry by entry, where one entry would not', () => {
    const whole = blockOf(100_000);
    expect(sizeOf(whole)).toBeGreaterThan(2 * BLOCK_LOG_DEFAULTS.groupBytesMax);
    for (const entry of entriesOf(whole)) expect(sizeOf(entry)).toBeLessThan(BLOCK_LOG_DEFAULTS.groupBytesMax / 2);
    expect(joinedBlock(entriesOf(whole))).toEqual(whole);
  });

  it('that one entry holds has the bytes it always had', () => {
    const whole = blockOf(operationsPerEntryMax);
    expect(entriesOf(whole)).toEqual([whole]);
  });

  it('halts when a part is missing, and passes over parts of another that was never written', () => {
    const entries = entriesOf(blockOf(7), 3);
    expect(() => joinedBlock(entries.slice(1))).toThrow(expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' }));
    expect(joinedBlock([...entriesOf(blockOf(10), 3).slice(0, 2), ...entries])).toEqual(blockOf(7));
  });
});
