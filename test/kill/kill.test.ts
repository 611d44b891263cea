import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { afterAll, describe, expect, it } from 'vitest';
import { freePorts } from '../demo/free-ports.ts';
import { endLeftovers, type LaunchedNode } from '../demo/node-process.ts';
import { DECORATED, decoratorOf } from './decorated.ts';
import { type KillRunOptions, runKills } from './kill-run.ts';
import { holdBlock, holdOutcome, type Sent } from './ledger.ts';
import { armNext, planKills, without } from './plan.ts';
import { KILL_POINTS, type KillPointName } from './points.ts';
import { newRunState } from './run-state.ts';

const names = KILL_POINTS.map(({ name }): KillPointName => name);

describe('the plan', () => {
  it('names at least 25 points, each once', () => {
    expect(names.length).toBeGreaterThanOrEqual(25);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is the seed’s, and another seed has another', () => {
    expect(planKills('1', names)).toEqual(planKills('1', names));
    expect(planKills('2', names)).not.toEqual(planKills('1', names));
  });

  it('leaves proofs out when there is no prover', () => {
    const proving = new Set<string>(KILL_POINTS.filter((point) => 'proving' in point).map(({ name }) => name));
    let remaining = planKills('1', names);
    for (let armed = armNext(remaining, false); armed.length > 0; armed = armNext(remaining, false)) {
      expect(armed.filter(({ name }) => proving.has(name))).toEqual([]);
      remaining = without(remaining, armed[0]!.name);
    }
    expect(remaining.map(({ name }) => name).sort()).toEqual([...proving].sort());
  });

  it('comes to every point, and arms a shutdown alone, and a withdrawal', () => {
    let remaining = planKills('1', names);
    const reached: string[] = [];
    while (remaining.length > 0) {
      const armed = armNext(remaining);
      if (armed.some(({ name, unwinding }) => unwinding || name.startsWith('shutdown.'))) expect(armed.length).toBe(1);
      reached.push(armed[0]!.name);
      remaining = without(remaining, armed[0]!.name);
    }
    expect(reached.sort()).toEqual([...names].sort());
  });
});

it.each(DECORATED)('%s is there to be decorated, and used', (path) => {
  const src = join(import.meta.dirname, '../../src');
  expect(existsSync(join(src, path))).toBe(true);
  expect(existsSync(join(import.meta.dirname, decoratorOf(path)))).toBe(true);
  const users = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && readFileSync(join(src, file), 'utf8').includes(`/${path.split('/').at(-1)}'`),
  );
  expect(users.length).toBeGreaterThan(0);
});

describe('the ledger', () => {
  const sent = (fields: Partial<Sent>): Sent => ({
    hash: '0x01',
    raw: '0x02',
    by: 'customer-a',
    to: '0x0000000000000000000000000000000000000001',
    value: '1',
    slot: 1,
    answered: true,
    unanswered: false,
    ...fields,
  });
  const included = { status: 'included', blockNumber: '0x1', batchNumber: '0x1' } as const;
  const denied = { status: 'denied', denial: { code: 'expired', batchNumber: '0x1' } } as const;

  it.each([
    ['what was answered and is unknown', sent({}), null],
    ['a refused one with an outcome', sent({ answered: false }), included],
    ['one that waits again', sent({ ended: included }), { status: 'pending' } as const],
    ['a receipt that became a denial', sent({ ended: included }), denied],
    ['a denial that became a receipt', sent({ ended: denied }), included],
    ['a receipt in another block', sent({ ended: included }), { ...included, blockNumber: '0x2' } as const],
  ])('complains of %s', (_what, one, outcome) => {
    expect(() => holdOutcome(one, outcome)).toThrow();
  });

  const lost = { afterBlock: 0, by: 'customer-a', above: '1', over: false } as const;
  const revoked = (blockNumber: Hex) =>
    ({ status: 'denied', denial: { code: 'revoked', batchNumber: '0x1', withdrawn: { blockNumber } } }) as const;

  it.each([
    ['a block that is before', { ...lost, afterBlock: 1 }, revoked('0x1')],
    ['nothing, for it was over before', { ...lost, over: true }, revoked('0x1')],
    ['a receipt that the denial does not name', lost, revoked('0x2')],
    ['a receipt, without saying so', lost, denied],
  ])('complains of a loss that takes back %s', (_what, loss, outcome) => {
    const one = sent({});
    holdOutcome(one, included, [loss]);
    expect(() => holdOutcome(one, outcome, [loss])).toThrow();
  });

  it('takes a receipt that is taken back once, through waiting, and no denial ever', () => {
    const one = sent({});
    holdOutcome(one, included, [lost]);
    holdOutcome(one, { status: 'pending' }, [lost]);
    holdOutcome(one, revoked('0x1'), [lost]);
    expect(() => holdOutcome(one, included, [lost, lost])).toThrow('another outcome');
  });

  it('takes another block in the place of one, once for each loss', () => {
    const ledger = { sent: [], deposits: [], blocks: {}, losses: [{ ...lost }] };
    holdBlock(ledger, 1, '0x01');
    holdBlock(ledger, 1, '0x02');
    expect(() => holdBlock(ledger, 1, '0x03')).toThrow('block 1 was 0x02 and is 0x03');
    expect(() => holdBlock(ledger, 1, undefined)).toThrow();
  });

  it('takes what may be: one that got no answer is there or not', () => {
    holdOutcome(sent({ answered: false, unanswered: true }), null);
    const one = sent({ answered: false, unanswered: true });
    holdOutcome(one, { status: 'pending' });
    holdOutcome(one, included);
    expect(one.ended).toEqual(included);
  });
});

