import type { Engine } from './engine.ts';
import { storeError } from './errors.ts';
import type { OwnedFileStore } from './files/file-store.ts';
import type { Freshness } from './freshness.ts';
import type { OwnedBlockLog } from './log/block-log.ts';
import type { VerifyReport } from './port.ts';
import { PERSONAL_TABLES, SEALED_TABLES, type SealedTable } from './schema.ts';
import { decodeBlock } from './tables/block-codec.ts';
import { transactionIndex } from './tables/blocks.ts';
import type { OwnedJobQueue } from './tables/job-queue.ts';
import { createPersonalRows } from './tables/personal-rows.ts';
import type { TableContext } from './tables/table-context.ts';

export interface VerifyDeps {
  readonly engine: Engine;
  readonly context: TableContext;
  readonly log: OwnedBlockLog;
  readonly jobs: OwnedJobQueue;
  readonly files: OwnedFileStore;
  readonly freshness: Freshness;
}

/** Bounds what is open at once: a row may hold a whole block. */
const ROWS_AT_ONCE = 32;

/** Reads and authenticates everything. Whether the log's transactions lead to the roots on L1 is for who replays it. */
export async function verifyStore(deps: VerifyDeps): Promise<VerifyReport> {
  const { engine, log, jobs, files, freshness } = deps;
  await engine.checkIntegrity();
  await freshness.check(engine.reader, SEALED_TABLES);
  for (const table of SEALED_TABLES) await openEveryRow(deps, table);
  await verifyLocations(deps);
  await jobs.verify();
  let logEntries = 0;
  const { group, lastSequence } = log.head();
  for await (const entry of log.read(1)) logEntries = entry.sequence;
  if (logEntries < lastSequence) throw storeError('STORE_LOG_BROKEN', 'the log ends early');
  return { logEntries, logGroups: group, tables: SEALED_TABLES.length, files: await files.verify() };
}

async function openEveryRow({ engine, context }: VerifyDeps, table: SealedTable): Promise<void> {
  const personal = PERSONAL_TABLES.find((name) => name === table);
  const people = personal === undefined ? undefined : createPersonalRows(context, personal);
  for await (const page of context.rows[table].pages(engine.reader, ROWS_AT_ONCE)) {
    for (const record of page) await people?.open(engine.reader, record);
  }
}

/** Every transaction is found by its hash, and no location points at nothing. */
async function verifyLocations({ engine, context }: VerifyDeps): Promise<void> {
  let transactions = 0;
  for await (const page of context.rows.blocks.pages(engine.reader, ROWS_AT_ONCE)) {
    for (const record of page) {
      const block = decodeBlock(record.sort, record.plain);
      const stored = await engine.reader
        .selectFrom('transaction_locations')
        .select(['hash_index', 'position'])
        .where('block', '=', block.number)
        .orderBy('position')
        .execute();
      const same =
        stored.length === block.transactions.length &&
        block.transactions.every((transaction, position) => {
          const row = stored[position]!;
          return row.position === position && transactionIndex(context, transaction.hash).equals(row.hash_index);
        });
      if (!same)
        throw storeError('STORE_ROWS_REPLACED', `the transaction locations of block ${block.number} are not its own`);
      transactions += stored.length;
    }
  }
  const { rows } = await engine.reader
    .selectFrom('transaction_locations')
    .select(({ fn }) => fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow();
  if (rows !== transactions) throw storeError('STORE_ROWS_REPLACED', 'there are transaction locations without a block');
}
