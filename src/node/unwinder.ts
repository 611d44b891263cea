/**
 * Holds what Ethereum says now against the batches that are not final. When operations they took have vanished, or the policy root they were
 * judged under is revoked for their slot, they are withdrawn and executed again (G3, G7). Nothing is opened, sealed or sent while that is in doubt.
 *
 * An Ethereum node that lags, or one that was switched to, also shows fewer operations. So a loss counts when the confirmed block is younger
 * than any that was seen when it was noticed, and than those that ever confirmed an operation: by Ethereum's clock, never by ours.
 */

import type { Logger } from 'pino';
import { PRIORITY_KIND } from '../chain/constants.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import { chainHalted } from '../sequencer/errors.ts';
import type { WithdrawalCause, WithdrawnEntry } from '../sequencer/log-entries.ts';
import type { PriorityChainView } from '../settlement/port.ts';
import type { L1Moment } from './l1-moment.ts';
import type { UnfinalBatch } from './pipeline/unfinal-batches.ts';
import type { Pipeline } from './pipeline.ts';

export interface UnwinderOptions {
  readonly operationsPerBatchMax: number;
}

export interface UnwinderDeps {
  readonly pipeline: Pick<
    Pipeline,
    'sequencer' | 'book' | 'unfinalBatches' | 'processedAfter' | 'withdraw' | 'withdrawals' | 'idle'
  >;
  readonly watcher: PriorityChainView;
  /** Stops proving, lets the work be done, and goes on before `from`. */
  readonly withoutProving: (from: bigint, work: () => Promise<void>) => Promise<void>;
  readonly moment: L1Moment;
  readonly log: Logger;
  readonly onWithdrawn: (cause: WithdrawalCause, batches: number) => void;
}

type Request = Omit<WithdrawnEntry, 'kind' | 'at'>;

export class Unwinder {
  readonly #options: UnwinderOptions;
  readonly #deps: UnwinderDeps;
  /** First slots in which roots are revoked, and the youngest confirmed block as of which that was asked, in seconds. */
  readonly #revoked = new Map<bigint, { readonly from: bigint; readonly time: bigint }>();
  /** Seconds, as Ethereum counts them: its newest block when operations were first seen to be missing. */
  #noticedAt: bigint | undefined;
  #withdrawing = false;
  /** Batches that are being read: none may be taken back meanwhile. */
  #reading: Promise<unknown> = Promise.resolve();
  /** For what everything was found to stand. */
  #foundWell = '';
  /** Whether this life has held anything against Ethereum yet. */
  #hasJudged = false;
  #interrupt = new AbortController();
  #settling: Promise<unknown> = Promise.resolve();

