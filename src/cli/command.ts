import type { ParseArgsConfig } from 'node:util';

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
