import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { expect } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { isPrivityError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Kek } from '../../src/store/envelope/kek.ts';
import { createLocalKek } from '../../src/store/envelope/local-kek.ts';
import { type OpenStoreOptions, openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/port.ts';
import type { PostgresCluster } from './postgres-cluster.ts';

export const newKek = (): Kek => createLocalKek(new Secret(randomBytes(32)), randomBytes);

/** A clock whose time the test sets; sleeping is real, so that grouping works. */
export function createTestClock(): Clock & { time: number } {
  return {
    time: 1_700_000_000_000,
    now() {
      this.time += 1;
      return this.time;
    },
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

export interface Workbench {
  readonly folder: string;
  readonly kek: Kek;
  readonly clock: ReturnType<typeof createTestClock>;
  open(overrides?: Partial<OpenStoreOptions> & { kek?: Kek; previousKeks?: Kek[] }): Promise<Store>;
  /** Runs SQL behind the store's back. */
  tamper(sql: string, ...parameters: (Uint8Array | number | string | null)[]): Promise<Record<string, unknown>[]>;
  dispose(): Promise<void>;
}

/** A place for one store, on either database. Parameters are `?` on both. */
export async function createWorkbench(cluster?: PostgresCluster): Promise<Workbench> {
  const folder = mkdtempSync(join(tmpdir(), 'privity-store-'));
  const kek = newKek();
  const clock = createTestClock();
  const url = await cluster?.createDatabase();
  const database: OpenStoreOptions['database'] =
    url === undefined ? { kind: 'sqlite' } : { kind: 'postgres', url: new Secret(url) };
  const opened = new Set<Store>();
  return {
    folder,
    kek,
    clock,
    open: async ({ kek: otherKek, previousKeks, ...options } = {}) => {
      const store = await openStore(
        { folder, database, ...options },
        {
          kek: otherKek ?? kek,
          previousKeks: previousKeks ?? [],
          clock,
          random: randomBytes,
          onWarning: (error) => {
            throw error;
          },
        },
      );
      opened.add(store);
      const close = store.close.bind(store);
      return Object.assign(store, {
        close: async () => {
          opened.delete(store);
          await close();
        },
      });
    },
    tamper: async (sql, ...parameters) => {
      if (cluster !== undefined && url !== undefined) {
        let index = 0;
        return cluster.query(
          url,
          sql.replaceAll('?', () => `$${++index}`),
          parameters,
        );
      }
      const db = new BetterSqlite3(join(folder, 'privity.sqlite'));
      try {
        const statement = db.prepare(sql);
        if (statement.reader) return statement.all(...parameters) as Record<string, unknown>[];
        statement.run(...parameters);
        return [];
      } finally {
        db.close();
      }
    },
    dispose: async () => {
      for (const store of opened) await store.close().catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function expectCode(promise: Promise<unknown>, ...codes: string[]): Promise<void> {
  const error = await promise.then(
    () => new Error('it was accepted'),
    (reason: unknown) => reason,
  );
  if (!isPrivityError(error)) throw error;
  expect(codes).toContain(error.code);
}

export const bytes = (length = 32): Uint8Array => new Uint8Array(randomBytes(length));

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
