import { parseArgs } from 'node:util';
import { isPrivityError } from '../base/errors.ts';
import type { CliContext, Command } from './command.ts';
import { COMMANDS } from './commands.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

const context: CliContext = {
  environment: process.env,
  print: (line) => console.log(line),
  printError: (line) => console.error(line),
  signal: stop.signal,
};

process.exitCode = await main(process.argv.slice(2));

async function main(words: readonly string[]): Promise<number> {
  const command = COMMANDS.find(({ name }) => name.split(' ').every((word, i) => words[i] === word));
  if (command === undefined) {
    const asked = words.length === 0 || words[0] === 'help' || words[0] === '--help';
    if (!asked) context.printError(`privity: there is no command '${words[0]}'`);
    printHelp();
    return asked ? 0 : 2;
  }
  const args = words.slice(command.name.split(' ').length);
  if (args.includes('--help')) {
    context.print(`${command.usage}\n\n${command.summary}`);
    return 0;
  }
  try {
    const { positionals, values } = parseArgs({ args, options: command.options, allowPositionals: true });
    return await command.run({ positionals, values }, context);
  } catch (error) {
    return report(error, command);
  }
}

function report(error: unknown, command: Command): number {
  if (isPrivityError(error)) {
    context.printError(
      `privity ${command.name}: ${error.code}: ${error.publicText}${error.internalText === '' ? '' : `\n  ${error.internalText}`}`,
    );
    return 1;
  }
  if (error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS')) {
    context.printError(`privity ${command.name}: ${error.message}\n${command.usage}`);
    return 2;
  }
  throw error;
}

function printHelp(): void {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  context.print('privity <command> [options]\n');
  for (const { name, summary } of COMMANDS) context.print(`  ${name.padEnd(width)}  ${summary}`);
  context.print('\nprivity <command> --help tells more.');
}
