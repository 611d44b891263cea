/**
 * Runs the proving binary within bounds. The witness goes in through a pipe, so it is never a file. The process group dies with its time
 * limit, with the abort signal, and with this process (the wrapper holds a pipe whose end tells it).
 */

import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { proverError } from '../errors.ts';

export interface BbLimits {
  /** Milliseconds of wall clock for one call. */
  readonly timeoutMs: number;
  /** Address space of the process, bytes. */
  readonly memoryBytesMax: number;
  readonly threads: number;
  /** 0 to 19; proving gives way to the chain. */
  readonly niceness: number;
}

export interface BbCall {
  readonly binary: string;
  readonly args: readonly string[];
  /** A private folder that serves as home. */
  readonly home: string;
  readonly limits: BbLimits;
  /** Read by the binary as /dev/stdin. */
  readonly input?: Uint8Array;
  readonly signal?: AbortSignal | undefined;
}

export interface BbResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** `cat` turns the socket that Node gives into a pipe that can be opened by name. */
const WRAPPER = `
{ read -r _ <&3; kill -KILL 0; } >/dev/null 2>&1 </dev/null &
exec 3<&-
ulimit -c 0
ulimit -v "$1" || exit 126
niceness=$2
shift 2
cat | nice -n "$niceness" "$@"
`;

const outputBytesMax = 1 << 20;

/** Resolves whatever the exit code; throws BACKEND_TIMEOUT, BACKEND_FAILED when it cannot start, or the signal's reason. */
export function runBb({ binary, args, home, limits, input, signal }: BbCall): Promise<BbResult> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const memoryKilobytes = String(Math.floor(limits.memoryBytesMax / 1024));
    const child = spawn('/bin/sh', ['-c', WRAPPER, 'sh', memoryKilobytes, String(limits.niceness), binary, ...args], {
      cwd: home,
      detached: true,
      env: { HOME: home, PATH: '/usr/local/bin:/usr/bin:/bin', HARDWARE_CONCURRENCY: String(limits.threads) },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    let failure: unknown;
    const killGroup = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // The group is gone.
      }
    };
    const fail = (reason: unknown) => {
      failure ??= reason;
      killGroup();
    };
    const timer = setTimeout(
      () => fail(proverError('BACKEND_TIMEOUT', `${args[0]} took more than ${limits.timeoutMs} ms`)),
      limits.timeoutMs,
    );
    const aborted = () => fail(signal?.reason);
    signal?.addEventListener('abort', aborted, { once: true });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    // A reader that stopped early is told by its exit code.
    child.stdin.on('error', () => {});
    child.stdio[3]?.on('error', () => {});
    child.stdin.end(input ?? new Uint8Array());
    const settle = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', aborted);
    };
    child.on('error', (cause) => {
      settle();
      reject(proverError('BACKEND_FAILED', 'the proving binary cannot be started', { cause }));
    });
    child.on('exit', killGroup);
    child.on('close', (code, killedBy) => {
      settle();
      if (failure !== undefined) reject(failure);
      else resolve({ exitCode: code ?? (killedBy === null ? 1 : 137), stdout: stdout(), stderr: stderr() });
    });
  });
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < outputBytesMax) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

/** The last lines of the binary's complaint without the numbers it prints, which may be of a witness. */
export function complaintOf({ exitCode, stderr }: BbResult): string {
  const lines = stderr
    .replaceAll(/0x[0-9a-fA-F]+|\d{6,}/g, '#')
    .trim()
    .split('\n')
    .slice(-3)
    .join(' | ');
  return `exit code ${exitCode}: ${lines.slice(0, 400)}`;
}
