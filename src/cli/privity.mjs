#!/usr/bin/env -S node --max-old-space-size=2000
// Plain JavaScript, so that any Node can read it: finds the Node 24 that npm installed beside us and runs main.ts with it.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, 'main.ts');
const [major] = process.versions.node.split('.').map(Number);

if (major >= 24) {
  await import(main);
} else {
  const node = join(here, '../../node_modules/.bin/node');
  if (!existsSync(node)) {
    console.error(
      `privity needs Node 24 (this is ${process.version}). Run "npm ci" in ${join(here, '../..')}: it installs one beside the rest.`,
    );
    process.exit(1);
  }
  const { status, signal } = spawnSync(node, [...process.execArgv, main, ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exit(signal === null ? (status ?? 1) : 130);
}
