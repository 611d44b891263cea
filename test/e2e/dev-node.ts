/** A whole node, as a child process on temporary data and free ports, without proving unless the settings say so: batches are sealed and committed, not settled. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { loginByWallet, openSession } from '../demo/api-session.ts';
import { freePorts } from '../demo/free-ports.ts';
import { createL1, type L1 } from '../demo/l1-client.ts';
import {
  endLeftovers,
  type LaunchedNode,
  launchNode,
  type NodeProcess,
  type NodeProcessOptions,
  startNodeProcess,
} from '../demo/node-process.ts';
import type { Wallet } from '../demo/send-transaction.ts';
import { waitUntil } from '../demo/wait-until.ts';

export interface DevNode {
  readonly folder: string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly options: NodeProcessOptions;
  readonly url: string;
  readonly process: NodeProcess;
  readonly l1: L1;
  /** After a stop, a kill or an end of its own; with other settings from then on. */
  restart(settings?: Readonly<Record<string, string>>): Promise<void>;
  /** Logs in anew each time. */
  wallet(name: string): Promise<Wallet>;
  /** A second process with other settings, until it has ended by itself. */
  launchToItsEnd(changes: Partial<NodeProcessOptions>): Promise<{ code: number | null; output: string }>;
  dispose(): Promise<void>;
}

export const batchIntervalSeconds = 3;

const SETTINGS = {
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: String(batchIntervalSeconds),
  PRIVITY_L1_CONFIRMATIONS_MIN: '1',
  PRIVITY_L1_POLL_INTERVAL_MS: '100',
  PRIVITY_PROVER_WORKERS: '0',
};

/** Shared with the tests of the prover: strings, circuits and keys take minutes to make. */
const cacheDir = process.env['PRIVITY_CACHE_DIR'] ?? join(import.meta.dirname, '../../node_modules/.cache');

export async function startDevNode(
  settings: Readonly<Record<string, string>> = {},
  /** Writes files into the node's folder and gives the settings that name them. */
  prepare: (folder: string) => Readonly<Record<string, string>> = () => ({}),
): Promise<DevNode> {
  const folder = mkdtempSync(join(tmpdir(), 'privity-e2e-'));
  const [httpPort, l1Port] = await freePorts(2);
  const logFile = join(folder, 'node.log');
  const launched: LaunchedNode[] = [];
  let options: NodeProcessOptions = {
    dataDir: join(folder, 'data'),
    cacheDir,
    httpPort: httpPort!,
    l1Port: l1Port!,
    environment: { ...SETTINGS, ...settings, ...prepare(folder) },
    logFile,
    onLaunch: (node) => launched.push(node),
  };
  const dispose = async () => {
    for (const node of launched) {
      node.send('SIGKILL');
      await node.exited;
      endLeftovers(options.dataDir, node.pid);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  let running: NodeProcess;
  try {
    running = await startNodeProcess(options);
  } catch (error) {
    await dispose();
    throw error;
  }
  return {
    folder,
    dataDir: options.dataDir,
    logFile,
    get options() {
      return options;
    },
    url: running.welcome.url,
    get process() {
      return running;
    },
    l1: createL1(running.welcome.l1Url, running.welcome),
    async restart(changes = {}) {
      options = { ...options, environment: { ...options.environment, ...changes } };
      running = await startNodeProcess(options);
    },
    async wallet(name) {
      const { url, wallets } = running.welcome;
      const account = privateKeyToAccount(wallets.get(name)!);
      return { account, session: name === 'outsider' ? openSession(url, '') : await loginByWallet(url, account) };
    },
    async launchToItsEnd(changes) {
      const otherLog = join(folder, `other-${launched.length}.log`);
      const other = launchNode({ ...options, ...changes, logFile: otherLog });
      launched.push(other);
      await waitUntil('the second process ends', async () => other.exit(), { timeoutMs: 60_000 });
      await other.exited;
      return { code: other.exit()!.code, output: [...other.lines, ...other.errors()].join('\n') };
    },
    dispose,
  };
}
