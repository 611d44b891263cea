import type { ParseArgsConfig } from 'node:util';
import type { ConfigSources } from '../config/load.ts';

/** What commands may touch of the process. */
export interface CliContext {
  readonly environment: Readonly<Record<string, string | undefined>>;
  print(line: string): void;
  printError(line: string): void;
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal;
}

export interface Command {
  /** Words after `privity`. */
  readonly name: string;
  readonly summary: string;
  readonly usage: string;
  readonly options: NonNullable<ParseArgsConfig['options']>;
  /** Exit status. */
  run(
    args: { readonly positionals: readonly string[]; readonly values: Readonly<Record<string, unknown>> },
    context: CliContext,
  ): Promise<number>;
}

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Said when the configuration does not do and no file was named: the likeliest mistake of who has only run `npm start`. */
export const withoutConfigFile =
  'No --config was given, so this is production on defaults and the environment. For the chain of npm start: --dev --config config/development.yaml';

/** Where a command with --config and --dev takes its configuration from. */
export const configOf = (values: Readonly<Record<string, unknown>>, { environment }: CliContext): ConfigSources => {
  const file = text(values['config']);
  return {
    ...(file === undefined ? {} : { file }),
    environment,
    ...(values['dev'] === true ? { overrides: { mode: 'development' } } : {}),
  };
};
