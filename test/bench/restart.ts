/**
 * How long a node takes to start with a long log: a hundred thousand transfers in sealed batches and some in an open one, put into a chain's own
 * data, then `privity start` until it takes transactions; from the newest checkpoint, and with the checkpoints removed.
 *
 *   npm run bench:restart [-- --transactions 100000 --batches 25 --open 2000 --senders 500 --json]
 */

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { systemClock } from '../../src/base/clock.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { createPolicyFacts } from '../../src/execution/policy-facts.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import { openCheckpointStore } from '../../src/node/checkpoint-store.ts';
import { roleMask } from '../../src/node/dev-accounts.ts';
import { openDevelopmentChain } from '../../src/node/development-chain.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openKeys } from '../../src/node/keys.ts';
import { openL1 } from '../../src/node/l1.ts';
import { createLog } from '../../src/node/log.ts';
import { openNodeStore } from '../../src/node/open-node-store.ts';
import { openPipeline } from '../../src/node/pipeline.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { readFoundation } from '../../src/node/read-foundation.ts';
import { signerOf, transactionOf } from '../execution/support.ts';

const { values } = parseArgs({
  options: {
    transactions: { type: 'string', default: '100000' },
    batches: { type: 'string', default: '25' },
    open: { type: 'string', default: '2000' },
    senders: { type: 'string', default: '500' },
    json: { type: 'boolean', default: false },
  },
});
const transactions = Number(values.transactions);
const batches = Number(values.batches);
const openTransactions = Number(values.open);
const senders = Array.from({ length: Number(values.senders) }, (_, i) => signerOf(i));
const say = (line: string): void => void (values.json || console.error(line));

const intervalSeconds = 60;
const submittedAtOnce = 2_000;
const data = mkdtempSync(join(tmpdir(), 'privity-bench-restart-'));
const environment: Record<string, string> = {
  PRIVITY_MODE: 'development',
  PRIVITY_DATA_DIR: data,
  PRIVITY_CACHE_DIR: process.env['PRIVITY_CACHE_DIR'] ?? resolve('.privity/cache'),
  PRIVITY_HTTP_PORT: '28765',
  PRIVITY_L1_URL: 'http://127.0.0.1:28766',
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: String(intervalSeconds),
  PRIVITY_CHAIN_PROVING_BACKLOG_MAX_GATES: String(Number.MAX_SAFE_INTEGER),
  PRIVITY_CHAIN_MEMPOOL_PER_SENDER_MAX: '1000',
  PRIVITY_POLICY_FILE: 'policies/large.yaml',
  PRIVITY_PROVER_WORKERS: '0',
  PRIVITY_LOG_LEVEL: 'info',
};
const config = loadConfig({ environment });
const folders = foldersOf(config);
const log = createLog('silent');
/** Batches are put into slots that have passed, so that the node that starts finds the present one free. */
let now = Date.now() - (batches + 10) * intervalSeconds * 1000;
const clock = { now: () => now, sleep: async () => undefined };

