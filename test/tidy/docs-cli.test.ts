import { describe, expect, it } from 'vitest';
import { filesBelow, textOf } from './source-files.ts';
import { withoutPadding } from './table-padding.ts';

/** Name and summary of each command, as its file states them. */
const commands = filesBelow('src/cli', ['.ts']).flatMap((path) => {
  const text = textOf(path);
  if (!/export const \w+: Command\b/.test(text)) return [];
  const name = /\bname: '([^']+)'/.exec(text)?.[1];
  const summary = /\bsummary:\s*(?:'([^']*)'|"([^"]*)")/.exec(text);
  return [`privity ${name}: ${summary?.[1] ?? summary?.[2]}`];
});

const documentedIn = (text: string): string[] =>
  [...text.matchAll(/^\| `(privity [^`]+)` \| (.+) \|$/gm)].map(([, name, summary]) => `${name}: ${summary}`);

describe('src/cli/README.md', () => {
  const text = withoutPadding(textOf('src/cli/README.md'));

  it('has a row for every command, with its own summary', () => {
    expect(commands.length).toBeGreaterThanOrEqual(3);
    expect(documentedIn(text).sort()).toEqual([...commands].sort());
  });

  it('misses a command when its row is not there', () => {
    expect(documentedIn(text.replace(/^\| `privity verify` .*\n/m, ''))).toHaveLength(commands.length - 1);
  });
});
