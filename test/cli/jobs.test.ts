/** A person looks at the proving jobs of a stopped node and puts one back (G8): what is told, what is refused, and what is recorded. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { encodeJob } from '../../src/prover/jobs/job-codec.ts';
import type { ProvingJob } from '../../src/prover/port.ts';
import { configIn, found, openLife } from '../node/node-life.ts';
import { askPrivity } from './ask-privity.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-jobs-'));
const empty = mkdtempSync(join(tmpdir(), 'privity-jobs-'));
afterAll(() => {
  for (const each of [folder, empty]) rmSync(each, { recursive: true });
});
const config = configIn(folder);
const privity = (...words: string[]) => askPrivity([...words, '--dev'], { PRIVITY_DATA_DIR: folder });
const idOf = (byte: string) => byte.repeat(32);
const poisoned = idOf('ab');
const JOBS: readonly (ProvingJob & { readonly priority: number })[] = [
  { kind: 'segment', id: poisoned, batch: 4n, index: 0, priority: 14 },
  { kind: 'seal', id: idOf('01'), batch: 3n, index: 1, priority: 11 },
  { kind: 'merge', id: idOf('02'), left: idOf('03'), right: idOf('04'), zk: false, priority: 10 },
  { kind: 'wrap', id: idOf('05'), range: idOf('06'), from: 1n, to: 3n, priority: 9 },
];
const secret = 'of a witness 0x1234';

beforeAll(async () => {
  await found(config);
  const life = await openLife(config);
  const { jobs } = life.store;
  for (const { priority, ...job } of JOBS)
    await jobs.enqueue({ id: job.id, kind: job.kind, priority, payload: encodeJob(job) });
  for (let failures = 0; failures < config['prover.attemptsMax']; failures++)
    await jobs.fail((await jobs.lease('w', ['segment'], 60_000))!, `WITNESS_UNSATISFIED: ${secret}`, 0);
  await jobs.fail((await jobs.lease('w', ['merge'], 60_000))!, `something without a code, ${secret}`, 0);
  await jobs.lease('local-0', ['wrap'], 60_000);
  await life.stop();
});

const look = async () => {
  const life = await openLife(config);
  const seen = {
    job: await life.store.jobs.get(poisoned),
    rows: (await life.store.read.audit.range(1, 100)).map(({ payload }) => JSON.parse(Buffer.from(payload).toString())),
  };
  await life.stop();
  return seen;
};

describe('privity jobs', () => {
  it('lists what is not done, the poisoned ones first, and nothing of what they prove', async () => {
    const { status, out, errors } = await privity('jobs');
    expect([status, errors]).toEqual([0, '']);
    const [counts, titles, ...rows] = out.split('\n');
    expect(counts).toBe('1 poisoned, 1 leased, 2 queued, 0 done');
    expect(titles).toMatch(/^state +kind +batches +attempts +lease +failure +id$/);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(new RegExp(`^poisoned  segment  4 +3 +- +WITNESS_UNSATISFIED  ${poisoned}$`));
    expect(rows[1]).toMatch(new RegExp(`^leased +wrap +2 to 3 +1 +local-0 until 20\\S+Z +- +${idOf('05')}$`));
    expect(rows[2]).toMatch(new RegExp(`^queued +merge +to 3 +1 +- +INTERNAL +${idOf('02')}$`));
    expect(rows[3]).toMatch(new RegExp(`^queued +seal +3 +0 +- +- +${idOf('01')}$`));
    expect(out).not.toContain(secret);
  });

  it.each([
    ['a word too many', ['jobs', 'relase', poisoned], 2, /^privity jobs \[/],
    ['no id', ['jobs', 'release'], 2, /^privity jobs release ID/],
    ['two ids', ['jobs', 'release', poisoned, idOf('02')], 2, /^privity jobs release ID/],
    ['an unknown id', ['jobs', 'release', idOf('99')], 1, /STORE_NOT_FOUND/],
    ['one that waits', ['jobs', 'release', idOf('01')], 1, /STORE_NOT_FOUND/],
    ['one that is worked on', ['jobs', 'release', idOf('05')], 1, /STORE_NOT_FOUND/],
  ])('refuses %s', async (_what, words, status, says) => {
    const said = await privity(...words);
    expect([said.status, said.out]).toEqual([status, '']);
    expect(said.errors).toMatch(says);
  });

  it.each([[['jobs']], [['jobs', 'release', poisoned]]])('refuses %s while the node runs', async (words) => {
    const life = await openLife(config);
    const { status, errors } = await privity(...words);
    expect([status, errors]).toEqual([1, expect.stringContaining('STORE_LOCKED')]);
    expect((await life.store.jobs.get(poisoned))?.state).toBe('poisoned');
    await life.stop();
  });

  it('makes nothing where there is no chain', async () => {
    const { status, errors } = await askPrivity(['jobs', '--dev'], { PRIVITY_DATA_DIR: empty });
    expect([status, errors]).toEqual([1, expect.stringContaining('NODE_GENESIS')]);
  });

  it('has refused without leaving a trace', async () => {
    const { job, rows } = await look();
    expect(job?.state).toBe('poisoned');
    expect(rows.filter(({ action }) => action === 'job.released')).toEqual([]);
  });

  it('releases a poisoned one, once, and records it', async () => {
    const before = systemClock.now();
    expect(await privity('jobs', 'release', poisoned)).toEqual({
      status: 0,
      out: 'released: segment of batch 4, with all its attempts',
      errors: '',
    });
    expect((await privity('jobs', 'release', poisoned)).errors).toMatch(/STORE_NOT_FOUND/);
    const { job, rows } = await look();
    expect(job).toMatchObject({ state: 'queued', attempts: 0 });
    const released = rows.filter(({ action }) => action === 'job.released');
    expect(released).toMatchObject([
      {
        actor: 'operator',
        resource: `job/${poisoned}`,
        detail: { kind: 'segment', batches: '4', failure: 'WITNESS_UNSATISFIED' },
      },
    ]);
    expect(released[0].time).toBeGreaterThanOrEqual(before);
  });

  it('leaves a store that verify-store finds whole', async () => {
    expect((await privity('verify-store')).out).toContain('audit log: 1 entries, chained');
  });
});
