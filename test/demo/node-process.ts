/** `privity start --dev` as a child process: started, killed, stopped, and never left behind. */

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PRIVITY, PROJECT } from './run-privity.ts';
import { waitUntil } from './wait-until.ts';
import { isLastLine, readWelcome, type Welcome } from './welcome.ts';

export interface NodeProcessOptions {
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly httpPort: number;
  readonly l1Port: number;
  /** Sample configuration of the project. */
  readonly config?: string;
  /** More settings, by environment name. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Standard error, which is the log, goes to this file. */
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
  /** Told of the process before it has started up. */
  readonly onLaunch?: (node: LaunchedNode) => void;
  readonly startTimeoutMs?: number;
}

export interface NodeProcess {
  readonly pid: number;
  readonly options: NodeProcessOptions;
  readonly welcome: Welcome;
  /** Undefined while it runs. */
  exit(): { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  /** SIGKILL: as if the power went. */
  kill(): Promise<void>;
  /** SIGINT, as Ctrl-C does; the exit status. */
  stop(): Promise<number | null>;
}

export interface LaunchedNode {
  readonly pid: number;
  exit(): { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined;
  readonly lines: readonly string[];
  /** Last lines of standard error. */
  errors(): readonly string[];
  send(signal: NodeJS.Signals): void;
  /** Resolves when it has exited. */
  readonly exited: Promise<void>;
}

const stopTimeoutMs = 60_000;
const lastErrorLines = 20;

/** Starts the process and returns at once. */
export function launchNode(options: NodeProcessOptions): LaunchedNode {
  const { dataDir, cacheDir, httpPort, l1Port, config, environment, logFile } = options;
  const args = [PRIVITY, 'start', '--dev', ...(config === undefined ? [] : ['--config', config])];
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    // A group of its own: Ctrl-C reaches the demo first, and provers that a SIGKILL orphans can be ended with the group.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TMPDIR: process.env['TMPDIR'],
      PRIVITY_DATA_DIR: dataDir,
      PRIVITY_CACHE_DIR: cacheDir,
      PRIVITY_HTTP_PORT: String(httpPort),
      PRIVITY_L1_URL: `http://127.0.0.1:${l1Port}`,
      ...environment,
    },
  });
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  child.stderr.pipe(log);
  const errors: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    // The log goes on for ever; what matters when a start fails stands at its end.
    if (errors.push(line) > lastErrorLines) errors.shift();
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    options.onLine?.(line);
  });
  let exit: ReturnType<LaunchedNode['exit']>;
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      exit = { code, signal };
    });
    child.once('close', () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error('node cannot be run');
  const endGroup = () => endProcessGroup(pid);
  process.once('exit', endGroup);
  void exited.then(() => process.off('exit', endGroup));
  return {
    pid,
    lines,
    errors: () => errors,
    exit: () => exit,
    send: (signal) => {
      if (exit === undefined) process.kill(pid, signal);
    },
    exited,
  };
}

/** Starts the node and waits until it takes transactions. */
export async function startNodeProcess(options: NodeProcessOptions): Promise<NodeProcess> {
  const node = launchNode(options);
  options.onLaunch?.(node);
  try {
    await waitUntil('the node takes transactions', async () => node.lines.find(isLastLine), {
      timeoutMs: options.startTimeoutMs ?? 300_000,
      everyMs: 50,
      alive() {
        const exit = node.exit();
        if (exit !== undefined)
          throw new Error(`privity start ended with ${exit.code ?? exit.signal}:\n${node.errors().join('\n')}`);
      },
    });
  } catch (error) {
    node.send('SIGKILL');
    await node.exited;
    endLeftovers(options.dataDir, node.pid);
    throw error;
  }
  return {
    pid: node.pid,
    options,
    welcome: readWelcome(node.lines),
    exit: node.exit,
    async kill() {
      node.send('SIGKILL');
      await node.exited;
      endProcessGroup(node.pid);
    },
    async stop() {
      node.send('SIGINT');
      const timer = setTimeout(() => node.send('SIGKILL'), stopTimeoutMs);
      await node.exited;
      clearTimeout(timer);
      endProcessGroup(node.pid);
      return node.exit()?.code ?? null;
    },
  };
}

/** The Ethereum node and the provers of a node that was killed. */
export function endLeftovers(dataDir: string, nodePid?: number): void {
  if (nodePid !== undefined) endProcessGroup(nodePid);
  const pid = embeddedL1Pid(dataDir);
  if (pid !== undefined) signalIfAlive(pid, 'SIGKILL');
}

/** Process id of the embedded Ethereum node, as it stands in the data folder. */
export function embeddedL1Pid(dataDir: string): number | undefined {
  const file = join(dataDir, 'l1', 'anvil.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) : undefined;
}

const endProcessGroup = (leader: number): void => signalIfAlive(-leader, 'SIGKILL');

function signalIfAlive(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone already.
  }
}
