import { type ExecFileOptions, execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Foundry's `cast` as anybody has it; rejects when it fails. */
export const runCast = (args: readonly string[], options: ExecFileOptions = {}) =>
  run('node_modules/.bin/cast', args, { ...options, encoding: 'utf8' });

/** What `cast` prints of the RPC endpoint that `url` gives at each call. */
export const castOn =
  (url: () => string) =>
  async (...args: string[]): Promise<string> => {
    const { stdout } = await runCast([...args, '--rpc-url', url()], { timeout: 30_000 });
    return stdout.trim();
  };
