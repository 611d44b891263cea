import { afterAll, beforeAll, describe, test } from 'vitest';
import { findPostgres, type PostgresCluster, startPostgres } from './postgres-cluster.ts';

/**
 * Runs one suite on each database. A machine without PostgreSQL says so loudly and counts the suite as skipped; where CI is `true` that
 * is a failure.
 */
export function describeOnBothDatabases(
  name: string,
  suite: (cluster: () => PostgresCluster | undefined) => void,
): void {
  describe(`${name} (sqlite)`, () => suite(() => undefined));

  const bin = findPostgres();
  if (bin !== undefined) {
    describe(`${name} (postgres)`, () => {
      let cluster: PostgresCluster | undefined;
      beforeAll(async () => {
        cluster = await startPostgres(bin);
      });
      afterAll(async () => {
        await cluster?.stop();
      });
      suite(() => cluster);
    });
  } else if (process.env['CI'] === 'true') {
    test(`${name} (postgres)`, () => {
      throw new Error('PostgreSQL is not installed, and in CI its suites must run');
    });
  } else {
    console.warn(`SKIPPED, 1 suite: ${name} on PostgreSQL, which is not installed here`);
    describe.skip(`${name} (postgres)`, () => suite(() => undefined));
  }
}
