import { createHash } from 'node:crypto';
import { breathe } from '../breathe.ts';
import { numberId } from '../number-id.ts';
import type { EventLogReader, EventLogWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

/**
 * Logs are found through a Bloom filter inside each block's sealed record. A blind index by address or topic would be faster and would show
 * how often each of them occurs, which is more than sizes and times (G6).
 */
const FILTER_BYTES = 256;
const BITS_PER_KEY = 3;
const PAGE = 512;

function bitsOf(key: Uint8Array): number[] {
  const digest = createHash('sha256').update(key).digest();
  return Array.from({ length: BITS_PER_KEY }, (_, index) => digest.readUInt16BE(index * 2) % (FILTER_BYTES * 8));
}

const has = (filter: Uint8Array, bits: readonly number[]) =>
  bits.every((bit) => (filter[bit >> 3]! & (1 << (bit & 7))) !== 0);

export function createEventLogReader(context: TableContext, db: ReadHandle): EventLogReader {
  const { event_logs: rows } = context.rows;
  return {
    scan: async ({ fromBlock, toBlock, keys, limit }) => {
      const wanted = keys.map((alternatives) => alternatives.map(bitsOf));
      const found: { block: number; payload: Uint8Array }[] = [];
      for (let from = fromBlock; found.length < limit; ) {
        const page = await rows.list(db, { from, to: toBlock, limit: PAGE });
        for (const { sort, plain } of page) {
          const filter = plain.subarray(0, FILTER_BYTES);
          if (!wanted.every((alternatives) => alternatives.some((bits) => has(filter, bits)))) continue;
          if (found.push({ block: sort, payload: plain.subarray(FILTER_BYTES) }) === limit) break;
        }
        if (page.length < PAGE) break;
        await breathe();
        from = page.at(-1)!.sort + 1;
      }
      return found;
    },
  };
}

export function createEventLogWriter(context: TableContext, scope: WriteScope): EventLogWriter {
  return {
    put: async (block, keys, payload) => {
      const filter = new Uint8Array(FILTER_BYTES);
      for (const bit of keys.flatMap(bitsOf)) filter[bit >> 3]! |= 1 << (bit & 7);
      await context.rows.event_logs.insert(scope, {
        id: numberId(block),
        sort: block,
        plain: Buffer.concat([filter, payload]),
      });
    },
  };
}