  constructor(options: UnwinderOptions, deps: UnwinderDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** 0 when everything stands, 1 while it is in doubt, 2 while batches are withdrawn and executed again. */
  get alarm(): 0 | 1 | 2 {
    if (this.#withdrawing || this.#deps.pipeline.sequencer.isReExecuting) return 2;
    return this.#noticedAt === undefined ? 0 : 1;
  }

  /** After each look at Ethereum: which of the roots that matter are revoked. */
  async learnRevocations(): Promise<void> {
    const { pipeline, watcher } = this.#deps;
    // What is taken back must not be read, and is looked at again when it stands again.
    if (this.#withdrawing) return;
    const reading = pipeline.unfinalBatches();
    this.#reading = Promise.allSettled([this.#reading, reading]);
    const batches = await reading;
    const first = batches[0]?.startIndex ?? pipeline.sequencer.processed.index;
    const queued = watcher.from(first, Number.MAX_SAFE_INTEGER).filter(isPolicyChange);
    const roots = new Set([
      pipeline.sequencer.policyRoot,
      ...batches.map((b) => b.policyRoot),
      ...queued.map((o) => o.a),
    ]);
    for (const root of roots) await this.#learnRevocation(root);
    this.#foundWell = '';
  }

  /** No revocation is ever lifted: only a younger block that does not have it, after a reorg, says that there is none. */
  async #learnRevocation(root: bigint): Promise<void> {
    const { watcher } = this.#deps;
    const before = watcher.confirmedTime ?? 0n;
    const from = await watcher.revokedFrom(root);
    const known = this.#revoked.get(root);
    if (from !== undefined)
      this.#revoked.set(root, { from, time: max(watcher.confirmedTime ?? 0n, known?.time ?? 0n) });
    else if (known !== undefined && before > known.time) this.#revoked.delete(root);
  }

  /** How many operations the next batch must have processed so that its root is not revoked in `slot`. */
  neededFor(slot: bigint): bigint {
    const { sequencer } = this.#deps.pipeline;
    const { index } = sequencer.processed;
    return this.#upTo(index, sequencer.policyRoot, (root) => this.#isRevoked(root, slot))?.index ?? index;
  }

  /**
   * To be called where no block is under way. False when nothing may be built or sealed; withdraws batches when it is certain that they do not
   * stand. Throws HALT_FINAL_TOUCHED when what is lost stands in a batch that was executed on Ethereum.
   */
  async mayGoOn(): Promise<boolean> {
    const { pipeline, watcher } = this.#deps;
    if (watcher.confirmedTime === undefined || pipeline.sequencer.isReExecuting) return true;
    while (await this.#isWell()) {
      const { looks } = watcher;
      await this.#deps.moment.remember(watcher);
      if (watcher.looks === looks) return true;
    }
    await pipeline.idle();
    if ((await this.#plan()) === undefined) return false;
    this.#withdrawing = true;
    try {
      // What settlement was about to do may have been done: only now it is known what can be taken back, and what Ethereum may have of it.
      this.#interrupt.abort();
      await Promise.all([this.#settling, this.#reading]);
      const request = await this.#plan();
      if (request === undefined) return false;
      await this.#withdraw(request);
    } finally {
      this.#interrupt = new AbortController();
      this.#withdrawing = false;
    }
    this.#noticedAt = undefined;
    return true;
  }

  /**
   * Runs one step of settlement, unless batches are in doubt, or have not been held against Ethereum in this life; it is interrupted when they come
   * to be.
   */
  async settle(signal: AbortSignal, step: (signal: AbortSignal) => Promise<boolean>): Promise<boolean> {
    if (!this.#hasJudged || this.alarm !== 0) return false;
    const running = step(AbortSignal.any([signal, this.#interrupt.signal]));
    this.#settling = running.catch(() => undefined);
    return running;
  }

  async #isWell(): Promise<boolean> {
    const { pipeline, watcher, moment, log } = this.#deps;
    const { book, sequencer } = pipeline;
    const at = [watcher.looks, book.latest, book.final, sequencer.openBatch?.number, pipeline.withdrawals].join('/');
    if (at === this.#foundWell) return true;
    const batches = await pipeline.unfinalBatches();
    const lost = await this.#firstLost(batches);
    if (lost === undefined && this.#noticedAt !== undefined) {
      this.#noticedAt = undefined;
      log.warn('l1.operations_back');
    }
    if (lost !== undefined && this.#noticedAt === undefined) {
      this.#noticedAt = max(watcher.newestTime, await moment.time());
      this.#interrupt.abort();
      this.#interrupt = new AbortController();
      const from = lost === 'final' ? book.final : lost;
      log.error({ code: 'L1_DEEP_REORG', from: Number(from) }, 'l1.operations_lost');
    }
    const isWell = lost === undefined && !batches.some((batch) => this.#isRevoked(batch.policyRoot, batch.slot));
    this.#foundWell = isWell ? at : '';
    this.#hasJudged = true;
    return isWell;
  }

  #isCertain(): boolean {
    return this.#noticedAt !== undefined && this.#deps.watcher.confirmedTime! > this.#noticedAt;
  }

  async #firstLost(batches: readonly UnfinalBatch[]): Promise<bigint | 'final' | undefined> {
    const { pipeline, watcher } = this.#deps;
    const final = await pipeline.processedAfter(pipeline.book.final);
    if (watcher.rollAfter(final.index) !== final.roll) return 'final';
    return batches.find((batch) => watcher.rollAfter(batch.priorityIndex) !== batch.priorityRoll)?.number;
  }

  /** What has to be taken back for certain; undefined when nothing is, or when the queue does not hold the change of root that it needs. */
  async #plan(): Promise<Request | undefined> {
    const { pipeline } = this.#deps;
    const batches = await pipeline.unfinalBatches();
    const lost = await this.#firstLost(batches);
    if (lost !== undefined && !this.#isCertain()) return undefined;
    if (lost === 'final') {
      throw chainHalted('HALT_FINAL_TOUCHED', `operations of the batches up to ${pipeline.book.final} are gone`);
    }
    if (lost !== undefined) return this.#planFrom(batches, lost, 'reorg');
    const revoked = batches.find((batch) => this.#isRevoked(batch.policyRoot, batch.slot));
    return revoked === undefined ? undefined : this.#planFrom(batches, revoked.number, 'revocation');
  }

  #planFrom(all: readonly UnfinalBatch[], from: bigint, cause: WithdrawalCause): Request | undefined {
    const { watcher } = this.#deps;
    const batches = all.filter(({ number }) => number >= from);
    const start = batches[0]!.startIndex;
    let at = { index: start, root: batches[0]!.startRoot };
    const upTo: bigint[] = [];
    for (const { slot, priorityIndex, mayBeOnL1 } of batches) {
      const first = at.index;
      const wanted = this.#withDeposits(first, max(first, min(priorityIndex, watcher.confirmed)));
      const isRevoked = (root: bigint) => this.#isRevoked(root, mayBeOnL1 ? undefined : slot);
      const found = this.#upTo(wanted, rootAfter(watcher.from(first, Number(wanted - first)), at.root), isRevoked);
      if (found === undefined) return undefined;
      at = found;
      upTo.push(at.index);
    }
    return { from, cause, upTo, operations: watcher.from(start, Number(at.index - start)) };
  }

  /** Deposits that wait are taken along: they can only help what is executed again. */
  #withDeposits(first: bigint, wanted: bigint): bigint {
    const room = Number(first) + this.#options.operationsPerBatchMax - Number(wanted);
    if (room <= 0) return wanted;
    const waiting = this.#deps.watcher.from(wanted, room);
    const end = waiting.findIndex(({ kind }) => kind !== PRIORITY_KIND.DEPOSIT_ETH);
    return wanted + BigInt(end < 0 ? waiting.length : end);
  }

  /** From `index` on, under `root`, to where the root is not revoked. */
  #upTo(
    index: bigint,
    root: bigint,
    isRevoked: (root: bigint) => boolean,
  ): { index: bigint; root: bigint } | undefined {
    if (!isRevoked(root)) return { index, root };
    const changes = this.#deps.watcher.from(index, Number.MAX_SAFE_INTEGER).filter(isPolicyChange);
    const change = changes.find(({ a }) => !isRevoked(a));
    return change === undefined ? undefined : { index: change.index + 1n, root: change.a };
  }

  #isRevoked(root: bigint, slot: bigint | undefined): boolean {
    const revoked = this.#revoked.get(root);
    return revoked !== undefined && (slot === undefined || slot >= revoked.from);
  }

  async #withdraw(request: Request): Promise<void> {
    const { pipeline, withoutProving, log, onWithdrawn } = this.#deps;
    await withoutProving(request.from, () => pipeline.withdraw(request));
    const { from, cause, upTo } = request;
    onWithdrawn(cause, upTo.length);
    log.error({ cause, from: Number(from), batches: upTo.length, count: pipeline.withdrawals }, 'batches.withdrawn');
  }
}

const isPolicyChange = ({ kind }: PriorityOperation): boolean => kind === PRIORITY_KIND.SET_POLICY_ROOT;

const rootAfter = (operations: readonly PriorityOperation[], before: bigint): bigint =>
  operations.findLast(isPolicyChange)?.a ?? before;

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
