/**
 * Signed native transfers a second through authenticated HTTP JSON-RPC, and the same load against bare anvil in the same run. 500 senders,
 * one request a transaction, the large policy, encryption and durability on. The node, its load and anvil share this machine.
 *
 *   node test/bench/throughput.ts [--rate 1000] [--seconds 60] [--senders 500] [--json]
 */

import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock as clock } from '../../src/base/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { roleMask } from '../../src/node/dev-accounts.ts';
import { openDevelopmentChain } from '../../src/node/development-chain.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openKeys } from '../../src/node/keys.ts';
import { openL1 } from '../../src/node/l1.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { benchSender } from './bench-senders.ts';
import type { LoadOptions, LoadResult } from './load-generator.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    senders: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const senders = Number(values.senders);
const say = (line: string): void => void (values.json || console.error(line));

const ports = { http: 28_745, l1: 28_746, bare: 28_747 };
const data = mkdtempSync(join(tmpdir(), 'privity-bench-'));
const environment: Record<string, string> = {
  PRIVITY_MODE: 'development',
  PRIVITY_DATA_DIR: data,
  PRIVITY_CACHE_DIR: process.env['PRIVITY_CACHE_DIR'] ?? resolve('.privity/cache'),
  PRIVITY_HTTP_PORT: String(ports.http),
  PRIVITY_L1_URL: `http://127.0.0.1:${ports.l1}`,
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: '3600',
  PRIVITY_CHAIN_PROVING_BACKLOG_MAX_GATES: String(Number.MAX_SAFE_INTEGER),
  PRIVITY_CHAIN_MEMPOOL_PER_SENDER_MAX: '1000',
  PRIVITY_RATE_LIMIT_AUTH_PER_MINUTE: '1000000',
  PRIVITY_RATE_LIMIT_PUBLIC_PER_MINUTE: '1000000',
  PRIVITY_RATE_LIMIT_RPC_PER_MINUTE: '100000000',
  PRIVITY_POLICY_FILE: 'policies/large.yaml',
  PRIVITY_PROVER_WORKERS: '0',
  PRIVITY_LOG_LEVEL: 'warn',
};

let node: ChildProcess | undefined;
let bare: ChildProcess | undefined;
try {
  await foundChain();
  say('starting the node');
  node = spawn(process.execPath, ['src/cli/main.ts', 'start', '--dev'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await until(node, 'takes transactions');
  const base = { senders, chainId: 7107, url: `http://127.0.0.1:${ports.http}`, login: true } as const;
  say(`${rate} transfers/s for ${seconds} s`);
  const memory = sampleMemory(node.pid!);
  const full = await runLoad({ ...base, rate, seconds, firstNonce: 0 });
  const memoryMb = memory.stop();
  say(`${rate / 2} transfers/s for ${seconds / 3} s, to the receipt`);
  const half = await runLoad({
    ...base,
    rate: rate / 2,
    seconds: seconds / 3,
    firstNonce: full.perSender,
    receipts: true,
  });
  node.kill('SIGINT');
  await new Promise((done) => node?.once('exit', done));
  say(JSON.stringify({ full, half, memoryMb }));
  say('the same load against bare anvil');
  bare = spawn(
    resolve('node_modules/.bin/anvil'),
    [
      '--port',
      String(ports.bare),
      '--chain-id',
      '7107',
      '--block-time',
      '1',
      '--quiet',
      '--base-fee',
      '0',
      '--gas-limit',
      '1000000000',
      '--no-request-size-limit',
    ],
    { stdio: 'ignore' },
  );
  const anvil = await runLoad({
    ...base,
    url: `http://127.0.0.1:${ports.bare}`,
    login: false,
    fund: true,
    rate,
    seconds: seconds / 3,
    firstNonce: 0,
  });
  const result = {
    machine: { cpu: cpus()[0]?.model, cores: cpus().length },
    offeredPerSecond: rate,
    seconds,
    senders,
    acceptedPerSecond: full.acceptedPerSecond,
    refused: full.refused,
    withReceipt: full.withReceipt,
    sent: full.sent,
    latencyMs: full.latencyMs,
    requestToReceiptMsAtHalfLoad: half.receiptMs,
    nodeMemoryMb: memoryMb,
    bareAnvil: { acceptedPerSecond: anvil.acceptedPerSecond, latencyMs: anvil.latencyMs },
    ratioToAnvil: Math.round((full.acceptedPerSecond / anvil.acceptedPerSecond) * 100) / 100,
  };
  console.log(JSON.stringify(result, undefined, values.json ? 0 : 2));
} finally {
  node?.kill('SIGINT');
  bare?.kill('SIGINT');
  if (node !== undefined && node.exitCode === null) await new Promise((done) => node?.once('exit', done));
  rmSync(data, { recursive: true, force: true });
}

/** Deploys a chain whose genesis has every sender as a customer with a balance. */
async function foundChain(): Promise<void> {
  say('deploying');
  const config = loadConfig({ environment });
  const folders = foldersOf(config);
  const keys = await openKeys(config, folders, process.env);
  const policies = openPolicies(config, keys.policySalt);
  const l1 = await openL1(config, folders, { clock });
  const people = Array.from({ length: senders }, (_, i) => BigInt(benchSender(i).address));
  await openDevelopmentChain(config, folders, {
    client: l1.client,
    policyRoot: policies.current.root,
    clock,
    report: say,
    more: {
      identities: people.map((address) => ({
        address,
        identity: { roles: roleMask('CUSTOMER'), flags: 0n, expiry: 0n },
      })),
      balances: people.map((address) => ({ address, wei: 10n ** 24n })),
    },
  });
  await l1.embedded?.stop();
}

function until(child: ChildProcess, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.once('exit', (code) => reject(new Error(`the node ended with ${code} before it was ready`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes(words)) resolve();
    });
  });
}

function runLoad(options: LoadOptions): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'load-generator.ts'), { stdio: 'inherit' });
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.send(options);
  });
}

/** Resident memory of the process: its worker threads are inside, children (anvil, prover) are not. */
function sampleMemory(pid: number): { stop(): { first20: number; last20: number; max: number } } {
  const samples: number[] = [];
  const timer = setInterval(() => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    samples.push(Number(/VmRSS:\s+(\d+)/.exec(status)![1]) / 1024);
  }, 1000);
  return {
    stop() {
      clearInterval(timer);
      const mean = (part: number[]) => Math.round(part.reduce((a, b) => a + b, 0) / Math.max(1, part.length));
      return {
        first20: mean(samples.slice(5, 25)),
        last20: mean(samples.slice(-20)),
        max: Math.round(Math.max(...samples)),
      };
    },
  };
}
