/** G7: a start from a checkpoint is the same node as a start from the whole log, and a bad checkpoint costs time, never truth. */

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import type { Checkpoint } from '../../src/node/checkpoint-codec.ts';
import { openCheckpointStore } from '../../src/node/checkpoint-store.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { createLog } from '../../src/node/log.ts';
import { resumeFromCheckpoint } from '../../src/node/resume.ts';
import { createTreeRecords } from '../../src/node/tree-records.ts';
import { transactionOf } from '../execution/support.ts';
import { createRandom } from '../state/random.ts';
import { alice, bob, configIn, found, type LifeOptions, openLife } from './node-life.ts';
import { fingerprint, randomAct, type Submitted } from './random-chain.ts';

const temporary: string[] = [];
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'privity-checkpoints-'));
  temporary.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

const copyOf = (folder: string): string => {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
};

/** A log that is kept line by line. */
function listening() {
  const lines: { readonly msg: string; readonly code?: string; readonly batch?: number }[] = [];
  return { lines, log: createLog('debug', { write: (line) => void lines.push(JSON.parse(line)) }) };
}

const checkpointFiles = (folder: string): string[] =>
  (readdirSync(foldersOf(configIn(folder)).store, { recursive: true }) as string[]).filter((name) =>
    /checkpoint-/.test(name),
  );

async function openAndAsk(folder: string, submitted: Submitted, options: LifeOptions) {
  const life = await openLife(configIn(folder), options);
  try {
    return await fingerprint(life, { hashes: [...submitted.hashes] });
  } finally {
    expect(life.failures).toEqual([]);
    await life.stop();
  }
}

describe('a start from a checkpoint', () => {
  it('is a start from the whole log, whatever happened and wherever it stopped', async () => {
    const random = createRandom();
    const folder = newFolder();
    await found(configIn(folder));
    const operations: PriorityOperation[] = [];
    const submitted: Submitted = { hashes: [] };
    let resumedOnce = false;
    for (let lives = 0; lives < 3; lives++) {
      const { log, lines } = listening();
      const life = await openLife(configIn(folder), { operations, log });
      for (let acts = 40 + random.below(40); acts > 0; acts--) await randomAct(life, random, submitted, operations);
      expect(life.failures).toEqual([]);
      await life.stop();

      const resumed = listening();
      const quick = await openAndAsk(copyOf(folder), submitted, { operations, log: resumed.log });
      const full = await openAndAsk(copyOf(folder), submitted, { operations, checkpoints: false });
      expect(quick, `seed ${random.seed}, life ${lives}`).toEqual(full);
      resumedOnce ||= resumed.lines.some(({ msg }) => msg === 'checkpoint.resumed');
      expect([...lines, ...resumed.lines].filter(({ msg }) => /discarded|not_written/.test(msg))).toEqual([]);
    }
    expect(resumedOnce, `seed ${random.seed}`).toBe(true);

    // What comes after is the same too: the same acts lead to the same roots.
    const ends = [];
    for (const checkpoints of [true, false]) {
      const again = createRandom(random.seed + 1);
      const more = { hashes: [...submitted.hashes] };
      const deposits = [...operations];
      const life = await openLife(configIn(copyOf(folder)), { operations: deposits, checkpoints });
      for (let acts = 0; acts < 60; acts++) await randomAct(life, again, more, deposits);
      if (life.pipeline.sequencer.openBatch !== undefined) await life.close();
      const { batches, ...rest } = await fingerprint(life, more);
      const { stateRoot } = (await life.pipeline.book.get(life.pipeline.book.latest))!.stored;
      expect(batches.length).toBeGreaterThan(0);
      ends.push({ ...rest, stateRoot });
      await life.stop();
    }
    // Archives are encrypted under keys of chance, so hashes of records differ between two lives; roots of the state do not.
    expect(ends[0], `seed ${random.seed}`).toEqual(ends[1]);
  });
});

