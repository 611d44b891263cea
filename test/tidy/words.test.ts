import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, textOf } from './source-files.ts';
import { COUNTED_SKIPS, FOREIGN_WORDS, foreignRegistries, skipFaults, UNFINISHED, wordsIn } from './words.ts';

const BINARY = /\.(?:png|jpg|gz|bin|wasm|ico|woff2?)$/;

const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 })
  .split('\0')
  .filter((path) => path !== '' && !BINARY.test(path) && existsSync(join(ROOT, path)));

describe('words', () => {
  it('are looked for in the whole tree', () => {
    expect(tracked.length).toBeGreaterThan(500);
    for (const path of ['README.md', 'package.json', 'src/node/pipeline.ts']) expect(tracked).toContain(path);
  });

  it('of the workplace stand nowhere', () => {
    expect(tracked.flatMap((path) => wordsIn(path, textOf(path), FOREIGN_WORDS))).toEqual([]);
  });

  it.each(FOREIGN_WORDS)('are seen when planted: $what', ({ planted }) => {
    expect(wordsIn('planted.md', `a line\n${planted}`, FOREIGN_WORDS).length).toBeGreaterThan(0);
  });

  it('of unfinished work stand nowhere in src, circuits and contracts', () => {
    const product = tracked.filter((path) => /^(?:src|circuits|contracts)\//.test(path));
    expect(product.length).toBeGreaterThan(300);
    expect(product.flatMap((path) => wordsIn(path, textOf(path), UNFINISHED))).toEqual([]);
  });

  it.each(UNFINISHED)('of unfinished work are seen when planted: $planted', ({ planted }) => {
    expect(wordsIn('planted.ts', planted, UNFINISHED)).toEqual(['planted.ts:1: unfinished work']);
  });
});

describe('the lock file', () => {
  it('names one registry', () => {
    const lock = textOf('package-lock.json');
    expect(lock.match(/"integrity":/g)?.length ?? 0).toBeGreaterThan(100);
    expect(foreignRegistries(lock)).toEqual([]);
  });

  it('with a mirror in it is seen', () => {
    const mirror = 'https://mirror.bank.example/npm/pino-1.0.0.tgz';
    expect(foreignRegistries(`{ "resolved": "${mirror}" }`)).toEqual([mirror]);
  });
});

describe('skipped tests', () => {
  const tests = tracked.filter(
    (path) => path.startsWith('test/') && path.endsWith('.ts') && !path.startsWith('test/tidy/'),
  );

  it('are counted and loud', () => {
    expect(tests.length).toBeGreaterThan(100);
    expect(tests.flatMap((path) => skipFaults(path, textOf(path)))).toEqual([]);
  });

  it('that are counted exist', () => {
    expect(Object.keys(COUNTED_SKIPS).filter((path) => !tests.includes(path))).toEqual([]);
  });

  it.each([
    ['it.skip(', ['planted.test.ts: 1 skips, 0 counted', 'planted.test.ts: skips without a line that says SKIPPED']],
    [
      'describe.skipIf(x)(',
      ['planted.test.ts: 1 skips, 0 counted', 'planted.test.ts: skips without a line that says SKIPPED'],
    ],
    ['describe.only(', ['planted.test.ts: keeps other tests from running']],
    ['test.concurrent.only(', ['planted.test.ts: keeps other tests from running']],
  ])('are seen when planted: %s', (planted, faults) => {
    expect(skipFaults('planted.test.ts', planted)).toEqual(faults);
  });
});
