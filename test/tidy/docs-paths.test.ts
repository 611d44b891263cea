import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, ROOT, textOf } from './source-files.ts';

const documents = [
  ...['README.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...filesBelow('docs', ['.md']),
  ...filesBelow('src', ['README.md']),
  ...['circuits/README.md', 'contracts/README.md', 'policies/README.md'],
];

const QUOTED = /`((?:src|test|circuits|contracts|docs|policies|config)\/[\w./-]+)`/g;
const LINK = /\]\((?!https?:|#)([^)#]+)/g;

/** Paths that a document names and the tree does not have. */
function missingIn(path: string, text: string): string[] {
  const quoted = [...text.matchAll(QUOTED)].map(([, named]) => join(ROOT, named!));
  const linked = [...text.matchAll(LINK)].map(([, named]) => join(ROOT, dirname(path), named!));
  return [...quoted, ...linked].filter((named) => !existsSync(named));
}

const SCRIPT = /`npm (?:run )?([\w:]+)[^`]*`/g;
const scripts = Object.keys((JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }).scripts);
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(SCRIPT)].map((match) => match[1]!).filter((name) => name !== 'ci' && name !== 'install');

const decisions = filesBelow('docs/adr', ['.md']).map((path) => path.slice('docs/adr/'.length));
const isDecision = (number: string): boolean => decisions.filter((file) => file.startsWith(`${number}-`)).length === 1;
const decisionsNamedIn = (text: string): string[] => [...text.matchAll(/\bADR (\d{4})/g)].map((match) => match[1]!);

describe('documents', () => {
  it('name only files and folders that exist', () => {
    expect(documents.length).toBeGreaterThan(20);
    const named = documents.flatMap((path) => [...textOf(path).matchAll(QUOTED)]);
    expect(named.length).toBeGreaterThan(100);
    expect(documents.flatMap((path) => missingIn(path, textOf(path)))).toEqual([]);
  });

  it('name only npm scripts that exist', () => {
    const named = documents.flatMap((path) => scriptsIn(textOf(path)));
    expect(named).toContain('start');
    expect([...new Set(named)].filter((name) => !scripts.includes(name))).toEqual([]);
  });

  it('are caught when they name what does not exist', () => {
    expect(missingIn('docs/planted.md', 'See `src/base/planted.ts` and [this](planted-too.md).')).toHaveLength(2);
    expect(scriptsIn('`npm run planted -- --json`')).toEqual(['planted']);
  });

  it('and code name only decisions that exist', () => {
    const code = ['src', 'circuits', 'contracts'].flatMap((folder) => filesBelow(folder, ['.ts', '.nr', '.sol']));
    const named = [...documents, ...code].flatMap((path) => decisionsNamedIn(textOf(path)));
    expect(named.length).toBeGreaterThanOrEqual(5);
    expect(named.filter((number) => !isDecision(number))).toEqual([]);
    expect(decisionsNamedIn('as ADR 9999 says').filter((number) => !isDecision(number))).toEqual(['9999']);
  });

  it('of decisions are numbered without gaps and carry their number', () => {
    expect(decisions.map((file) => Number(file.slice(0, 4)))).toEqual(decisions.map((_, i) => i + 1));
    for (const file of decisions) expect(textOf(`docs/adr/${file}`)).toMatch(new RegExp(`^# ${file.slice(0, 4)}: `));
  });
});
