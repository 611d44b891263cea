import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, textOf } from './source-files.ts';

const NAMED = /`(test\/[\w/.-]+\.test\.ts)`(?:: `([^`]+)`)?/g;
const document = textOf('docs/parity.md');
const held = document.slice(document.indexOf('## Held'), document.indexOf('## Otherwise'));

/** Rows without a test, and named tests that are not there or never run. */
function faultsIn(text: string): string[] {
  const rows = text.split('\n').filter((line) => /^\| \d/.test(line));
  return rows.flatMap((row) => {
    const named = [...row.matchAll(NAMED)];
    if (named.length === 0) return [`no test: ${row.slice(0, 60)}`];
    return named.flatMap(([, path, name]) => faultOf(path!, name) ?? []);
  });
}

function faultOf(path: string, name: string | undefined): string | undefined {
  if (!existsSync(join(ROOT, path))) return `${path} does not exist`;
  if (name === undefined) return undefined;
  const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll("'", "\\\\?'");
  const call = new RegExp(`\\b(it|test)(\\.\\w+)*(?:\\([^']*\\))?\\(\\s*'${quoted}'`, 's').exec(textOf(path));
  const each = textOf(path).includes(`('${name}'`);
  if (call === null && !each) return `${path} has no test '${name}'`;
  return /\.(?:skip|todo|skipIf|runIf)\b/.test(call?.[0] ?? '') ? `${path}: '${name}' is skipped` : undefined;
}

describe('docs/parity.md', () => {
  it('names tests that exist and run, for every row that is held', () => {
    expect([...held.matchAll(NAMED)].length).toBeGreaterThanOrEqual(12);
    expect(faultsIn(held)).toEqual([]);
  });

  it.each([
    ['no test', '| 1A | planted | somewhere |'],
    ['does not exist', '| 1A | planted | `test/rpc/planted.test.ts` |'],
    ['has no test', '| 1A | planted | `test/rpc/sdk.test.ts`: `plants something` |'],
  ])('is caught when a row has: %s', (fault, row) => {
    expect(faultsIn(row)).toEqual([expect.stringContaining(fault)]);
  });
});
