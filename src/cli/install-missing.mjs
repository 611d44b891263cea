// Plain JavaScript for any Node, before npm start and npm test: installs what package-lock.json names and node_modules does not have, as in a
// fresh clone, after a pull, or after an installation that was interrupted. Nothing else in node_modules is touched: proving keys are kept there.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const installed = packagesOf('node_modules/.package-lock.json');
const missing = Object.entries(packagesOf('package-lock.json') ?? {}).filter(
  ([path, { version, optional }]) => path !== '' && optional !== true && installed?.[path]?.version !== version,
);
if (missing.length > 0) {
  console.log(`installing ${missing.length} packages, a minute or two`);
  // npm warns that some packages want a newer Node: they get the one that is installed with them.
  const options = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', ['install', ...options], { stdio: 'inherit' });
  process.exitCode = status ?? 1;
}

function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
