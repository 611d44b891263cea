/**
 * Takes signed transactions, makes them durable, orders them into blocks and blocks into batches. Owns the waiting lanes, the working state
 * above the tree and the open batch. Does not own roots of the tree, proofs or L1. Defends G2 and G7. Each idea stands in its own file; here they
 * are put together.
 */

import type { Bell } from '../base/bell.ts';
import type { Clock } from '../base/clock.ts';
import { accountKey } from '../chain/keys.ts';
import type { Salts } from '../chain/salts.ts';
import { decodeTransaction, type SignedTransaction } from '../chain/transaction.ts';
import type { BlockContext, StateReader } from '../execution/port.ts';
import type { WritePermit } from '../policy/port.ts';
import type { AdmissionLimits } from './admission.ts';
import { Arrivals } from './arrivals.ts';
import { BatchLifecycle, type BatchLimits } from './batch-lifecycle.ts';
import { BlockBuilder, type BlockLimits } from './block-builder.ts';
import { BlockProduction } from './block-production.ts';
import { ChainHead } from './chain-head.ts';
import { DenialBook } from './denial-book.ts';
import { DenialLimit, type DenialLimitOptions } from './denial-limit.ts';
import type { DenialSigner } from './denial-signer.ts';
import { Journal } from './journal.ts';
import { LayeredState } from './layered-state.ts';
import type { LogEntry } from './log-entries.ts';
import { LogReplay } from './log-replay.ts';
import { Mempool } from './mempool.ts';
import type { BatchStart, OpenBatch } from './open-batch.ts';
import type {
  DurableLog,
  ExecutorOf,
  FindOutcome,
  FindUnknownList,
  GatesOf,
  OperationsFrom,
  Outcome,
  SequencerEvents,
} from './port.ts';
import { Publisher } from './publisher.ts';
import { ReExecutor } from './re-executor.ts';
import { Refusals } from './refusals.ts';
import type { ResumePoint } from './resume-point.ts';
import { Submission } from './submission.ts';
import { createTakingBack, type TakingBack } from './taking-back.ts';
import { Unwinding } from './unwinding.ts';
import { type ExpiryLimits, WaitingExpiry } from './waiting-expiry.ts';

export interface SequencerOptions extends AdmissionLimits, BlockLimits, BatchLimits, ExpiryLimits, DenialLimitOptions {
  readonly chainId: bigint;
}

export interface SequencerDeps {
  readonly log: DurableLog;
  readonly tree: StateReader;
  readonly executorOf: ExecutorOf;
  readonly findUnknownList: FindUnknownList;
  readonly operationsFrom: OperationsFrom;
  readonly gatesOf: GatesOf;
  readonly findOutcome: FindOutcome;
  readonly signer: DenialSigner;
  readonly salts: Salts;
  readonly clock: Clock;
  readonly events: SequencerEvents;
}

export class Sequencer {
  readonly state: LayeredState;
  readonly #head: ChainHead;
  readonly #mempool: Mempool;
  readonly #unwinding = new Unwinding();
  readonly #arrivals: Arrivals;
  readonly #submission: Submission;
  readonly #refusals: Refusals;
  readonly #production: BlockProduction;
  readonly #batches: BatchLifecycle;
  readonly #takingBack: TakingBack;
  readonly #reExecutor: ReExecutor;
  readonly #replay: LogReplay;

  /** `resume` is what waited, besides `start`, when the batch before was closed; its tree is in `deps.tree`. */
  constructor(
    options: SequencerOptions,
    deps: SequencerDeps,
    start: BatchStart,
    resume: Omit<ResumePoint, 'start'> = { waiting: [], denied: [], backlog: [] },
  ) {
    const { chainId } = options;
    const { executorOf, gatesOf, salts, clock, signer } = deps;
    const state = new LayeredState(deps.tree);
    const unwinding = this.#unwinding;
    const journal = new Journal(deps.log);
    const mempool = new Mempool(gatesOf);
    const limit = new DenialLimit(options, clock);
    const head = new ChainHead(chainId, { state, executorOf, salts, clock }, start);
    const denials = new DenialBook(chainId, { head, mempool, unwinding, limit, signer, salts, clock });
    const base = { ...deps, state, head, mempool, unwinding, journal, denials };
    const arrivals = new Arrivals(base);
    const refusals = new Refusals({ ...base, arrivals, limit });
    const publisher = new Publisher(base);
    const builder = new BlockBuilder(options, { ...base, arrivals });
    const expiry = new WaitingExpiry(options, { ...base, arrivals });
    const batches = new BatchLifecycle(options, { ...base, builder, publisher });

    this.state = state;
    this.#head = head;
    this.#mempool = mempool;
    this.#arrivals = arrivals;
    this.#refusals = refusals;
    this.#batches = batches;
    this.#submission = new Submission(options, { ...base, arrivals, refusals, limit });
    this.#production = new BlockProduction({ ...base, builder, expiry, publisher });
    this.#takingBack = createTakingBack(base);
    this.#reExecutor = new ReExecutor({ ...base, builder, publisher, batches });
    this.#replay = new LogReplay(chainId, { ...base, builder, publisher, batches });

    journal.restore(resume);
    mempool.restore(resume.denied, resume.backlog);
    for (const { raw, acceptedAt } of resume.waiting) mempool.add(decodeTransaction(raw, chainId), acceptedAt);
  }

