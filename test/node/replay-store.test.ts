/** G7, G8: what is stored replays to the roots that were recorded, and `verify-store` says so only when it does. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createPublicClient, custom, http } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashStoredBatch, type StoredBatch } from '../../src/chain/stored-batch.ts';
import type { Config } from '../../src/config/schema.ts';
import { type ExecutedOnL1, lookAtL1 } from '../../src/node/compare-with-l1.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openKeys } from '../../src/node/keys.ts';
import { openNodeStore } from '../../src/node/open-node-store.ts';
import { readFoundation } from '../../src/node/read-foundation.ts';
import { replayStore } from '../../src/node/replay-store.ts';
import { decodeEntry, encodeEntry } from '../../src/sequencer/log-entries.ts';
import type { Store } from '../../src/store/port.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, openLife, silent } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-replay-'));
afterAll(() => rmSync(folder, { recursive: true }));

let config: Config;
let stateRoot: bigint;
beforeAll(async () => {
  config = configIn(folder);
  await found(config);
  const life = await openLife(config);
  const pay = (nonce: bigint) =>
    life.submit(
      transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId: life.genesis.chainId }),
    );
  for (let batch = 0n; batch < 3n; batch++) {
    await life.open();
    await pay(batch);
    await life.pipeline.sequencer.buildBlock();
    life.audit.record({ actor: 'auditor', action: 'read.balance', resource: '0x1', detail: {} });
    await life.close();
  }
  // What a crash leaves: an open batch, and one transaction that waits.
  await life.open();
  await pay(3n);
  await life.pipeline.sequencer.buildBlock();
  await pay(4n);
  stateRoot = (await life.pipeline.book.get(3n))!.stored.stateRoot;
  expect(life.failures).toEqual([]);
  await life.stop();
});

async function replay(
  change: (store: Store) => Store = (store) => store,
  changes: Partial<Config> = {},
  l1?: ExecutedOnL1,
) {
  const at = { ...config, ...changes };
  const folders = foldersOf(at);
  const keys = await openKeys(at, folders, {});
  const clock = { now: () => Date.now(), sleep: async () => undefined };
  const store = await openNodeStore(at, folders, { keys, clock, log: silent });
  const batches: bigint[] = [];
  try {
    const { genesis } = readFoundation(at, folders);
    const onBatch = (batch: bigint) => void batches.push(batch);
    return {
      report: await replayStore(at, {
        ...{ genesis, keys, store: change(store), clock, log: silent, onBatch },
        ...(l1 === undefined ? {} : { l1 }),
      }),
      batches,
    };
  } finally {
    await store.close();
  }
}

/** As if one entry of the log had been written otherwise, by somebody who holds every key. */
const forgeLog =
  (kind: string, forge: (entry: never) => object) =>
  (store: Store): Store => ({
    ...store,
    log: {
      ...store.log,
      append: (entries) => store.log.append(entries),
      lastSequence: () => store.log.lastSequence(),
      async *read(from) {
        for await (const entry of store.log.read(from)) {
          const forged =
            entry.kind === kind
              ? { ...decodeEntry(entry.kind, entry.payload), ...forge(decodeEntry(entry.kind, entry.payload) as never) }
              : undefined;
          yield forged === undefined ? entry : { ...entry, payload: encodeEntry(forged as never).payload };
        }
      },
    },
  });

describe('replay of a store', () => {
  it('comes to the recorded roots, counts what there is and writes nothing', async () => {
    const first = await replay();
    const second = await replay();
    expect(first.batches).toEqual([1n, 2n, 3n]);
    expect(first.report).toMatchObject({ sealedBatches: 3n, blocks: 8n, waiting: 1, stateRoot, auditEntries: 3n });
    expect(second.report).toEqual(first.report);
  });

  it.each([
    [
      'another state root in a seal',
      forgeLog('sealed', (entry: { stateRoot: bigint }) => ({ stateRoot: entry.stateRoot + 1n })),
    ],
    [
      'another denial root in a seal',
      forgeLog('sealed', (entry: { denialRoot: bigint }) => ({ denialRoot: entry.denialRoot + 1n })),
    ],
    ['another block hash', forgeLog('block', (entry: { hash: bigint }) => ({ hash: entry.hash ^ 1n }))],
  ])('stops at %s', async (_name, forge) => {
    await expect(replay(forge)).rejects.toMatchObject({ code: 'HALT_REPLAY_MISMATCH' });
  });

  it.each([
    [
      'audit head of a seal',
      forgeLog('sealed', (e: { auditRoot: bigint }) => ({ auditRoot: e.auditRoot + 1n })),
      'AUDIT_CHAIN_BROKEN',
    ],
    [
      'archive hash of a seal',
      forgeLog('sealed', (e: { dataHash: bigint }) => ({ dataHash: e.dataHash + 1n })),
      'NODE_STATE_MISMATCH',
    ],
  ])('finds a forged %s', async (_name, forge, code) => {
    await expect(replay(forge)).rejects.toMatchObject({ code });
  });

  it('finds a forged audit row', async () => {
    const forged = (store: Store): Store => ({
      ...store,
      read: {
        ...store.read,
        audit: {
          ...store.read.audit,
          range: async (from, limit) =>
            (await store.read.audit.range(from, limit)).map((row) => ({
              ...row,
              payload: Buffer.from(Buffer.from(row.payload).toString().replace('auditor', 'nobody!')),
            })),
        },
      },
    });
    await expect(replay(forged)).rejects.toMatchObject({ code: 'AUDIT_CHAIN_BROKEN' });
  });

  it('does not guess a policy it does not have', async () => {
    await expect(replay(undefined, { 'policy.file': 'policies/large.yaml' })).rejects.toMatchObject({
      code: 'HALT_UNKNOWN_POLICY',
    });
  });

  it('refuses the genesis of another chain', async () => {
    await expect(replay(undefined, { 'chain.id': 5 })).rejects.toMatchObject({ code: 'NODE_GENESIS' });
  });
});

