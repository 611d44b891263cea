import { parseArgs } from 'node:util';
import { isPrivityError, type PrivityError } from '../base/errors.ts';
import { VERSION } from '../node/version.ts';
import { type CliContext, type Command, withoutConfigFile } from './command.ts';

const HELP = ['help', '--help', '-h'];
const isHelp = (word: string): boolean => HELP.includes(word);

/** Finds the command that the words name and runs it. Exit status: 0 done, 1 a coded or system error, 2 wrong usage. */
export async function runCommand(
  words: readonly string[],
  commands: readonly Command[],
  context: CliContext,
): Promise<number> {
  if (words[0] === '--version' || words[0] === '-v') {
    context.print(VERSION);
    return 0;
  }
  if (words.length === 0 || (words.length === 1 && isHelp(words[0]!))) {
    context.print(overview(commands));
    return 0;
  }
  const asked = words[0] === 'help' ? [...words.slice(1), '--help'] : words;
  const command = commands.find(({ name }) => name.split(' ').every((word, i) => asked[i] === word));
  if (command === undefined) return unknown(asked, commands, context);
  const args = asked.slice(command.name.split(' ').length);
  if (args.includes('--help') || args.includes('-h')) {
    context.print(`${command.usage}\n\n${command.summary}`);
    return 0;
  }
  try {
    const { positionals, values } = parseArgs({ args, options: command.options, allowPositionals: true });
    return await command.run({ positionals, values }, context);
  } catch (error) {
    return report(error, command, args, context);
  }
}

/** No command has these words: the commands of the group that the first word names, if any. */
function unknown(words: readonly string[], commands: readonly Command[], context: CliContext): number {
  const group = commands.filter(({ name }) => name.startsWith(`${words[0]} `));
  const onlyAsked = group.length > 0 && words.slice(1).every(isHelp);
  if (onlyAsked) {
    context.print(rows(group));
    return words.length > 1 ? 0 : 2;
  }
  const named = group.length > 0 && words[1] !== undefined ? `${words[0]} ${words[1]}` : words[0];
  context.printError(`privity: there is no command '${named}'`);
  context.printError(group.length > 0 ? rows(group) : 'privity --help lists them.');
  return 2;
}

function report(error: unknown, command: Command, args: readonly string[], context: CliContext): number {
  const say = (text: string): void => context.printError(`privity ${command.name}: ${text}`);
  if (isPrivityError(error)) {
    say(described(error));
    if (error.code === 'CONFIG_UNSAFE' && !args.some((arg) => arg.split('=')[0] === '--config'))
      context.printError(withoutConfigFile);
    return 1;
  }
  if (!(error instanceof Error) || !('code' in error)) throw error;
  if (String(error.code).startsWith('ERR_PARSE_ARGS')) {
    // Node goes on with advice on `--` that fits none of our options.
    say(`${error.message.split('. ')[0]}\n${command.usage}`);
    return 2;
  }
  // A file that is not there or may not be read, a port that is taken: the system's own words name it.
  if ('syscall' in error) {
    say(error.message);
    return 1;
  }
  throw error;
}

function described({ code, publicText, internalText }: PrivityError): string {
  const text = publicText.includes('\n') ? `${code}:\n${publicText.replace(/^/gm, '  ')}` : `${code}: ${publicText}`;
  const more = internalText.replace(/^/gm, '  ');
  return internalText === '' || publicText.includes(internalText) ? text : `${text}\n${more}`;
}

function rows(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n');
}

const overview = (commands: readonly Command[]): string =>
  `privity <command> [options]\n\n${rows(commands)}\n\nprivity <command> --help tells more; privity --version the version.`;
