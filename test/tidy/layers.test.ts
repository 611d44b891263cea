import { describe, expect, it } from 'vitest';
import { breachOf, EXCEPTIONS, type Import, LAYERS, WIRING } from './layers.ts';
import { filesBelow, importsOf, targetBelowSrc, textOf } from './source-files.ts';

const files = filesBelow('src', ['.ts', '.tsx']);

const imports: Import[] = files.flatMap((file) =>
  importsOf(textOf(file)).flatMap((specifier) => {
    const target = targetBelowSrc(file, specifier);
    return target === undefined ? [] : [{ file: file.slice('src/'.length), target }];
  }),
);

describe('layers', () => {
  it('reads the files it judges', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(100);
  });

  it('knows every folder of src', () => {
    const folders = new Set(files.map((file) => file.split('/')[1]!));
    expect([...folders].filter((folder) => !(folder in LAYERS) && !WIRING.includes(folder))).toEqual([]);
  });

  it('holds', () => {
    expect(imports.map(breachOf).filter((breach) => breach !== undefined)).toEqual([]);
  });

  it.each([
    [{ file: 'rpc/app.ts', target: 'store/port.ts' }],
    [{ file: 'rpc/app.ts', target: 'policy/permit.ts' }],
    [{ file: 'policy/decide.ts', target: 'sequencer/port.ts' }],
    [{ file: 'base/clock.ts', target: 'chain/word.ts' }],
  ])('sees a planted breach %#', (planted) => {
    expect(breachOf(planted)).toContain(planted.file);
  });

  it('has no exception that nobody uses', () => {
    const used = EXCEPTIONS.filter((e) => imports.some((i) => i.file.startsWith(`${e.from}/`) && i.target === e.to));
    expect(used).toEqual(EXCEPTIONS);
  });
});
