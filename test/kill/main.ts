/**
 * `npm run test:kill`: one chain with real proofs, killed at every named point. `--seed TEXT` (printed) repeats a run, `--points a,b` takes some,
 * `--no-proofs` a chain that is never settled. In pieces: `--minutes N` stops in order after that, `--prover-off` leaves out for now what needs
 * proofs, and `--resume FOLDER`, which is printed then, goes on.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePorts } from '../demo/free-ports.ts';
import { endLeftovers, type LaunchedNode } from '../demo/node-process.ts';
import { runKills } from './kill-run.ts';
import { planKills } from './plan.ts';
import { KILL_POINTS, type KillPointName } from './points.ts';
import { newRunState, readRunState, saveRunState } from './run-state.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    points: { type: 'string', default: '' },
    minutes: { type: 'string', default: '60' },
    resume: { type: 'string' },
    'batch-seconds': { type: 'string' },
    'no-proofs': { type: 'boolean', default: false },
    'prover-off': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const folder = values.resume ?? mkdtempSync(join(tmpdir(), 'privity-kill-'));
const proving = !values['no-proofs'];
const names = KILL_POINTS.filter(
  (point) =>
    (proving || !('proving' in point)) && (values.points === '' || values.points.split(',').includes(point.name)),
).map(({ name }): KillPointName => name);
if (names.length === 0) throw new Error(`no such points; there are ${KILL_POINTS.map(({ name }) => name).join(', ')}`);
const [http, l1] = (await freePorts(2)) as [number, number];
const state =
  values.resume === undefined
    ? newRunState(values.seed, proving, planKills(values.seed, names), { http, l1 })
    : readRunState(folder);
saveRunState(folder, state);
console.log(`seed ${state.seed}: ${state.remaining.length} points, ${state.deaths.length} behind us, in ${folder}`);

const began = Date.now();
let node: LaunchedNode | undefined;
let status = 1;
try {
  const report = await runKills(
    state,
    {
      folder,
      cacheDir: process.env['PRIVITY_CACHE_DIR'] ?? join(import.meta.dirname, '../../node_modules/.cache'),
      batchIntervalSeconds: Number(values['batch-seconds'] ?? (state.proving ? 120 : 3)),
      lifeTimeoutMs: (state.proving ? 15 : 2) * 60_000,
      settleTimeoutMs: (state.proving ? 40 : 2) * 60_000,
      until: began + Number(values.minutes) * 60_000,
      proverWorkers: state.proving && !values['prover-off'] ? 1 : 0,
    },
    {
      say: (line) => console.log(`${((Date.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`),
      onLaunch(launched) {
        node = launched;
      },
    },
  );
  if (report === undefined) {
    console.log(`to be continued: --resume ${folder}`);
    status = 3;
  } else {
    const { log, l1: settled } = report;
    console.log(report.verified.trim());
    console.log(
      JSON.stringify({
        ok: true,
        seed: state.seed,
        killed: state.deaths.length,
        lives: state.lives,
        sent: state.ledger.sent.length,
        unanswered: state.ledger.sent.filter(({ unanswered }) => unanswered).length,
        accepted: log.accepted,
        included: log.included,
        denied: log.denied,
        refused: log.refused,
        withdrawals: log.withdrawals,
        committed: settled.committed,
        executed: settled.executed,
      }),
    );
    status = 0;
  }
} catch (error) {
  console.error(error);
  console.error(`seed ${state.seed} failed; the folder is ${folder}, the end of the log:`);
  console.error(readFileSync(join(folder, 'node.log'), 'utf8').split('\n').slice(-15).join('\n'));
} finally {
  if (status !== 3) {
    node?.send('SIGKILL');
    await node?.exited;
    endLeftovers(join(folder, 'data'), node?.pid);
    if (status === 0 && !values.keep) rmSync(folder, { recursive: true, force: true });
  }
}
process.exitCode = status;
