import type { Engine } from './engine.ts';
import { isDatabaseError } from './errors.ts';
import type { Freshness } from './freshness.ts';
import type { Mutex } from './mutex.ts';
import type { WriteGuard } from './write-guard.ts';
import type { WriteScope } from './write-scope.ts';

export type RunTransaction = <T>(work: (scope: WriteScope) => Promise<T>) => Promise<T>;

export interface TransactionDeps {
  readonly engine: Engine;
  readonly freshness: Freshness;
  readonly guard: WriteGuard;
  readonly exclusive: Mutex;
  readonly onGeneration: (generation: number) => void;
}

/** One write transaction at a time: the sums of `freshness` are one row, and what a transaction reads stays true until it commits. */
export function createTransactions(deps: TransactionDeps): RunTransaction {
  const { engine, freshness, guard, exclusive, onGeneration } = deps;
  let doubtful = false;

  return (work) =>
    exclusive(async () => {
      guard.assertOpen();
      const after: (() => void)[] = [];
      let scrub = false;
      try {
        if (doubtful) await freshness.reload();
        doubtful = false;
        const changes = freshness.begin();
        const result = await engine.writer.transaction().execute(async (db) => {
          const value = await work({
            db,
            changes,
            afterCommit: (task) => after.push(task),
            scrubAfterCommit: () => {
              scrub = true;
            },
          });
          await freshness.write(db, changes);
          return value;
        });
        freshness.committed(changes);
        onGeneration(freshness.generation());
        for (const task of after) task();
        if (scrub) await engine.scrub();
        return result;
      } catch (error) {
        // The commit may have happened without its answer reaching us.
        doubtful = true;
        throw isDatabaseError(error) ? guard.report(error, 'a write transaction') : reported(guard, error);
      }
    });
}

/** Coded errors pass through the guard too: a lost lock closes the gate. The caller's own errors pass as they are. */
function reported(guard: WriteGuard, error: unknown): unknown {
  return error instanceof Error && error.name === 'PrivityError' ? guard.report(error, 'a write transaction') : error;
}
