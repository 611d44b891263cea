import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import type { Engine } from './engine.ts';
import type { Kek } from './envelope/kek.ts';
import { openKeyRing } from './envelope/key-ring.ts';
import type { RandomBytes } from './envelope/record-cipher.ts';
import { createRecordVault } from './envelope/record-vault.ts';
import { createSubjectKeys } from './envelope/subject-keys.ts';
import { fromDriver, isDriverError, storeError } from './errors.ts';
import { createFileStore } from './files/file-store.ts';
import { openFreshness } from './freshness.ts';
import { type Anchor, openAnchorFile } from './log/anchor-file.ts';
import { BLOCK_LOG_DEFAULTS, type BlockLogOptions, type OwnedBlockLog, openBlockLog } from './log/block-log.ts';
import { createLogGroups } from './log/log-groups.ts';
import { migrateToLatest } from './migrate.ts';
import { createMutex } from './mutex.ts';
import type { Store } from './port.ts';
import { openPostgres, type PostgresOptions } from './postgres/open-postgres.ts';
import { createRotation } from './rotation.ts';
import { MUTABLE_TABLES, SEALED_TABLES, type SealedTable } from './schema.ts';
import { createSealedRows, type SealedRows } from './sealed-rows.ts';
import { openSqlite, type SqliteOptions } from './sqlite/open-sqlite.ts';
import { takeProcessLock } from './sqlite/process-lock.ts';
import { createReads, createWrites } from './store-tables.ts';
import { createBlockCache } from './tables/block-cache.ts';
import { createJobQueue } from './tables/job-queue.ts';
import { createPostingCounts } from './tables/log-postings.ts';
import { createTransactions } from './transactions.ts';
import { verifyStore } from './verify-store.ts';
import { createWriteGuard } from './write-guard.ts';

export interface OpenStoreOptions {
  /** The data folder: SQLite's files, encrypted files, the anchor. Created when missing. */
  readonly folder: string;
  readonly database:
    | ({ readonly kind: 'sqlite' } & Omit<SqliteOptions, 'folder'>)
    | ({ readonly kind: 'postgres' } & PostgresOptions);
  readonly log?: Partial<BlockLogOptions>;
  readonly blockCacheBytesMax?: number;
  /** A prover job that failed so often is poisoned. */
  readonly jobAttemptsMax?: number;
  /**
   * The operator knows that the database is an older copy, or that the anchor file is gone, and has compared it with L1. Without this
   * such a store does not open.
   */
  readonly acceptRollback?: boolean;
}

export interface OpenStoreDeps {
  readonly kek: Kek;
  /** Former KEKs, until a rotation is complete. */
  readonly previousKeks?: readonly Kek[];
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Trouble that loses nothing but should be seen: the anchor file cannot be written. */
  readonly onWarning: (error: unknown) => void;
}

/** Opens or creates a store; everything that can be checked cheaply has been when it resolves. */
export async function openStore(options: OpenStoreOptions, deps: OpenStoreDeps): Promise<Store> {
  const lock = lockFolder(options.folder);
  let engine: Engine | undefined;
  try {
    engine = await openEngine(options);
    await migrateToLatest(engine.writer, engine.columns);
    return await assemble(options, deps, engine, lock);
  } catch (error) {
    await engine?.close().catch(() => undefined);
    lock.release();
    throw isDriverError(error) ? fromDriver(error, 'opening the store') : error;
  }
}

function lockFolder(folder: string): { release(): void } {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw fromDriver(error, 'creating the data folder');
  }
  return takeProcessLock(join(folder, 'lock.sqlite'));
}

const openEngine = ({ folder, database }: OpenStoreOptions): Promise<Engine> =>
  database.kind === 'sqlite' ? openSqlite({ ...database, folder }) : openPostgres(database);

