import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PublicCli {
  readonly pid: number;
  /** What it has printed so far, without colours. */
  output(): string;
  readonly exited: Promise<number | null>;
  /** Resolves when it has printed this. */
  prints(pattern: RegExp, timeoutMs?: number): Promise<void>;
  end(): Promise<void>;
}

const CLI = join(import.meta.dirname, '../../node_modules/prividium/bin/cli.js');
// biome-ignore lint/suspicious/noControlCharactersInRegex: the codes of terminals begin with one
const COLOURS = /\u001b\[[0-9;?]*[A-Za-z]/g;

/** The command-line tool of the public SDK, unmodified, in a process of its own, without the settings of whoever runs the tests. */
export function startPublicCli(args: readonly string[], environment: Readonly<Record<string, string>> = {}): PublicCli {
  const folder = mkdtempSync(join(tmpdir(), 'privity-cli-'));
  const child: ChildProcess = spawn(process.execPath, [CLI, ...args, '--config-path', join(folder, 'config.json')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Whatever would open a browser of the desktop opens nothing.
    env: { PATH: process.env['PATH'], HOME: folder, BROWSER: '/bin/true', NO_COLOR: '1', ...environment },
  });
  let text = '';
  const listen = (chunk: Buffer) => {
    text += chunk.toString('utf8').replace(COLOURS, '');
  };
  child.stdout!.on('data', listen);
  child.stderr!.on('data', listen);
  const exited = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  void exited.then(() => rmSync(folder, { recursive: true, force: true }));
  return {
    pid: child.pid!,
    output: () => text,
    exited,
    async prints(pattern, timeoutMs = 30_000) {
      const until = Date.now() + timeoutMs;
      while (!pattern.test(text)) {
        if (Date.now() > until || child.exitCode !== null) throw new Error(`it never printed ${pattern}:\n${text}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    async end() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
