import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { textOf } from './source-files.ts';
import { withoutPadding } from './table-padding.ts';

const commands = COMMANDS.map(({ name, summary }) => `privity ${name}: ${summary}`);

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
