import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

/**
 * Holds `actual` against contracts/snapshots/<name>.json. A change must be looked at and committed: UPDATE_SNAPSHOTS=1 writes the file, and
 * a missing file fails.
 */
export function expectSnapshot(name: string, actual: Readonly<Record<string, unknown>>): void {
  const file = new URL(`../../contracts/snapshots/${name}.json`, import.meta.url);
  if (process.env['UPDATE_SNAPSHOTS'] === '1') writeFileSync(file, `${JSON.stringify(actual, undefined, 2)}\n`);
  if (!existsSync(file)) throw new Error(`contracts/snapshots/${name}.json is missing; UPDATE_SNAPSHOTS=1 writes it`);
  expect(actual).toEqual(JSON.parse(readFileSync(file, 'utf8')));
}
