/**
 * Signed native transfers a second through authenticated HTTP JSON-RPC, and the same load against bare anvil in the same run. 500 senders,
 * one request a transaction, the large policy, encryption and durability on. The node, its load and anvil share this machine. Afterwards
 * `verify-store` goes over what the node has written.
 *
 *   node test/bench/throughput.ts [--rate 1000] [--seconds 60] [--senders 500] [--batch-seconds 3600] [--json] [--write]
 *
 * --batch-seconds: a batch interval short enough to seal under load. --write puts the figures where the README takes them from.
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
import type { LoadMessage, LoadOptions, LoadResult } from './load-generator.ts';
import { type MemoryWindows, peakMb, sampleMemory } from './process-memory.ts';
import { writeFigures } from './write-figures.ts';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '60' },
    senders: { type: 'string', default: '500' },
    'batch-seconds': { type: 'string', default: '3600' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const senders = Number(values.senders);
const say = (line: string): void => void (values.json || console.error(line));

/** The figures are those of a node that is started as `npm start` starts it. */
const nodeFlags = /^node ((?:--\S+ )*)src\/cli\/main\.ts /
  .exec(manifest().scripts.start)![1]!
  .trim()
  .split(' ')
  .filter(Boolean);

const ports = { http: 28_745, l1: 28_746, bare: 28_747 };
const data = mkdtempSync(join(tmpdir(), 'privity-bench-'));
const environment: Record<string, string> = {
  PRIVITY_MODE: 'development',
  PRIVITY_DATA_DIR: data,
  PRIVITY_CACHE_DIR: process.env['PRIVITY_CACHE_DIR'] ?? resolve('.privity/cache'),
  PRIVITY_HTTP_PORT: String(ports.http),
  PRIVITY_L1_URL: `http://127.0.0.1:${ports.l1}`,
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: values['batch-seconds'],
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
  node = spawn(process.execPath, [...nodeFlags, 'src/cli/main.ts', 'start', '--dev'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await until(node, 'takes transactions');
  const base = { senders, chainId: 7107, url: `http://127.0.0.1:${ports.http}`, login: true } as const;
  say(`${rate} transfers/s for ${seconds} s`);
  const { result: full, memoryMb } = await runLoad({ ...base, rate, seconds, firstNonce: 0 }, node.pid);
  say(`${rate / 2} transfers/s for ${seconds / 3} s, to the receipt`);
  const { result: half } = await runLoad({
    ...base,
    rate: rate / 2,
    seconds: seconds / 3,
    firstNonce: full.perSender,
    receipts: true,
  });
  say(JSON.stringify({ full, half, memoryMb }));
  for (const { withReceipt, sent } of [full, half]) {
    if (withReceipt !== sent) throw new Error(`${sent} sent, ${withReceipt} have a receipt`);
  }
  node.kill('SIGINT');
  await new Promise((done) => node?.once('exit', done));
  say('verify-store');
  const verified = await verifyStore();
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
  const { result: anvil } = await runLoad({
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
    verifyStore: verified,
    bareAnvil: { acceptedPerSecond: anvil.acceptedPerSecond, latencyMs: anvil.latencyMs },
    ratioToAnvil: Math.round((full.acceptedPerSecond / anvil.acceptedPerSecond) * 100) / 100,
  };
  console.log(JSON.stringify(result, undefined, values.json ? 0 : 2));
  if (values.write) writeFigures('throughput', result);
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

function manifest(): { readonly scripts: { readonly start: string } } {
  return JSON.parse(readFileSync('package.json', 'utf8')) as ReturnType<typeof manifest>;
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

/** What the load came to, and the memory of process `watch` while requests were sent. */
function runLoad(
  options: LoadOptions,
  watch?: number,
): Promise<{ readonly result: LoadResult; readonly memoryMb: MemoryWindows | undefined }> {
  return new Promise((resolve, reject) => {
    const child = fork(join(import.meta.dirname, 'load-generator.ts'), { stdio: 'inherit' });
    let memory: ReturnType<typeof sampleMemory> | undefined;
    let memoryMb: MemoryWindows | undefined;
    child.on('message', (message: LoadMessage) => {
      switch (message.kind) {
        case 'sending':
          if (watch !== undefined) memory = sampleMemory(watch);
          return;
        case 'answered':
          memoryMb = memory?.stop();
          return;
        case 'result':
          resolve({ result: message.result, memoryMb });
      }
    });
    child.once('exit', (code) => reject(new Error(`the load generator ended with ${code}`)));
    child.send(options);
  });
}

/** Runs the command on the stopped node's data; throws when anything does not hold. */
async function verifyStore(): Promise<{ readonly ok: boolean; readonly seconds: number; readonly peakMb: number }> {
  const began = performance.now();
  const child = spawn(process.execPath, [...nodeFlags, 'src/cli/main.ts', 'verify-store', '--dev'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', values.json ? 'ignore' : 2, 'inherit'],
  });
  let peak = 0;
  const timer = setInterval(() => {
    peak = Math.max(peak, peakMb(child.pid!));
  }, 200);
  const code = await new Promise((done) => child.once('exit', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`verify-store ended with ${code}`);
  return { ok: true, seconds: Math.round((performance.now() - began) / 100) / 10, peakMb: peak };
}