try {
  await foundChain();
  const filled = await fill();
  say(`filled: ${JSON.stringify(filled)}`);
  const warm = await timeStart();
  const again = await timeStart();
  const checkpointBytes = await removeCheckpoints();
  const full = await timeStart();
  console.log(
    JSON.stringify(
      {
        machine: { cpu: cpus()[0]?.model, cores: cpus().length },
        ...filled,
        checkpointBytes,
        secondsFromCheckpoint: [warm, again],
        secondsFromWholeLog: full,
      },
      undefined,
      values.json ? 0 : 2,
    ),
  );
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function foundChain(): Promise<void> {
  say('deploying');
  const keys = await openKeys(config, folders, process.env);
  const l1 = await openL1(config, folders, { clock: systemClock });
  const addresses = senders.map(({ address }) => address);
  const identity = { roles: roleMask('CUSTOMER'), flags: 0n, expiry: 0n };
  await openDevelopmentChain(config, folders, {
    client: l1.client,
    policyRoot: openPolicies(config, keys.policySalt).current.root,
    clock,
    report: say,
    more: {
      identities: addresses.map((address) => ({ address, identity })),
      balances: addresses.map((address) => ({ address, wei: 10n ** 24n })),
    },
  });
  await l1.embedded?.stop();
}

async function openStore() {
  const keys = await openKeys(config, folders, process.env);
  return { keys, store: await openNodeStore(config, folders, { keys, clock: systemClock, log }) };
}

/** Through the node's own pipeline, without HTTP: accepted, in blocks, sealed. */
async function fill() {
  const { keys, store } = await openStore();
  const { genesis } = readFoundation(config, folders);
  const policies = openPolicies(config, keys.policySalt);
  const fail = (error: unknown): never => {
    throw error;
  };
  const audit = await openAuditLog(
    { writeEntriesMax: 1000, onFailure: fail },
    { store: createAuditStore(store), clock },
  );
  const pipeline = await openPipeline(config, {
    genesis,
    keys,
    store,
    audit,
    policies: policies.book,
    watcher: { confirmed: 0n, from: () => [], poll: async () => undefined },
    clock,
    log,
    fail,
    checkpoints: await openCheckpointStore(store),
  });
  const { sequencer } = pipeline;
  const facts = createPolicyFacts(sequencer.state, createLeafKeys(), policies.book.isInListRoot);
  const nonces = senders.map(() => 0n);
  let sent = 0;
  const submit = async (): Promise<void> => {
    const i = sent++ % senders.length;
    const signer = senders[i]!;
    const transaction = transactionOf(signer, {
      chainId: genesis.chainId,
      nonce: nonces[i]!++,
      to: senders[(i + 1) % senders.length]!.address,
      value: 1n,
      gasLimit: 21_000n,
    });
    const request = { ...transaction, signer: signer.address, blockTimestamp: sequencer.currentBlock().timestamp };
    const answer = policies.current.authorizeWrite(
      { kind: 'user', subject: 'bench', roles: [], wallets: [signer.address] },
      request,
      facts,
    );
    if (!('permit' in answer)) throw new Error(answer.denial.reason);
    await sequencer.submit(transaction, answer.permit);
  };
  const run = async (count: number): Promise<void> => {
    for (let done = 0; done < count; done += submittedAtOnce) {
      await Promise.all(Array.from({ length: Math.min(submittedAtOnce, count - done) }, submit));
      while (sequencer.waiting > 0) await sequencer.buildBlock();
    }
  };
  const started = performance.now();
  for (let batch = 0; batch < batches; batch++) {
    await sequencer.open(sequencer.lastSlot + 1n);
    now = Number(sequencer.openBatch!.slotStart) * 1000;
    await run(Math.round(transactions / batches));
    await sequencer.close();
    say(
      `batch ${batch + 1} of ${batches}: ${sent} transactions, ${Math.round((performance.now() - started) / 1000)} s`,
    );
  }
  await pipeline.idle();
  await sequencer.open(sequencer.lastSlot + 1n);
  now = Number(sequencer.openBatch!.slotStart) * 1000;
  await run(openTransactions);
  const logEntries = store.log.lastSequence();
  await audit.flush();
  await pipeline.close();
  await store.close();
  return { transactions: sent, logEntries, batches, inOpenBatch: openTransactions };
}

/** Seconds from the start of the process until it takes transactions, and how it began. */
async function timeStart(): Promise<{ readonly seconds: number; readonly resumedAtBatch?: number }> {
  const started = performance.now();
  const child = spawn(process.execPath, ['src/cli/main.ts', 'start', '--dev'], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise((done) => {
    child.once('exit', done);
  });
  let output = '';
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const seconds = await new Promise<number>((done, reject) => {
    child.once('exit', (code) => reject(new Error(`the node ended with ${code}: ${errors.slice(-2_000)}`)));
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('takes transactions')) done((performance.now() - started) / 1000);
    });
  });
  child.kill('SIGINT');
  await exited.catch(() => undefined);
  const resumed = /"batch":(\d+)[^\n]*"msg":"checkpoint\.resumed"/.exec(errors);
  const answer = { seconds: Math.round(seconds * 100) / 100 };
  say(`started in ${answer.seconds} s${resumed === null ? '' : `, from the checkpoint after batch ${resumed[1]}`}`);
  return resumed === null ? answer : { ...answer, resumedAtBatch: Number(resumed[1]) };
}

/** Bytes of the newest before it is gone. */
async function removeCheckpoints(): Promise<number> {
  const { store } = await openStore();
  const checkpoints = await openCheckpointStore(store);
  let bytes = 0;
  const [newest] = checkpoints.names;
  if (newest !== undefined) for await (const page of (await checkpoints.open(newest)).tree) bytes += page.length;
  await checkpoints.removeAfter(-1n);
  await store.close();
  return bytes;
}