async function assemble(
  options: OpenStoreOptions,
  deps: OpenStoreDeps,
  engine: Engine,
  lock: { release(): void },
): Promise<Store> {
  const { clock, random, kek, previousKeks = [] } = deps;
  const keys = await openKeyRing({ db: engine.writer, kek, previousKeks, random });
  const vault = createRecordVault(keys, random);
  const guard = createWriteGuard(engine);
  const freshness = await openFreshness({ db: engine.writer, keys, vault });
  await freshness.check(engine.writer, MUTABLE_TABLES);

  const exclusive = createMutex();
  const anchorOf = (log: OwnedBlockLog): Anchor => {
    const { group, chain } = log.head();
    return { logGroup: group, logChain: chain, generation: freshness.generation() };
  };
  const log = await openBlockLog(
    { ...BLOCK_LOG_DEFAULTS, ...options.log },
    {
      engine,
      groups: createLogGroups({ keys, vault }),
      guard,
      clock,
      assertOutsideTransaction: exclusive.assertOutside,
      onDurable: (head) => anchor.follow({ logGroup: head.group, logChain: head.chain }),
    },
  );
  const anchor = await openAnchorFile(join(options.folder, 'anchor'), { vault, onError: deps.onWarning });
  try {
    if (options.acceptRollback !== true) await requireAnchored(anchor.found, log, freshness.generation());
  } catch (error) {
    await anchor.close();
    throw error;
  }
  anchor.follow(anchorOf(log));

  const rows = Object.fromEntries(SEALED_TABLES.map((table) => [table, createSealedRows(table, vault)])) as Record<
    SealedTable,
    SealedRows
  >;
  const context = {
    rows,
    blindIndex: keys.blindIndex,
    subjects: createSubjectKeys({ rows: rows.subject_keys, random }),
    blockCache: createBlockCache(options.blockCacheBytesMax ?? 16 << 20),
    postingCounts: createPostingCounts(),
  };
  const run = createTransactions({
    engine,
    freshness,
    guard,
    exclusive,
    onGeneration: (generation) => anchor.follow({ generation }),
  });
  const jobs = createJobQueue(
    { attemptsMax: options.jobAttemptsMax ?? 5 },
    { engine, keys, vault, clock, guard, exclusive },
  );
  const files = createFileStore({
    folder: join(options.folder, 'files'),
    keys,
    rows: rows.files,
    reader: engine.reader,
    random,
    transaction: run,
  });
  const rotation = createRotation({ engine, keys, rows, log, jobs, files, freshness, guard, exclusive });

  return {
    log,
    jobs,
    files,
    keys: rotation,
    read: createReads(context, engine.reader),
    transaction: (work) => run((scope) => work(createWrites(context, scope))),
    verify: () => exclusive(() => verifyStore({ engine, context, log, jobs, files, freshness })),
    close: async () => {
      guard.close();
      await log.drain();
      await exclusive(async () => undefined);
      try {
        await anchor.close().catch(deps.onWarning);
        await engine.close();
      } finally {
        lock.release();
      }
    },
  };
}

/** The database may be ahead of the anchor, which is written after it; never behind, and never another history. */
async function requireAnchored(found: Anchor | undefined, log: OwnedBlockLog, generation: number): Promise<void> {
  const { group } = log.head();
  if (found === undefined) {
    if (group === 0 && generation === 0) return;
    throw storeError('STORE_ROLLED_BACK', 'the anchor file is missing');
  }
  if (group < found.logGroup || generation < found.generation) {
    throw storeError(
      'STORE_ROLLED_BACK',
      `log group ${group} and generation ${generation} found, ${found.logGroup} and ${found.generation} acknowledged`,
    );
  }
  const chain = found.logGroup === 0 ? undefined : await log.chainAt(found.logGroup);
  if (chain !== undefined && !Buffer.from(chain).equals(found.logChain)) {
    throw storeError('STORE_ROLLED_BACK', `log group ${found.logGroup} is not the one that was acknowledged`);
  }
}
