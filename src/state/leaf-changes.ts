import type { BatchRecord } from './batch-record.ts';
import type { LeafChange } from './port.ts';
import { frAt } from './sparse-view.ts';
import type { ChangedKeys } from './tree-messages.ts';

const FR_WORDS = 8;
const LOW = (1n << 128n) - 1n;

/** The leaves a batch changed, by ascending index. */
export function decodeChanges(record: BatchRecord, keys: ChangedKeys): LeafChange[] {
  const { words, at, sizes } = record;
  return Array.from({ length: sizes.leaves }, (_, i) => {
    const index = words[at.indices + i]!;
    const leaf = (values: number, salts: number, nextKeys: Uint32Array) => {
      const value = record.fr(values + i * FR_WORDS);
      return {
        key: frAt(keys.own, i),
        hi: value >> 128n,
        lo: value & LOW,
        nextKey: frAt(nextKeys, i),
        salt: record.fr(salts + i * FR_WORDS),
      };
    };
    return {
      index,
      before: index < sizes.nextIndexBefore ? leaf(at.valuesBefore, at.saltsBefore, keys.nextBefore) : undefined,
      after: leaf(at.valuesAfter, at.saltsAfter, keys.nextAfter),
    };
  });
}
