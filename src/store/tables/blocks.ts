import { storeError } from '../errors.ts';
import { insertSlices } from '../insert-slices.ts';
import { numberId } from '../number-id.ts';
import type { BlockReader, BlockWriter, StoredBlock, TransactionReader } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { SealedRecord } from '../sealed-rows.ts';
import type { WriteScope } from '../write-scope.ts';
import { decodeBlock, encodeBlock } from './block-codec.ts';
import type { TableContext } from './table-context.ts';

const LOCATIONS_PER_INSERT = 512;
const REMOVE_STEP = 500;

const hashIndex = (context: TableContext, hash: Uint8Array) => context.blindIndex('block hash', hash);

/** 16 bytes are enough to find a row by; which transaction it is stands authenticated in the block itself. */
export const transactionIndex = (context: TableContext, hash: Uint8Array): Buffer =>
  context.blindIndex('transaction hash', hash).subarray(0, 16);

async function openBlock(
  context: TableContext,
  reading: Promise<SealedRecord | undefined>,
): Promise<StoredBlock | undefined> {
  const epoch = context.blockCache.epoch();
  const record = await reading;
  if (record === undefined) return undefined;
  const block = decodeBlock(record.sort, record.plain);
  context.blockCache.set(block, epoch);
  return block;
}

export function createBlockReader(context: TableContext, db: ReadHandle): BlockReader {
  const { blocks } = context.rows;
  return {
    latest: () =>
      openBlock(
        context,
        blocks.list(db, { order: 'desc', limit: 1 }).then((records) => records[0]),
      ),
    byNumber: async (number) => context.blockCache.get(number) ?? openBlock(context, blocks.get(db, numberId(number))),
    byHash: (hash) => openBlock(context, blocks.getByLookup(db, hashIndex(context, hash))),
  };
}

export function createTransactionReader(context: TableContext, db: ReadHandle): TransactionReader {
  const blocks = createBlockReader(context, db);
  return {
    byHash: async (hash) => {
      const row = await db
        .selectFrom('transaction_locations')
        .select(['block', 'position'])
        .where('hash_index', '=', transactionIndex(context, hash))
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const block = await blocks.byNumber(row.block);
      const found = block?.transactions[row.position];
      // The location is not sealed: what it points at must say that it is this transaction.
      if (block === undefined || found === undefined || !Buffer.from(found.hash).equals(hash)) {
        throw storeError('STORE_RECORD_CORRUPT', 'a transaction is not where its location says');
      }
      return { block, position: row.position, payload: found.payload };
    },
  };
}

export function createBlockWriter(context: TableContext, scope: WriteScope): BlockWriter {
  const { blocks, event_logs: eventLogs, log_postings: logPostings } = context.rows;
  return {
    put: async (added) => {
      await blocks.insertMany(
        scope,
        added.map((block) => ({
          id: numberId(block.number),
          sort: block.number,
          lookup: hashIndex(context, block.hash),
          plain: encodeBlock(block),
        })),
      );
      const locations = added.flatMap((block) =>
        block.transactions.map((transaction, position) => ({
          hash_index: transactionIndex(context, transaction.hash),
          block: block.number,
          position,
        })),
      );
      for (const slice of insertSlices(locations, LOCATIONS_PER_INSERT)) {
        await scope.db.insertInto('transaction_locations').values(slice).execute();
      }
    },
    removeAbove: async (number) => {
      for (const table of [blocks, eventLogs, logPostings]) {
        while ((await table.removeBetween(scope, number + 1, Number.MAX_SAFE_INTEGER, REMOVE_STEP)) > 0);
      }
      await scope.db.deleteFrom('transaction_locations').where('block', '>', number).execute();
      scope.afterCommit(() => context.blockCache.clear());
    },
  };
}