  // ------------------------------------------------------------------------------------------------------- where it stands

  get openBatch(): OpenBatch | undefined {
    return this.#head.openBatch;
  }

  /** Number of the last block. */
  get head(): bigint {
    return this.#head.blockNumber;
  }

  /** Slot of the last batch that was opened. */
  get lastSlot(): bigint {
    return this.#head.lastSlot;
  }

  /** Operations of L1 that have been processed, and their roll. */
  get processed(): { readonly index: bigint; readonly roll: bigint } {
    return this.#head.processed;
  }

  /** Policy root under which a transaction sent now is judged. */
  get policyRoot(): bigint {
    return this.#head.policyRoot;
  }

  /** The context in which a transaction sent now is judged. */
  currentBlock(): BlockContext {
    return this.#head.currentBlock();
  }

  /** Closed batches that the tree does not hold yet: what each of them wrote is in memory. */
  get unsealedBatches(): number {
    return this.state.batches - (this.#head.openBatch === undefined ? 0 : 1);
  }

  // ------------------------------------------------------------------------------------------------------------ what waits

  /** Rings when a transaction has become durable. */
  get arrivals(): Bell {
    return this.#arrivals.bell;
  }

  /** Transactions accepted since the start, replay not counted. */
  get accepted(): number {
    return this.#arrivals.count;
  }

  get waiting(): number {
    return this.#mempool.lanes.size;
  }

  get backlogGates(): number {
    return this.#mempool.backlog.gates;
  }

  pending(hash: bigint): SignedTransaction | undefined {
    return this.#mempool.pending(hash);
  }

  /** The sender's next nonce counting what waits. */
  pendingNonce(sender: bigint): bigint {
    return this.#mempool.lanes.nextNonce(sender, this.state.get(accountKey(sender)).hi);
  }

  /** The batches up to this one have their proofs. */
  proven(batch: bigint): void {
    this.#mempool.proven(batch);
  }

  // ------------------------------------------------------------------------------------------------------------ submission

  /** New transactions are taken, if their senders may and there is room. */
  get isTaking(): boolean {
    return this.#submission.isTaking;
  }

  /** Accepts a transaction and resolves with its hash once it is durable; throws a coded error otherwise. */
  submit(transaction: SignedTransaction, permit: WritePermit): Promise<bigint> {
    return this.#submission.submit(transaction, permit);
  }

  outcome(hash: bigint): Promise<Outcome | undefined> {
    return this.#submission.outcome(hash);
  }

  /** How the same bytes fared before; undefined when they were never accepted. */
  seenBefore(transaction: SignedTransaction): Promise<Outcome | undefined> {
    return this.#submission.seenBefore(transaction);
  }

  /** Signs and keeps a denial for a transaction that policy refuses before it is accepted; throws what its sender is told. */
  refuse(transaction: SignedTransaction, reason: string): Promise<never> {
    return this.#refusals.refuse(transaction, reason);
  }

  /** Accepts nothing more. */
  stop(): void {
    this.#submission.stop();
  }

  // ---------------------------------------------------------------------------------------------------- blocks and batches

  /** Opens the batch of `slot` with its first block, which holds the L1 operations that are due; all those before `upTo`, for which there may be entries before. */
  open(slot: bigint, upTo = 0n): Promise<void> {
    return this.#batches.open(slot, upTo);
  }

  /** Builds one block when something is ready; resolves when it is durable. False when there was nothing to do. */
  buildBlock(): Promise<boolean> {
    return this.#production.build();
  }

  /** Ends the open batch. The next one can be opened at once: it does not wait for roots. */
  async close(): Promise<void> {
    this.#production.assertIdle('a batch can be closed');
    await this.#batches.close();
  }

  // ---------------------------------------------------------------------------------------------------- taking batches back

  /** Withdrawn batches wait to be executed again. */
  get isReExecuting(): boolean {
    return this.#unwinding.isUnderWay;
  }

  /** As in `TakingBack`. What the tree holds of the batches is for the caller to take back, before `reExecute`. */
  async withdraw(...taken: Parameters<TakingBack['withdraw']>): Promise<void> {
    this.#production.assertIdle('batches can be withdrawn');
    await this.#takingBack.withdraw(...taken);
  }

  /** One step of executing again what was withdrawn; false when nothing is left. */
  reExecute(): Promise<boolean> {
    return this.#reExecutor.step();
  }

  // ------------------------------------------------------------------------------------------------------------------ replay

  /**
   * Applies one entry of the block log at start-up; blocks must come out with the hashes recorded. What a later entry takes back is void: it
   * is noted, not executed.
   */
  replay(entry: LogEntry, isVoid = false): void {
    this.#replay.replay(entry, isVoid);
  }
}
