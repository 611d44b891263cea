import { describe, expect, it } from 'vitest';
import { textOf } from './source-files.ts';
import { withoutPadding } from './table-padding.ts';

const manifest = JSON.parse(textOf('package.json')) as Record<
  'dependencies' | 'devDependencies',
  Record<string, string>
>;
const ROW = /^\| `([^`]+)` \| ([^|]+) \| [^|]*\| ([^|]+) \| ([^|]+) \|$/gm;

const documentedIn = (text: string): string[] => [...text.matchAll(ROW)].map((row) => row[1]!);
const [runTime, tools] = withoutPadding(textOf('docs/dependencies.md')).split('## For tests and tools') as [
  string,
  string,
];

describe('docs/dependencies.md', () => {
  it('has a line for every dependency, and no other', () => {
    expect(documentedIn(runTime)).toEqual(Object.keys(manifest.dependencies).sort());
    expect(documentedIn(tools)).toEqual(Object.keys(manifest.devDependencies).sort());
  });

  it('says the licence that the package says', () => {
    const rows = [...`${runTime}${tools}`.matchAll(ROW)];
    expect(rows.length).toBeGreaterThan(40);
    for (const [, name, , , licence] of rows) {
      const { license } = JSON.parse(textOf(`node_modules/${name}/package.json`)) as { license: string };
      expect(`${name}: ${licence!.trim()}`).toBe(`${name}: ${license.replace(/^\(|\)$/g, '')}`);
    }
  });

  it('misses a line when it is not there', () => {
    expect(documentedIn(runTime.replace(/^\| `viem`.*\n/m, ''))).not.toContain('viem');
  });
});
