/**
 * The Ethereum node of development: anvil from npm on loopback, its state kept in a file. A node that was killed leaves its anvil running;
 * the next start finds it by its port and pid file and goes on with it.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { nodeError } from './errors.ts';

export interface EmbeddedL1Options {
  readonly folder: string;
  readonly port: number;
  readonly chainId: number;
  readonly mnemonic: string;
  readonly blockTimeSeconds: number;
  /** Funded accounts of the mnemonic. */
  readonly accounts: number;
}

export interface EmbeddedL1 {
  readonly url: string;
  readonly pid: number;
  /** Stops anvil and waits until its state is on disk. */
  stop(): Promise<void>;
}

const startTimeoutMs = 15_000;
const stopTimeoutMs = 15_000;
const stateIntervalSeconds = 5;

export async function startEmbeddedL1(options: EmbeddedL1Options, deps: { clock: Clock }): Promise<EmbeddedL1> {
  const url = `http://127.0.0.1:${options.port}`;
  const pidFile = join(options.folder, 'anvil.pid');
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const running = await chainIdAt(url);
  if (running !== undefined) {
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) : Number.NaN;
    if (running !== options.chainId || !isAlive(pid)) {
      throw nodeError('NODE_L1_START', `port ${options.port} is taken by another program`, {
        publicText: `Port ${options.port} (the embedded Ethereum node) is taken by another program. Set PRIVITY_L1_URL to another port.`,
      });
    }
    return { url, pid, stop: () => stopPid(pid, pidFile, deps.clock) };
  }
  const output = openSync(join(options.folder, 'anvil.log'), 'w', 0o600);
  const child = spawn(
    anvilBinary(),
    [
      ...['--host', '127.0.0.1', '--port', String(options.port), '--chain-id', String(options.chainId)],
      ...['--mnemonic', options.mnemonic, '--accounts', String(options.accounts)],
      ...['--block-time', String(options.blockTimeSeconds), '--mixed-mining'],
      ...['--state', join(options.folder, 'state.json'), '--state-interval', String(stateIntervalSeconds)],
      ...['--prune-history', '1000', '--quiet'],
    ],
    // A group of its own, so that Ctrl-C reaches only the node, which then stops anvil in order.
    { detached: true, stdio: ['ignore', output, output], env: childEnvironment() },
  );
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw nodeError('NODE_L1_START', 'anvil cannot be run');
  writeFileSync(pidFile, String(pid), { mode: 0o600 });
  await ready(url, options.chainId, child, deps.clock);
  return { url, pid, stop: () => stopPid(pid, pidFile, deps.clock) };
}

/** Nothing of our environment (keys!) is handed down. */
const childEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], HOME: process.env['HOME'] });

/** The platform binary itself: the npm package's starter script would stand between us and the process. */
function anvilBinary(): string {
  const require = createRequire(import.meta.url);
  const arch = { x64: 'amd64', arm64: 'arm64' }[process.arch as 'x64' | 'arm64'];
  try {
    const manifest = createRequire(require.resolve('@foundry-rs/anvil/package.json')).resolve(
      `@foundry-rs/anvil-${process.platform}-${arch}/package.json`,
    );
    return join(dirname(manifest), 'bin', 'anvil');
  } catch (cause) {
    throw nodeError('NODE_L1_START', `no anvil for ${process.platform} ${process.arch}`, { cause });
  }
}

async function ready(url: string, chainId: number, child: ChildProcess, clock: Clock): Promise<void> {
  const deadline = clock.now() + startTimeoutMs;
  while (clock.now() < deadline && child.exitCode === null) {
    const answer = await chainIdAt(url);
    if (answer === chainId) return;
    if (answer !== undefined) throw nodeError('NODE_L1_START', `chain id ${answer}`);
    await clock.sleep(50);
  }
  throw nodeError(
    'NODE_L1_START',
    child.exitCode === null ? 'no answer in time' : `anvil ended with ${child.exitCode}`,
  );
}

async function chainIdAt(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
      signal: AbortSignal.timeout(2000),
    });
    return Number(((await response.json()) as { result: string }).result);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function stopPid(pid: number, pidFile: string, clock: Clock): Promise<void> {
  if (isAlive(pid)) process.kill(pid, 'SIGINT');
  const deadline = clock.now() + stopTimeoutMs;
  while (isAlive(pid) && clock.now() < deadline) await clock.sleep(50);
  rmSync(pidFile, { force: true });
}
