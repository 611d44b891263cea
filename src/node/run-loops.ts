/** What runs for as long as the node does: the batch clock, the look at Ethereum, settlement, proving. Each loop survives an L1 that is away. */

import type { Logger } from 'pino';
import { BaseError, HttpRequestError, TimeoutError } from 'viem';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import { findStep } from '../settlement/find-step.ts';
import type { PriorityWatcher } from '../settlement/priority-watcher.ts';
import { createSettler } from '../settlement/settler.ts';
import { createTransactionSender } from '../settlement/transaction-sender.ts';
import { runBatchClock } from './batch-clock.ts';
import type { ChainFoundation } from './development-chain.ts';
import type { NodeKeys } from './keys.ts';
import type { L1 } from './l1.ts';
import type { Pipeline } from './pipeline.ts';
import type { Proving } from './proving.ts';
import { createStepCatchUp } from './step-catch-up.ts';
import type { Unwinder } from './unwinder.ts';

export interface LoopsDeps extends Pick<ChainFoundation, 'place'> {
  readonly pipeline: Pipeline;
  readonly proving: Proving;
  readonly watcher: PriorityWatcher;
  readonly unwinder: Unwinder;
  readonly keys: NodeKeys;
  readonly l1: L1;
  readonly clock: Clock;
  readonly log: Logger;
}

const weiPerGwei = 1_000_000_000n;
const stallMs = 60_000;
const sendAttemptsMax = 8;
const lookBeforeOpenMs = 1_000;
const logRangeBlocks = 5_000n;

export async function runLoops(config: Config, deps: LoopsDeps, signal: AbortSignal): Promise<void> {
  const { pipeline, watcher, unwinder, clock, log } = deps;
  const { sequencer } = pipeline;
  const pollMs = config['l1.pollIntervalMs'];

  /** True when it went well; an unreachable L1 is waited out, anything else stops the node. */
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      if (!isPassing(error)) throw error;
      log.warn({ code: isPrivityError(error) ? error.code : 'L1_UNREACHABLE', what, err: error }, 'l1.waiting');
      return false;
    }
  };

  const look = async (): Promise<void> => {
    await watcher.poll();
    await unwinder.learnRevocations();
  };

  const watch = async (): Promise<void> => {
    while (!signal.aborted) {
      await attempt('watch', look);
      await clock.sleep(pollMs, signal);
    }
  };

  const settle = async (): Promise<void> => {
    const settler = settlerOf(config, deps);
    const catchUp = catchUpOf(deps);
    const count = async (): Promise<void> => {
      const counts = await settler.counts();
      await pipeline.onCounts(counts);
      await catchUp(counts);
    };
    const step = async (stop: AbortSignal): Promise<boolean> => {
      const claim = pipeline.withdrawals === 0 ? 'well' : await settler.reclaim(stop);
      if (claim === 'sent') log.error('l1.batches_reverted');
      if (claim !== 'well' || stop.aborted) return claim === 'sent';
      await count();
      const moved = await settler.step(stop);
      await count();
      return moved;
    };
    while (!signal.aborted) {
      let moved = false;
      await attempt('settle', async () => {
        moved = await unwinder.settle(signal, step);
      });
      if (!moved) await clock.sleep(pollMs, signal);
    }
  };

  await Promise.all([
    runBatchClock(
      {
        blockIntervalMs: config['chain.blockIntervalMs'],
        batchIntervalMs: config['chain.batchIntervalSeconds'] * 1000,
      },
      {
        sequencer,
        clock,
        // An Ethereum that does not answer must not keep a batch from opening: it then takes what is known, and the rest comes with a later one.
        beforeOpen: () => Promise.race([attempt('watch', look), clock.sleep(lookBeforeOpenMs, signal)]),
        mayGoOn: () => unwinder.mayGoOn(),
        operationsNeeded: (slot) => unwinder.neededFor(slot),
        beforeBlock: () => pipeline.index.room(),
        onMissedSlot: (missed) => log.error({ missed }, 'batch.slot_missed'),
      },
      signal,
    ),
    watch(),
    settle(),
    deps.proving.run(signal),
    pipeline.sealing(signal),
  ]);
}

function settlerOf(config: Config, { place, proving, pipeline, keys, l1, clock, log }: LoopsDeps) {
  const options = {
    maxFeePerGas: BigInt(config['l1.maxFeeGwei']) * weiPerGwei,
    stallMs,
    pollIntervalMs: Math.min(config['l1.pollIntervalMs'], 1000),
    attemptsMax: sendAttemptsMax,
  };
  const sender = (account: NodeKeys['commit']) =>
    createTransactionSender(options, { client: l1.client, account, clock });
  return createSettler(
    {
      chainContract: place.chain,
      batchIntervalSeconds: BigInt(config['chain.batchIntervalSeconds']),
      proveDelaySlots: BigInt(config['chain.proveDelaySlots']),
    },
    {
      client: l1.client,
      commit: sender(keys.commit),
      prove: sender(keys.prove),
      execute: sender(keys.execute),
      source: {
        batch: (number) => pipeline.book.settlement(number),
        proofAfter: (from) => proving.proofAfter(from),
        wasWithdrawn: (batch) => pipeline.wasWithdrawn(batch),
      },
      sink: {
        onAttempt: (target, transaction) => pipeline.book.onAttempt(target, transaction),
        async onStep(step) {
          log.info({ step: step.kind, transaction: step.transaction, gas: Number(step.gas) }, 'l1.settled');
          await pipeline.book.onStep(step);
        },
      },
    },
  );
}

function catchUpOf({ place, pipeline: { book }, l1: { client } }: LoopsDeps) {
  const options = { chainContract: place.chain, fromBlock: place.startBlock, logRangeBlocks };
  return createStepCatchUp({ book, find: (kind, batch) => findStep(kind, batch, options, { client }) });
}

const PASSING = new Set(['L1_UNREACHABLE', 'L1_STATE_UNAVAILABLE', 'L1_CALL_REVERTED', 'L1_FEE_CAP']);

function isPassing(error: unknown): boolean {
  if (isPrivityError(error)) return PASSING.has(error.code);
  return (
    error instanceof BaseError && error.walk((e) => e instanceof HttpRequestError || e instanceof TimeoutError) !== null
  );
}
