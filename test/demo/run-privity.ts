import { spawn } from 'node:child_process';
import { resolve } from 'node:path';

export const PROJECT = resolve(import.meta.dirname, '../..');
export const PRIVITY = resolve(PROJECT, 'src/cli/privity.mjs');

export interface CommandResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Runs one `privity` command to its end. */
export function runPrivity(args: readonly string[], timeoutMs = 120_000): Promise<CommandResult> {
  const child = spawn(process.execPath, [PRIVITY, ...args], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  let output = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (status) => done({ status, output, errors }));
  });
}
