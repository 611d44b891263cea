import { expect, test } from 'vitest';
import { errorCatalogues } from '../../src/base/errors.ts';
import { fromDriver, isDriverError, storeError } from '../../src/store/errors.ts';

const driver = (code: string, message = 'text of the driver') => Object.assign(new Error(message), { code });

test.each([
  ['SQLITE_FULL', 'STORE_DISK_FULL'],
  ['ENOSPC', 'STORE_DISK_FULL'],
  ['53100', 'STORE_DISK_FULL'],
  ['SQLITE_CORRUPT', 'STORE_DATABASE_CORRUPT'],
  ['SQLITE_CORRUPT_VTAB', 'STORE_DATABASE_CORRUPT'],
  ['SQLITE_NOTADB', 'STORE_DATABASE_CORRUPT'],
  ['SQLITE_CONSTRAINT_UNIQUE', 'STORE_CONFLICT'],
  ['23505', 'STORE_CONFLICT'],
  ['EEXIST', 'STORE_CONFLICT'],
  ['SQLITE_BUSY', 'STORE_BUSY'],
  ['08006', 'STORE_UNREACHABLE'],
  ['57P01', 'STORE_UNREACHABLE'],
  ['ECONNREFUSED', 'STORE_UNREACHABLE'],
  ['SQLITE_IOERR_FSYNC', 'STORE_IO_FAILED'],
  ['42601', 'STORE_IO_FAILED'],
])('%s is %s', (code, expected) => {
  const error = fromDriver(driver(code), 'doing');
  expect(error.code).toBe(expected);
  expect(isDriverError(driver(code))).toBe(true);
});

test("a connection that broke is told by pg's text", () => {
  for (const text of [
    'Connection terminated unexpectedly',
    'Client has encountered a connection error and is not queryable',
  ]) {
    expect(isDriverError(new Error(text))).toBe(true);
    expect(fromDriver(new Error(text), 'doing').code).toBe('STORE_UNREACHABLE');
  }
});

test('our own errors pass through; others are not taken for the driver’s', () => {
  const own = storeError('STORE_CONFLICT', 'inner');
  expect(fromDriver(own, 'doing')).toBe(own);
  expect(isDriverError(own)).toBe(false);
  expect(isDriverError(new Error('a bug'))).toBe(false);
  expect(isDriverError('text')).toBe(false);
});

test('public texts are sentences and name no internals', () => {
  const catalogue = errorCatalogues().get('store')!;
  expect(Object.keys(catalogue).length).toBeGreaterThan(20);
  for (const [code, { publicText }] of Object.entries(catalogue)) {
    expect(code).toMatch(/^STORE_[A-Z_]+$/);
    expect(publicText).toMatch(/^[A-Z].*\.$/);
    expect(publicText).not.toMatch(/sqlite|postgres|kysely|\//i);
  }
});
