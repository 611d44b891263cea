import { COMMANDS } from '../../src/cli/commands.ts';
import { runCommand } from '../../src/cli/run-command.ts';

export interface Said {
  readonly status: number;
  readonly out: string;
  readonly errors: string;
}

/** The command in this process, and what it says. */
export async function askPrivity(
  words: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  const out: string[] = [];
  const errors: string[] = [];
  const status = await runCommand(words, COMMANDS, {
    environment,
    print: (line) => void out.push(line),
    printError: (line) => void errors.push(line),
    signal: new AbortController().signal,
  });
  return { status, out: out.join('\n'), errors: errors.join('\n') };
}
