/** Words that do not belong into the tree, and skipped tests that nobody counts. */

interface Word {
  readonly what: string;
  readonly pattern: RegExp;
  /** A line that must be caught: put together here, so that this file is clean itself. */
  readonly planted: string;
}

const join = (...parts: readonly string[]): string => parts.join('');
const word = (what: string, planted: string, flags = ''): Word => ({
  what,
  planted,
  pattern: new RegExp(planted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), flags),
});

/** In every tracked text file. */
export const FOREIGN_WORDS: readonly Word[] = [
  word('a path of somebody’s machine', join('/wo', 'rk/main')),
  word('a path of somebody’s machine', join('/wo', 'rk/shared')),
  word('a path of somebody’s machine', join('/tmp/', 'privity')),
  {
    what: 'a home folder',
    pattern: new RegExp(join('/(?:ho', 'me|Users)/[a-z]')),
    planted: join('/ho', 'me/somebody'),
  },
  word('a file of the workplace', join('shared/', 'DESIGN'), 'i'),
  word('a file of the workplace', join('shared/', 'STYLE'), 'i'),
  word('a maker of assistants', join('anthro', 'pic'), 'i'),
  { what: 'an assistant', pattern: new RegExp(`\\b${join('cla', 'ude')}\\b`, 'i'), planted: join('by Cla', 'ude') },
  {
    what: 'an assistant',
    pattern: new RegExp(`\\b${join('chat', 'gpt')}\\b|\\b${join('co', 'pilot')}\\b`, 'i'),
    planted: join('with Co', 'pilot'),
  },
  word('an assistant', join('language ', 'model'), 'i'),
  word('how it was made', join('Co-authored', '-by'), 'i'),
  word('how it was made', join('sub', '-agent'), 'i'),
  word('how it was made', join('another ', 'session of ours'), 'i'),
];

/** The one registry that a lock file may name: others are somebody’s mirror. */
export const REGISTRY = 'https://registry.npmjs.org/';
const RESOLVED = /"resolved":\s*"([^"]+)"/g;

export const foreignRegistries = (lock: string): string[] =>
  [...lock.matchAll(RESOLVED)].map(([, url]) => url!).filter((url) => !url.startsWith(REGISTRY));

/** In src, circuits and contracts. */
export const UNFINISHED: readonly Word[] = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((mark) => ({
  what: 'unfinished work',
  pattern: new RegExp(`\\b${mark}\\b`),
  planted: `// ${mark}: later`,
}));

/** Tests that do not run, or keep others from running. */
export const NOT_RUN = /\.(?:skip|todo|skipIf|runIf)\(/g;
export const ONLY = /\b(?:describe|it|test|suite|bench)(?:\.\w+)*\.only\(/;

export function wordsIn(path: string, text: string, words: readonly Word[]): string[] {
  return text
    .split('\n')
    .flatMap((line, i) =>
      words.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${path}:${i + 1}: ${what}`),
    );
}

/** Skips that say so aloud and count themselves: each file with how many it has, and why. */
export const COUNTED_SKIPS: Readonly<Record<string, { readonly count: number; readonly because: string }>> = {
  'test/state-tests/sample.test.ts': { count: 1, because: 'the official fixtures are not in the tree' },
  'test/support/chromium.ts': { count: 1, because: 'no browser is installed' },
  'test/store/databases.ts': { count: 1, because: 'PostgreSQL is not installed' },
  'test/store/postgres.test.ts': { count: 1, because: 'PostgreSQL is not installed' },
  'test/store/sqlite-damage.test.ts': { count: 1, because: 'mounting a small file system takes a right' },
};

/** What is wrong with the skips of a file: more or fewer than counted, or silent. */
export function skipFaults(path: string, text: string): string[] {
  const found = [...text.matchAll(NOT_RUN)].length;
  const counted = COUNTED_SKIPS[path]?.count ?? 0;
  const faults: string[] = [];
  if (found !== counted) faults.push(`${path}: ${found} skips, ${counted} counted`);
  if (found > 0 && !text.includes('SKIPPED')) faults.push(`${path}: skips without a line that says SKIPPED`);
  if (ONLY.test(text)) faults.push(`${path}: keeps other tests from running`);
  return faults;
}