describe('checkpoints on disk', () => {
  let folder: string;
  const submitted: Submitted = { hashes: [] };
  let full: unknown;

  beforeAll(async () => {
    folder = newFolder();
    await found(configIn(folder));
    const random = createRandom(7);
    const life = await openLife(configIn(folder));
    for (let batch = 0; batch < 5; batch++) {
      if (life.pipeline.sequencer.openBatch === undefined) await life.open();
      for (let acts = 0; acts < 6; acts++) await randomAct(life, random, submitted, []);
      if (life.pipeline.sequencer.openBatch !== undefined) await life.close();
    }
    await life.open();
    expect(life.failures).toEqual([]);
    await life.stop();
    full = await openAndAsk(copyOf(folder), submitted, { checkpoints: false });
  });

  it('are two, the newest first', async () => {
    const life = await openLife(configIn(copyOf(folder)));
    const { names } = await openCheckpointStore(life.store);
    const { latest } = life.pipeline.book;
    await life.stop();
    expect(names.map(({ batch }) => batch)).toEqual([latest, latest - 1n]);
    expect(checkpointFiles(folder)).toHaveLength(4);
  });

  const damages: readonly (readonly [string, string, (path: string) => void])[] = [
    ['one byte changed', '.enc', (path) => flip(path, 0.5)],
    ['a byte of its last part changed', '.enc', (path) => flip(path, 0.999)],
    ['its end cut off', '.enc', (path) => truncateSync(path, readFileSync(path).length - 40)],
    ['nothing in it', '.enc', (path) => truncateSync(path, 0)],
    ['its file gone', '.enc', (path) => rmSync(path)],
    ['its key gone', '.key', (path) => rmSync(path)],
    ['another one under its name', '.enc', (path) => writeFileSync(path, readFileSync(otherThan(path)))],
  ];
  const flip = (path: string, where: number) => {
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length * where)]! ^= 1;
    writeFileSync(path, bytes);
  };
  const otherThan = (path: string): string => {
    const names = readdirSync(join(path, '..')).filter((name) => /^checkpoint-.*\.enc$/.test(name));
    return join(path, '..', names.find((name) => !path.endsWith(name))!);
  };
  const pathsOf = (copy: string, ending: string): string[] =>
    checkpointFiles(copy)
      .filter((name) => name.endsWith(ending))
      .map((name) => join(foldersOf(configIn(copy)).store, name))
      .sort()
      .toReversed();

  it.each(damages)('with %s give way to the one before, with a line that says so', async (_what, ending, damage) => {
    const copy = copyOf(folder);
    damage(pathsOf(copy, ending)[0]!);
    const { log, lines } = listening();
    expect(await openAndAsk(copy, submitted, { log })).toEqual(full);
    expect(lines.filter(({ msg }) => msg === 'checkpoint.discarded')).toHaveLength(1);
    expect(lines.find(({ msg }) => msg === 'checkpoint.discarded')?.code).toMatch(/^(STORE|NODE|STATE)_/);
    expect(lines.some(({ msg }) => msg === 'checkpoint.resumed')).toBe(true);
    // It is gone: the next start finds nothing to discard.
    const again = listening();
    expect(await openAndAsk(copy, submitted, { log: again.log })).toEqual(full);
    expect(again.lines.filter(({ msg }) => msg === 'checkpoint.discarded')).toEqual([]);
  });

  it('all damaged give way to the whole log', async () => {
    const copy = copyOf(folder);
    for (const path of pathsOf(copy, '.enc')) flip(path, 0.3);
    const { log, lines } = listening();
    expect(await openAndAsk(copy, submitted, { log })).toEqual(full);
    expect(lines.filter(({ msg }) => msg === 'checkpoint.discarded')).toHaveLength(2);
    expect(lines.some(({ msg }) => msg === 'checkpoint.resumed')).toBe(false);
    expect(checkpointFiles(copy)).toEqual([]);
  });

  it('that say anything else than the log are refused, even from a writer with every key', async () => {
    const life = await openLife(configIn(copyOf(folder)));
    const { genesis, store, pipeline } = life;
    const checkpoints = await openCheckpointStore(store);
    const [newest, older] = checkpoints.names;
    const { checkpoint, close } = await checkpoints.open(newest!);
    await close();
    await checkpoints.remove(older!);
    const { digest, blind } = checkpoint.after;
    const changed = (change: Partial<typeof digest>) => ({
      ...checkpoint,
      after: { digest: { ...digest, ...change }, blind },
    });
    const records = createTreeRecords(store.files, () => 0);
    const tryToResume = async (one: Checkpoint) => {
      await checkpoints.write(one, pipeline.tree.snapshot());
      const { log, lines } = listening();
      const resumed = await resumeFromCheckpoint(checkpoints, { genesis, store, records, log });
      await resumed?.tree.close();
      return [resumed?.name.batch, lines.map(({ code }) => code)];
    };
    expect(await tryToResume(checkpoint)).toEqual([newest!.batch, []]);
    await checkpoints.removeAfter(0n);
    for (const forged of [
      { ...checkpoint, closedAt: checkpoint.closedAt - 1 },
      { ...checkpoint, closedAt: 10 ** 9 },
      { ...checkpoint, sealedAt: checkpoint.sealedAt + 1 },
      { ...checkpoint, batch: checkpoint.batch - 1n },
      { ...checkpoint, ring: checkpoint.ring.with(3, 1n) },
      { ...checkpoint, after: { digest, blind: blind + 1n } },
      changed({ treeRoot: digest.treeRoot + 1n }),
      changed({ priorityIndex: digest.priorityIndex + 1n }),
      changed({ sealedLo: digest.sealedLo + 1n }),
      changed({ prevStateRoot: 5n }),
      changed({ batchNumber: digest.batchNumber + 1n }),
    ]) {
      expect(await tryToResume(forged)).toEqual([undefined, ['NODE_CHECKPOINT_INVALID']]);
      expect(checkpoints.names).toEqual([]);
    }
    await life.stop();
  });

  it('with the tree of another batch are refused', async () => {
    const copy = copyOf(folder);
    const life = await openLife(configIn(copy));
    const checkpoints = await openCheckpointStore(life.store);
    const { checkpoint, close } = await checkpoints.open(checkpoints.names[0]!);
    await close();
    await life.close();
    await checkpoints.removeAfter(0n);
    await checkpoints.write(checkpoint, life.pipeline.tree.snapshot());
    await life.stop();
    const { log, lines } = listening();
    const expected = await openAndAsk(copyOf(copy), submitted, { checkpoints: false });
    expect(await openAndAsk(copy, submitted, { log })).toEqual(expected);
    expect(lines.find(({ msg }) => msg === 'checkpoint.discarded')?.code).toBe('NODE_CHECKPOINT_INVALID');
  });

  it('whose waiting transactions are not those of the log give way to the whole log', async () => {
    const copy = copyOf(folder);
    const life = await openLife(configIn(copy));
    const pay = (nonce: bigint) => ({
      nonce,
      to: bob.address,
      value: 1n,
      gasLimit: 21_000n,
      chainId: life.genesis.chainId,
    });
    const hash = await life.submit(transactionOf(alice, pay(life.pipeline.sequencer.pendingNonce(alice.address))));
    await life.close();
    await life.open();
    await life.pipeline.sequencer.buildBlock();
    const checkpoints = await openCheckpointStore(life.store);
    const [newest, older] = checkpoints.names;
    const { checkpoint, close } = await checkpoints.open(newest!);
    await close();
    expect(checkpoint.waiting.length).toBeGreaterThan(0);
    await checkpoints.remove(older!);
    await checkpoints.write({ ...checkpoint, waiting: [] }, life.pipeline.tree.snapshot());
    await life.stop();
    const { log, lines } = listening();
    const more = { hashes: [...submitted.hashes, hash] };
    const expected = await openAndAsk(copyOf(copy), more, { checkpoints: false });
    expect(await openAndAsk(copy, more, { log })).toEqual(expected);
    expect(lines.find(({ msg }) => msg === 'checkpoint.discarded')?.code).toBe('HALT_REPLAY_MISMATCH');
  });

  it('before lost facts make them anew, also those of the last executed batch', async () => {
    const copy = copyOf(folder);
    const life = await openLife(configIn(copy));
    const { book } = life.pipeline;
    const last = book.latest;
    const expected = await life.pipeline.freshDigestAfter(last);
    await book.onStep({ kind: 'executed', batch: last, transaction: `0x${'11'.repeat(32)}`, gas: 1n });
    await life.pipeline.onCounts({ committed: last, proven: last, executed: last });
    await life.store.files.remove(`facts-${String(last).padStart(12, '0')}`);
    await life.stop();
    const without = await openLife(configIn(copy));
    await expect(without.pipeline.freshDigestAfter(last)).rejects.toMatchObject({ code: 'NODE_FACTS_INVALID' });
    await without.stop();
    const again = await openLife(configIn(copy));
    expect(await again.pipeline.freshDigestAfter(last)).toEqual(expected);
    await again.stop();
  });

  it('after a batch that is withdrawn are gone before it is', async () => {
    const life = await openLife(configIn(copyOf(folder)));
    const checkpoints = await openCheckpointStore(life.store);
    const [newest, older] = checkpoints.names;
    await checkpoints.removeAfter(older!.batch);
    expect(checkpoints.names).toEqual([older]);
    await checkpoints.removeAfter(0n);
    expect(checkpoints.names).toEqual([]);
    expect(newest!.batch).toBeGreaterThan(older!.batch);
    await life.stop();
  });
});