/** G7, a sample; `npm run test:kill` is the whole, with proofs. */
describe('a node that is killed', () => {
  const seed = process.env['SEED'] ?? String(Date.now() % 1_000_000);
  const folders: string[] = [];
  const launched: { readonly node: LaunchedNode; readonly folder: string }[] = [];

  afterAll(async () => {
    for (const { node, folder } of launched) {
      node.send('SIGKILL');
      await node.exited;
      endLeftovers(join(folder, 'data'), node.pid);
    }
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  async function run(names: readonly KillPointName[], more: Partial<KillRunOptions> = {}) {
    const folder = mkdtempSync(join(tmpdir(), 'privity-kill-'));
    folders.push(folder);
    const [http, l1] = (await freePorts(2)) as [number, number];
    const options: KillRunOptions = {
      folder,
      cacheDir: process.env['PRIVITY_CACHE_DIR'] ?? join(import.meta.dirname, '../../node_modules/.cache'),
      batchIntervalSeconds: 3,
      lifeTimeoutMs: 60_000,
      settleTimeoutMs: 90_000,
      until: Date.now() + 280_000,
      proverWorkers: 0,
      ...more,
    };
    // Enough gets accepted before a death to be worth looking at.
    const busy: readonly KillPointName[] = ['accept.unanswered', 'block.unwritten'];
    const planned = planKills(seed, names).map((point) =>
      busy.includes(point.name) ? { ...point, passes: 5 + point.passes } : point,
    );
    const state = newRunState(seed, false, planned, { http, l1 });
    const onLaunch = (node: LaunchedNode) => void launched.push({ node, folder });
    return { state, report: await runKills(state, options, { say: console.info, onLaunch }) };
  }

  it(`loses nothing and does nothing twice (seed ${seed})`, { timeout: 300_000 }, async () => {
    const sample: readonly KillPointName[] = ['accept.unanswered', 'seal.unwritten', 'commit.sent', 'again.half'];
    const { state, report } = await run(sample);
    expect(state.deaths.map(({ at }) => at).sort()).toEqual([...sample].sort());
    expect(report!.log.accepted).toBeGreaterThan(5);
    expect(report!.log.accepted).toBe(report!.log.included + report!.log.denied);
    expect(report!.l1.committed).toBeGreaterThan(1);
    expect(report!.verified).toContain('every root as recorded');
    console.info(
      `seed ${seed}: ${state.lives} lives, ${report!.log.accepted} accepted, ${report!.l1.committed} batches on Ethereum`,
    );
  });

  it(`is found out when it answers before it has written (seed ${seed})`, { timeout: 300_000 }, async () => {
    await expect(run(['block.unwritten'], { forgetful: true })).rejects.toThrow(
      /an accepted transaction is unknown|HALT_REPLAY_MISMATCH/,
    );
  });
});
