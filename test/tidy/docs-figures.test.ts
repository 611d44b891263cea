import { describe, expect, it } from 'vitest';
import { textOf } from './source-files.ts';
import { withoutPadding } from './table-padding.ts';

const ROW = /^\| [^|]+ \| ([\d,.]+) \| `([\w/.-]+\.json)` ([\w.]+) \|$/gm;

interface Figure {
  readonly shown: string;
  readonly measured: string;
}

function figuresIn(text: string): Figure[] {
  return [...text.matchAll(ROW)].map(([, shown, file, path]) => {
    const found = path!
      .split('.')
      .reduce<unknown>((tree, key) => (tree as Record<string, unknown> | undefined)?.[key], JSON.parse(textOf(file!)));
    return { shown: shown!, measured: typeof found === 'number' ? found.toLocaleString('en-US') : `no ${path}` };
  });
}

const wrong = (figures: readonly Figure[]): Figure[] => figures.filter(({ shown, measured }) => shown !== measured);

describe('figures of the README', () => {
  const text = withoutPadding(textOf('README.md'));

  it('are those of the committed snapshots', () => {
    expect(figuresIn(text).length).toBeGreaterThanOrEqual(5);
    expect(wrong(figuresIn(text))).toEqual([]);
  });

  it('are caught when they differ or have no source', () => {
    expect(wrong(figuresIn(text.replace('100,894', '100,895')))).toHaveLength(1);
    expect(wrong(figuresIn(text.replace(' depositETH |', ' depositPlanted |')))).toHaveLength(1);
  });

  it('stand in a row with their source, every one', () => {
    const table = text.slice(text.indexOf('| figure |')).split('\n\n')[0]!.split('\n').slice(2);
    expect(table.length).toBe(figuresIn(text).length);
  });
});
