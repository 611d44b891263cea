import { parseArgs } from 'node:util';
import type { Command } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';

/** A `privity` command in this process, from its words and options: exit status and everything it printed. */
export async function runCommand(name: string, args: readonly string[]): Promise<{ status: number; text: string }> {
  const command: Command | undefined = COMMANDS.find((one) => one.name === name);
  if (command === undefined) throw new Error(`there is no command ${name}`);
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const context = { environment: {}, print, printError: print, signal: new AbortController().signal };
  const { positionals, values } = parseArgs({ args: [...args], options: command.options, allowPositionals: true });
  return { status: await command.run({ positionals, values }, context), text: lines.join('\n') };
}
