/**
 * One chain, killed at every named point and started again, under traffic, and looked at after each start (G7). What is real: the command
 * `privity start`, its store, the circuits and proofs, the Ethereum node and the contracts. What a SIGKILL does not show: a loss of power, in
 * which the operating system dies as well (the store's own tests cover its calls of fsync).
 */

import { join } from 'node:path';
import type { LaunchedNode } from '../demo/node-process.ts';
import { live } from './live.ts';
import { armNext, without } from './plan.ts';
import { FORGETFUL_VARIABLE } from './points.ts';
import { type RunState, saveRunState } from './run-state.ts';
import { type KillRunReport, settleAll } from './settle-all.ts';

export interface KillRunOptions {
  readonly folder: string;
  readonly cacheDir: string;
  readonly batchIntervalSeconds: number;
  /** Longest wait for a next death. */
  readonly lifeTimeoutMs: number;
  /** Longest wait, in the end, until everything is settled. */
  readonly settleTimeoutMs: number;
  /** When a run stops in order, to be continued. */
  readonly until: number;
  /** 0 leaves out what needs proofs, to be continued. */
  readonly proverWorkers: number;
  /** The node lies about what it has written: the run must fail. */
  readonly forgetful?: true;
}

export interface KillRunDeps {
  readonly say: (line: string) => void;
  readonly onLaunch: (node: LaunchedNode) => void;
}

/** What the parts of a run share. */
export interface KillRun extends KillRunOptions, KillRunDeps {
  readonly state: RunState;
  readonly environment: Readonly<Record<string, string>>;
}

/** Undefined when its time is over and something is left. */
export async function runKills(
  state: RunState,
  options: KillRunOptions,
  deps: KillRunDeps,
): Promise<KillRunReport | undefined> {
  const run: KillRun = { ...options, ...deps, state, environment: environmentOf(state, options) };
  const save = () => saveRunState(options.folder, state);
  while (state.remaining.length > 0) {
    const armed = armNext(state.remaining, options.proverWorkers > 0);
    if (armed.length === 0) return undefined;
    const began = Date.now();
    const ended = await live(run, armed);
    save();
    if (ended === undefined) return undefined;
    if (ended.how === 'failed') throw new Error(`life ${state.lives}: ${ended.why}`);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    if (ended.how === 'stopped') {
      // The process was faster than the seed's delay.
      state.remaining = [...without(state.remaining, armed[0]!.name), { ...armed[0]!, delayMs: 0 }];
      deps.say(`life ${state.lives}: stopped in order after ${seconds} s, before ${armed[0]!.name}`);
      continue;
    }
    state.remaining = without(state.remaining, ended.at);
    state.deaths.push({ at: ended.at, afterMs: Date.now() - began });
    save();
    deps.say(`life ${state.lives}: killed at ${ended.at} after ${seconds} s; ${state.remaining.length} left`);
  }
  const report = await settleAll(run);
  save();
  return report;
}

function environmentOf(
  { ports }: RunState,
  { folder, cacheDir, batchIntervalSeconds, proverWorkers, forgetful }: KillRunOptions,
) {
  return {
    PATH: process.env['PATH'] ?? '',
    PRIVITY_DATA_DIR: join(folder, 'data'),
    PRIVITY_CACHE_DIR: cacheDir,
    PRIVITY_HTTP_PORT: String(ports.http),
    PRIVITY_L1_URL: `http://127.0.0.1:${ports.l1}`,
    PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: String(batchIntervalSeconds),
    PRIVITY_CHAIN_BATCHES_PER_PROOF: '1',
    PRIVITY_CHAIN_PROVE_DELAY_SLOTS: '1',
    // A gap that a death leaves ends as a denial within the run.
    PRIVITY_CHAIN_NONCE_GAP_SECONDS_MAX: '20',
    PRIVITY_L1_CONFIRMATIONS_MIN: '1',
    PRIVITY_L1_POLL_INTERVAL_MS: '100',
    PRIVITY_PROVER_WORKERS: String(proverWorkers),
    ...(forgetful === true ? { [FORGETFUL_VARIABLE]: 'yes' } : {}),
  };
}
