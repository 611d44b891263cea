/** What an auditor is told of a batch whose stored proof was changed: which check failed, not that the node has a fault. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createPublicClient, custom, decodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { word32 } from '../../src/chain/packed.ts';
import { hashStoredBatch } from '../../src/chain/stored-batch.ts';
import { toWord } from '../../src/chain/word.ts';
import type { Config } from '../../src/config/schema.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { Proving } from '../../src/node/proving.ts';
import { createBatchAudit } from '../../src/node/services/batch-audit.ts';
import { encodeWrapProof } from '../../src/prover/jobs/job-codec.ts';
import { verifyWrap } from '../../src/prover/recursion/verify-wrap.ts';
import { privityChainAbi } from '../../src/settlement/abi/privity-chain.ts';
import { configIn, found, type Life, openLife } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-batch-audit-'));
const PLACE = `0x${'11'.repeat(20)}` as const;
const NAME = 'wrap/0-1';

/** Code that answers true: what is asked here is what comes before the verifier and after it. */
const ACCEPTS: Hex = '0x60015f5260205ff3';
const REJECTS: Hex = '0x5f5f5260205ff3';

describe('verification of a batch', () => {
  let config: Config;
  let life: Life;
  beforeAll(async () => {
    config = configIn(folder);
    await found(config);
    life = await openLife(config);
    await life.open();
    await life.close();
  });
  afterAll(async () => {
    await life.stop();
    rmSync(folder, { recursive: true });
  });

  const proofWith = async (changes: object = {}) => {
    const ends = await Promise.all([0n, 1n].map(async (n) => toWord((await life.pipeline.book.get(n))!.stored.sealed)));
    const publicInputs = ends.flatMap(({ hi, lo }) => [hi, lo]);
    return concatBytes(word32(7n), encodeWrapProof({ proof: new Uint8Array(64), publicInputs, ...changes }));
  };
  const keep = (bytes: Uint8Array) => life.store.transaction((writes) => writes.proofs.put(NAME, 1, bytes));

  /** An L1 that stores the hashes of this node's batches. */
  const client = createPublicClient({
    transport: custom({
      async request({ method, params }) {
        if (method === 'eth_chainId') return '0x7a69';
        const { args } = decodeFunctionData({ abi: privityChainAbi, data: params[0].data });
        return hashStoredBatch((await life.pipeline.book.get((args as [bigint])[0]))!.stored);
      },
    }),
  });
  const verify = async (code = ACCEPTS, l1 = client) => {
    const proving = new Proving({ batchesPerProof: 1n, workers: 0, leaseMs: 1, pollMs: 1, retryAfterMs: 1 }, {
      store: life.store,
      book: life.pipeline.book,
    } as never);
    const audit = createBatchAudit({
      book: life.pipeline.book,
      client: l1,
      chainContract: PLACE,
      proofOf: (batch) => proving.proofOf(batch),
      verifyWrap: () => async (proof) => (await verifyWrap(proof, code)).valid,
    });
    // Who may ask is decided before; `permit` only shows that it was.
    return (await audit.verify(1n, undefined as never)) as { valid: boolean; checks: Record<string, unknown> };
  };

  it('says that there is no proof yet', async () => {
    expect(await verify()).toMatchObject({ valid: false, checks: { storedBatchHash: true, proof: 'not made yet' } });
  });

  it('says that the proof of a batch is not kept when Ethereum has one, over batches that were taken back', async () => {
    const { book } = life.pipeline;
    await book.onCounts({ committed: 1n, proven: 1n, executed: 0n });
    expect(await verify()).toMatchObject({ valid: false, checks: { proof: expect.stringMatching(/^not kept/) } });
    await book.onCounts({ committed: 0n, proven: 0n, executed: 0n });
  });

  it('is valid when every check is, and names the one that is not', async () => {
    await keep(await proofWith());
    expect(await verify()).toMatchObject({ valid: true });
    expect(await verify(REJECTS)).toMatchObject({ valid: false, checks: { publicInputs: true, proof: false } });
    await keep(await proofWith({ publicInputs: [0n, 0n, 1n, 2n] }));
    expect(await verify()).toMatchObject({ valid: false, checks: { publicInputs: false, proof: true } });
  });

  it.each([
    ['is cut short', async () => (await proofWith()).subarray(0, 100)],
    ['is something else', async () => new TextEncoder().encode('not a proof')],
    ['has three public inputs', () => proofWith({ publicInputs: [0n, 0n, 1n] })],
  ])('says that the stored proof is damaged when it %s', async (_how, bytes) => {
    await keep(await bytes());
    expect(await verify()).toMatchObject({
      valid: false,
      checks: { storedBatchHash: true, proof: 'the stored proof is damaged' },
    });
  });

  it('says so when a bit of its row was flipped on disk', async () => {
    await keep(await proofWith());
    await life.stop();
    const { store } = foldersOf(config);
    const file = readdirSync(store).find((name) => name.endsWith('.sqlite') && name !== 'lock.sqlite')!;
    const database = new Database(join(store, file));
    const { id, payload } = database.prepare('select id, payload from proofs').get() as { id: Buffer; payload: Buffer };
    payload.writeUInt8(payload.readUInt8(payload.length >> 1) ^ 1, payload.length >> 1);
    database.prepare('update proofs set payload = ? where id = ?').run(payload, id);
    database.close();
    life = await openLife(config);
    expect(await verify()).toMatchObject({
      valid: false,
      checks: { storedBatchHash: true, proof: 'the stored proof is damaged' },
    });
  });

  it('names every transaction that was sent for a step, also after a restart, and the gas of the one that was mined', async () => {
    const hashOf = (byte: string) => `0x${byte.repeat(32)}` as const;
    const { book } = life.pipeline;
    for (const hash of [hashOf('a1'), hashOf('a2'), hashOf('a1')]) {
      await book.onAttempt({ kind: 'committed', batch: 1n }, hash);
    }
    await book.onAttempt({ kind: 'proven', from: 0n, to: 1n }, hashOf('b1'));
    await book.onStep({ kind: 'committed', batch: 1n, transaction: hashOf('a2'), gas: 90_000n });
    const named = {
      commit: { transaction: hashOf('a2'), gas: 90_000, attempts: [hashOf('a1'), hashOf('a2')] },
      prove: { attempts: [hashOf('b1')] },
    };
    expect(await verify()).toMatchObject({ l1: named });
    await life.stop();
    life = await openLife(config);
    const { l1 } = (await verify()) as unknown as { l1: object };
    expect(l1).toMatchObject(named);
    expect(l1).not.toHaveProperty('execute');
  });

  it('does not name what Ethereum has lost, once the step is sent again: a death before it is recorded would leave the old one', async () => {
    const hashOf = (byte: string) => `0x${byte.repeat(32)}` as const;
    const commit = { kind: 'committed', batch: 1n } as const;
    const { book } = life.pipeline;
    await book.onStep({ ...commit, transaction: hashOf('a2'), gas: 90_000n });
    await book.onAttempt(commit, hashOf('a3'));
    await life.stop();
    life = await openLife(config);
    const { l1 } = (await verify()) as unknown as { l1: { commit: object } };
    expect(l1.commit).not.toHaveProperty('transaction');
    expect(l1.commit).toMatchObject({ attempts: expect.arrayContaining([hashOf('a3')]) });
  });

  it('fails, rather than answers, when Ethereum does not', async () => {
    const away = createPublicClient({
      transport: custom({ request: () => Promise.reject(new Error('away')) }, { retryCount: 0 }),
    });
    await expect(verify(ACCEPTS, away)).rejects.toThrow('away');
  });
});
