/** G8: the mark moves while denials are on their way, and a start from it makes no row twice and leaves none out. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import type { SignedDenial } from '../../src/chain/denial.ts';
import { FieldReader } from '../../src/chain/rlp-fields.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import { DenialAudit } from '../../src/node/pipeline/denial-audit.ts';
import { encodeEntry } from '../../src/sequencer/log-entries.ts';
import { configIn, found, type Life, openLife } from './node-life.ts';

const root = mkdtempSync(join(tmpdir(), 'privity-denial-mark-'));
afterAll(() => rmSync(root, { recursive: true }));
let folders = 0;

const denialOf = (n: number): SignedDenial => ({
  chainId: 7n,
  transactionHash: BigInt(n),
  sender: 9n,
  nonce: 0n,
  code: 'policy',
  batch: 1n,
  timestamp: 3n,
  ruleId: 'write.x',
  reason: 'no',
  signature: new Uint8Array(64).fill(7),
  salt: 1n,
});

let life: Life;
let denials: DenialAudit;
/** Of the log, before and behind the denials. */
let before: number;
let written: number;
beforeEach(async () => {
  const config = configIn(join(root, String(folders++)));
  await found(config);
  life = await openLife(config);
  before = life.store.log.lastSequence();
  written = before;
  denials = await start();
});
afterEach(() => life.stop());

const start = () =>
  DenialAudit.open({
    store: { ...life.store, log: { ...life.store.log, lastSequence: () => written } },
    audit: life.audit,
  });
const write = (n: number) => denials.onWritten(++written, [encodeEntry({ kind: 'denial', denial: denialOf(n) })]);
const tell = (n: number) => denials.onDenial(denialOf(n), true, undefined);
/** As a start does: each denial of the log from its mark on. */
async function restart(count: number): Promise<void> {
  await life.audit.flush();
  denials = await start();
  for (let n = 1; n <= count; n++) denials.onDenial(denialOf(n), true, before + n);
}
async function marked(): Promise<number> {
  await denials.mark();
  return FieldReader.decode((await life.store.read.checkpoints.get('denials-audited'))!).number(0) - before;
}
async function rows(): Promise<number[]> {
  await life.audit.flush();
  const all = await createAuditStore(life.store).read(1n, 1_000);
  return all.flatMap(({ action, detail }) =>
    action === 'transaction.denied' ? [Number(detail['entry']) - before] : [],
  );
}

it('stands just before the oldest denial that has not been told of', async () => {
  for (const n of [1, 2, 3, 4]) write(n);
  expect(await marked()).toBe(0);
  tell(3);
  expect(await marked()).toBe(0);
  tell(1);
  expect(await marked()).toBe(1);
  await restart(4);
  expect(await rows()).toEqual([3, 1, 2, 4]);
  expect(await marked()).toBe(4);
  await restart(4);
  expect(await rows()).toEqual([3, 1, 2, 4]);
});

it('never moves past the row of a denial behind it', async () => {
  for (const n of [1, 2, 3]) write(n);
  tell(2);
  await life.audit.flush();
  tell(3);
  await life.audit.flush();
  expect(await marked()).toBe(0);
  await restart(3);
  expect((await rows()).toSorted()).toEqual([1, 2, 3]);
});

it('makes one row of each, however writing, telling, marking and starting follow one another', async () => {
  const seed = Date.now() % 2 ** 31;
  console.log(`seed ${seed}`);
  let state = seed;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % limit;
  };
  const untold: number[] = [];
  let last = 0;
  for (let step = 0; step < 300; step++) {
    const act = below(20);
    if (act < 8) {
      write(++last);
      untold.push(last);
    } else if (act < 15 && untold.length > 0) tell(untold.splice(below(untold.length), 1)[0]!);
    else if (act < 18) expect(await marked()).toBe((untold.toSorted((a, b) => a - b)[0] ?? last + 1) - 1);
    else if (act === 18) await life.audit.flush();
    else {
      await restart(last);
      untold.length = 0;
    }
  }
  await restart(last);
  expect((await rows()).toSorted((a, b) => a - b)).toEqual(Array.from({ length: last }, (_, i) => i + 1));
}, 120_000);
