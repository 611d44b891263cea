import type { Engine } from './engine.ts';
import { type KeyRing, RECORD_PURPOSES, type RecordPurpose } from './envelope/key-ring.ts';
import type { OwnedFileStore } from './files/file-store.ts';
import type { Freshness } from './freshness.ts';
import type { OwnedBlockLog } from './log/block-log.ts';
import type { Mutex } from './mutex.ts';
import type { StoreKeys } from './port.ts';
import { SEALED_TABLES, type WriteHandle } from './schema.ts';
import type { OwnedJobQueue } from './tables/job-queue.ts';
import type { TableContext } from './tables/table-context.ts';
import type { WriteGuard } from './write-guard.ts';

export interface RotationDeps {
  readonly engine: Engine;
  readonly keys: KeyRing;
  readonly rows: TableContext['rows'];
  readonly log: OwnedBlockLog;
  readonly jobs: OwnedJobQueue;
  readonly files: OwnedFileStore;
  readonly freshness: Freshness;
  readonly guard: WriteGuard;
  readonly exclusive: Mutex;
}

type Reencrypt = (db: WriteHandle, activeVersion: number, limit: number) => Promise<number>;

/** Each step is one short transaction between those of others; a step interrupted is a step not done. */
export function createRotation(deps: RotationDeps): StoreKeys {
  const { engine, keys, rows, log, jobs, files, freshness, guard, exclusive } = deps;
  const sources: [RecordPurpose, Reencrypt][] = [
    ...SEALED_TABLES.map((table): [RecordPurpose, Reencrypt] => [table, rows[table].reencrypt]),
    ['log', log.reencrypt],
    ['jobs', jobs.reencrypt],
  ];
  /** While neither transactions, jobs nor appends are under way: nothing sealed under an older key is still on its way to disk. */
  const quiet = <T>(task: () => Promise<T>): Promise<T> =>
    exclusive(() =>
      log.paused(async () => {
        guard.assertOpen();
        try {
          return await task();
        } catch (error) {
          throw guard.report(error, 'rotating keys');
        }
      }),
    );

  return {
    rotateDataKeys: () =>
      quiet(async () => {
        for (const purpose of RECORD_PURPOSES) await keys.rotate(purpose);
      }),
    reencryptStep: (limit) =>
      quiet(async () => {
        const done = await engine.writer.transaction().execute(async (db) => {
          let left = limit;
          for (const [purpose, reencrypt] of sources) {
            if (left > 0) left -= await reencrypt(db, keys.active(purpose).version, left);
          }
          if (left === limit) {
            await freshness.reseal(db);
            await log.resealHead(db);
          }
          return limit - left;
        });
        if (done === 0) for (const purpose of RECORD_PURPOSES) await keys.dropRetired(purpose);
        return done;
      }),
    rotateKek: (next) => quiet(() => keys.rewrap(next)),
    rewrapFilesStep: (limit) => files.rewrapStep(limit),
  };
}
