/** What npm start does first: installs what is missing, and only then. npm is a script here that notes how it is called. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'privity-install-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'node_modules'));
  writeFileSync(join(folder, 'bin/npm'), '#!/bin/sh\necho "$@" > called\nexit 7\n');
  chmodSync(join(folder, 'bin/npm'), 0o755);
});
afterEach(() => rmSync(folder, { recursive: true }));

const lock = (path: string, versions: Record<string, string>, optional: readonly string[] = []): void => {
  const packages = Object.entries(versions).map(([name, version]) => [
    `node_modules/${name}`,
    { version, ...(optional.includes(name) ? { optional: true } : {}) },
  ]);
  const root = ['', { version: '0.1.0' }];
  writeFileSync(join(folder, path), JSON.stringify({ packages: Object.fromEntries([root, ...packages]) }));
};
const run = () => {
  const env = { PATH: `${join(folder, 'bin')}:${process.env['PATH']}` };
  const { status } = spawnSync(process.execPath, [resolve('src/cli/install-missing.mjs')], { cwd: folder, env });
  const called = join(folder, 'called');
  return { status, npm: existsSync(called) ? readFileSync(called, 'utf8').trim() : undefined };
};
const installing = { status: 7, npm: 'install --no-save --no-audit --no-fund --loglevel=error' };

it('leaves alone what is complete, whatever is missing for other machines', () => {
  lock('package-lock.json', { a: '1.0.0', windows: '1.0.0' }, ['windows']);
  lock('node_modules/.package-lock.json', { a: '1.0.0' });
  expect(run()).toEqual({ status: 0, npm: undefined });
});

it('installs in a fresh clone, and after an installation that did not end', () => {
  lock('package-lock.json', { a: '1.0.0' });
  expect(run()).toEqual(installing);
});

it('installs what a pull has added or raised, and fails as npm does', () => {
  lock('package-lock.json', { a: '1.0.0', b: '1.0.0' });
  lock('node_modules/.package-lock.json', { a: '1.0.0' });
  expect(run()).toEqual(installing);
  lock('node_modules/.package-lock.json', { a: '1.0.0', b: '0.9.0' });
  expect(run()).toEqual(installing);
});