describe('a node killed while it writes checkpoints', () => {
  it('starts from a whole one or from the log, and leaves nothing behind', async () => {
    const random = createRandom();
    const folder = newFolder();
    await found(configIn(folder));
    const script = new URL('./seal-forever.ts', import.meta.url).pathname;
    let killedInWriting = 0;
    for (let round = 0; round < 3; round++) {
      const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
      const exited = new Promise((resolve) => child.once('close', resolve));
      const batches = 3 + random.below(4);
      while (output.split('\n').length < batches && child.exitCode === null) await tick(2);
      // Then in the middle of a file, if it can be met.
      for (let looks = 0; looks < 400 && !checkpointFiles(folder).some((name) => name.endsWith('.tmp')); looks++)
        await tick(0);
      child.kill('SIGKILL');
      await exited;
      if (checkpointFiles(folder).some((name) => name.endsWith('.tmp'))) killedInWriting += 1;
      const none: Submitted = { hashes: [] };
      const expected = await openAndAsk(copyOf(folder), none, { checkpoints: false });
      const { log, lines } = listening();
      expect(await openAndAsk(folder, none, { log }), `seed ${random.seed}, round ${round}`).toEqual(expected);
      expect(lines.filter(({ msg }) => /discarded/.test(msg))).toEqual([]);
      expect(checkpointFiles(folder).length).toBeLessThanOrEqual(4);
      expect(checkpointFiles(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    }
    console.log(`killed in the middle of a checkpoint's file: ${killedInWriting} of 3 times, seed ${random.seed}`);
  });
});

const tick = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
