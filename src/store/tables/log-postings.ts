/**
 * In which blocks a key has logs, so that looking for one key's logs costs as much as there are of them and nothing for all the others (G5).
 * The n-th block of a key is filed under an HMAC of the key and n: no two rows have a look-up in common, so that a stolen copy shows how many
 * postings a block has, and not which belong together (G6). (Cash et al., "Dynamic Searchable Encryption in Very-Large Databases", 2014,
 * file keywords with counters in the same way.) Which entries a key has are 0 to some n without gaps, ascending by block.
 */

import { breathe } from '../breathe.ts';
import { storeError } from '../errors.ts';
import { numberId } from '../number-id.ts';
import type { LogPostingReader, LogPostingWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

const ID_BYTES = 16;
const PAGE = 64;
/** Look-ups in one statement. */
const IDS = 512;
const EMPTY = new Uint8Array();
const COUNTS_MAX = 200_000;

/** How many entries a key had when it was last written to: only a hint, because writes are taken back. */
export interface PostingCounts {
  get(key: string): number | undefined;
  set(key: string, count: number): void;
}

export function createPostingCounts(): PostingCounts {
  const counts = new Map<string, number>();
  return {
    get: (key) => counts.get(key),
    set(key, count) {
      counts.delete(key);
      counts.set(key, count);
      if (counts.size > COUNTS_MAX) counts.delete(counts.keys().next().value!);
    },
  };
}

const idOf = (context: TableContext, key: Uint8Array, n: number): Buffer =>
  context.blindIndex('log posting', Buffer.concat([numberId(n), key])).subarray(0, ID_BYTES);

/** Blocks of the entries that are there, by position in `places`. */
async function read(
  context: TableContext,
  db: ReadHandle,
  places: readonly { readonly key: Uint8Array; readonly n: number }[],
): Promise<(number | undefined)[]> {
  const ids = places.map(({ key, n }) => idOf(context, key, n));
  const blocks = new Map<string, number>();
  for (let at = 0; at < ids.length; at += IDS) {
    for (const { id, sort } of await context.rows.log_postings.getMany(db, ids.slice(at, at + IDS)))
      blocks.set(Buffer.from(id).toString('hex'), sort);
  }
  return ids.map((id) => blocks.get(id.toString('hex')));
}

/** Position of the key's first entry that is absent or of `block` or later: doubling, then halving. */
async function firstAt(context: TableContext, db: ReadHandle, key: Uint8Array, block: number) {
  let entriesRead = 0;
  const isBefore = async (n: number) => {
    entriesRead += 1;
    const [found] = await read(context, db, [{ key, n }]);
    return found !== undefined && found < block;
  };
  let high = 1;
  while (await isBefore(high - 1)) high *= 2;
  let low = Math.floor(high / 2);
  high -= 1;
  // Everything before `low` is before the block; the entry at `high` is not.
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await isBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return { first: low, entriesRead };
}

export function createLogPostingReader(context: TableContext, db: ReadHandle): LogPostingReader {
  return {
    find: async ({ keys, fromBlock, toBlock, entriesMax }) => {
      const blocks = new Set<number>();
      let entriesRead = 0;
      for (const key of keys) {
        const start = await firstAt(context, db, key, fromBlock);
        entriesRead += start.entriesRead;
        for (let n = start.first; ; n += PAGE) {
          if (entriesRead > entriesMax) return { blocks: undefined, entriesRead };
          const places = Array.from({ length: PAGE }, (_, offset) => ({ key, n: n + offset }));
          const page = await read(context, db, places);
          const within = page.filter((block) => block !== undefined && block <= toBlock);
          entriesRead += within.length + 1;
          for (const block of within) blocks.add(block!);
          if (within.length < PAGE) break;
          await breathe();
        }
      }
      return { blocks: [...blocks].sort((a, b) => a - b), entriesRead };
    },
  };
}

export function createLogPostingWriter(context: TableContext, scope: WriteScope): LogPostingWriter {
  /** Verified: the entry before is there, and of an earlier block; the next one is not. */
  const countsOf = async (keys: readonly Uint8Array[]) => {
    const hints = keys.map((key) => ({ key, n: context.postingCounts.get(nameOf(key)) ?? 0 }));
    const before = await read(
      context,
      scope.db,
      hints.filter(({ n }) => n > 0).map(({ key, n }) => ({ key, n: n - 1 })),
    );
    const after = await read(context, scope.db, hints);
    let seen = 0;
    return Promise.all(
      hints.map(async ({ key, n }, i) => {
        const last = n === 0 ? 0 : before[seen++];
        if (last !== undefined && after[i] === undefined) return { count: n, last };
        const { first: count } = await firstAt(context, scope.db, key, Number.MAX_SAFE_INTEGER);
        const [found] = count === 0 ? [0] : await read(context, scope.db, [{ key, n: count - 1 }]);
        return { count, last: found! };
      }),
    );
  };

  return {
    put: async (postings) => {
      const byKey = new Map<string, { readonly key: Uint8Array; readonly blocks: Set<number> }>();
      for (const { block, keys } of postings) {
        for (const key of keys) {
          const entry = byKey.get(nameOf(key)) ?? { key, blocks: new Set() };
          byKey.set(nameOf(key), entry);
          entry.blocks.add(block);
        }
      }
      const entries = [...byKey.values()];
      const counts = await countsOf(entries.map(({ key }) => key));
      const records = entries.flatMap(({ key, blocks }, i) => {
        const { count, last } = counts[i]!;
        const ascending = [...blocks].every(
          (block, at, all) => block > (at === 0 ? (count === 0 ? -1 : last) : all[at - 1]!),
        );
        if (!ascending) throw storeError('STORE_CONFLICT', 'a posting does not follow on the last one of its key');
        context.postingCounts.set(nameOf(key), count + blocks.size);
        return [...blocks].map((block, at) => ({ id: idOf(context, key, count + at), sort: block, plain: EMPTY }));
      });
      await context.rows.log_postings.insertMany(scope, records);
    },
  };
}

const nameOf = (key: Uint8Array): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