describe('replay of a store beside Ethereum', () => {
  const onL1 = async (changes: Readonly<Record<string, (batch: StoredBatch) => StoredBatch>> = {}) => {
    const life = await openLife(config);
    const stored = await Promise.all([0n, 1n, 2n, 3n].map(async (n) => (await life.pipeline.book.get(n))!.stored));
    await life.stop();
    const hashes = stored.map((batch, n) => hashStoredBatch((changes[n] ?? ((same) => same))(batch)));
    return { count: 2n, storedBatchHash: async (n: bigint) => hashes[Number(n)] ?? `0x${'00'.repeat(32)}` };
  };

  it('compares genesis and what is executed, and no more', async () => {
    const { report } = await replay(undefined, {}, await onL1({ 3: (batch) => ({ ...batch, slot: 0n }) }));
    expect(report.executedOnL1).toBe(2n);
    expect((await replay()).report.executedOnL1).toBeUndefined();
  });

  it.each(['stateRoot', 'recordsRoot', 'priorityIndex', 'policyRoot', 'slot', 'commitment', 'sealed'] as const)(
    'finds another %s',
    async (field) => {
      const l1 = await onL1({ 2: (batch) => ({ ...batch, [field]: batch[field] + 1n }) });
      await expect(replay(undefined, {}, l1)).rejects.toMatchObject({ code: 'L1_FORK', internalText: 'batch 2' });
    },
  );

  it('finds another genesis, and batches that this store does not have', async () => {
    const other = await onL1({ 0: (batch) => ({ ...batch, stateRoot: 1n }) });
    await expect(replay(undefined, {}, other)).rejects.toMatchObject({ code: 'L1_FORK', internalText: 'batch 0' });
    const more = { ...(await onL1()), count: 4n };
    await expect(replay(undefined, {}, more)).rejects.toMatchObject({ code: 'L1_FORK' });
  });

  it('reads Ethereum at one block, and says when it is another network or none', async () => {
    const answers: Record<string, unknown> = { eth_chainId: '0x7a69', eth_blockNumber: '0x9' };
    const blocks: unknown[] = [];
    const client = createPublicClient({
      transport: custom({
        async request({ method, params }) {
          if (method !== 'eth_call') return answers[method];
          blocks.push(params[1]);
          return `0x${'00'.repeat(31)}02`;
        },
      }),
    });
    const place = { chain: `0x${'11'.repeat(20)}`, l1ChainId: 31_337n } as const;
    const l1 = await lookAtL1(client, place);
    expect([l1.count, await l1.storedBatchHash(1n)]).toEqual([2n, `0x${'00'.repeat(31)}02`]);
    expect(blocks).toEqual(['0x9', '0x9']);
    await expect(lookAtL1(client, { ...place, l1ChainId: 1n })).rejects.toMatchObject({ code: 'L1_WRONG_CHAIN' });
    const away = createPublicClient({ transport: http('http://127.0.0.1:1', { retryCount: 0 }) });
    await expect(lookAtL1(away, place)).rejects.toMatchObject({ code: 'L1_UNREACHABLE' });
  });
});

describe('privity verify-store', () => {
  const run = () =>
    spawnSync(
      process.execPath,
      [fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url)), 'verify-store', '--dev'],
      {
        encoding: 'utf8',
        env: { ...process.env, PRIVITY_DATA_DIR: folder, PRIVITY_PROVER_WORKERS: '0' },
        timeout: 60_000,
      },
    );

  it('prints counts and exits 0; then, with one byte of the database changed, a code and 1', () => {
    const good = run();
    expect(good.stdout).toContain('sealed batches: 3, every root as recorded');
    expect(good.status).toBe(0);
    const { store } = foldersOf(config);
    const database = join(
      store,
      readdirSync(store).find((name) => name.endsWith('.sqlite') && name !== 'lock.sqlite')!,
    );
    const file = openSync(database, 'r+');
    for (let page = 8; page < 40; page++) writeSync(file, Uint8Array.of(0xff, 0x5a), 0, 2, page * 4096 + 3000);
    const bad = run();
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/STORE_[A-Z_]+/);
    expect(bad.stdout).not.toContain('every root');
  });
});
