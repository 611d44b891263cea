/**
 * Takes signed transactions, makes them durable, orders them into blocks and blocks into batches. Owns the waiting lanes, the working state
 * above the tree and the open batch. Does not own roots of the tree, proofs or L1. Defends G2 and G7.
 */

import { assert, InvariantError } from '../base/assert.ts';
import { Bell } from '../base/bell.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import type { Block } from '../chain/block.ts';
import { contextOfState } from '../chain/block-context.ts';
import { BLOCK_RING_SIZE } from '../chain/block-hash.ts';
import { MESSAGES_MAX, PRIORITY_KIND, SYSTEM_NAME } from '../chain/constants.ts';
import type { DenialCode, SignedDenial } from '../chain/denial.ts';
import { accountKey, listRootKey, systemKey } from '../chain/keys.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { Salts } from '../chain/salts.ts';
import { decodeTransaction, type SignedTransaction } from '../chain/transaction.ts';
import { fromWord, wordToFr } from '../chain/word.ts';
import type { BlockContext, StateReader, TransactionOutcome } from '../execution/port.ts';
import type { WritePermit } from '../policy/port.ts';
import { type AdmissionLimits, admit, isDenied } from './admission.ts';
import { describeOverflow, findCapacityOverflow } from './capacity.ts';
import type { DenialSigner } from './denial-signer.ts';
import { chainHalted, sequencerError } from './errors.ts';
import { Lanes, type Pending } from './lanes.ts';
import { LayeredState } from './layered-state.ts';
import { encodeEntry, type LogEntry, type WithdrawnEntry } from './log-entries.ts';
import { type BatchStart, OpenBatch, startAfter } from './open-batch.ts';
import type {
  DurableLog,
  Executor,
  ExecutorOf,
  FindOutcome,
  FindUnknownList,
  GatesOf,
  OperationsFrom,
  Outcome,
  SequencerEvents,
} from './port.ts';
import { ProvingBacklog } from './proving-backlog.ts';
import { ReExecution, type WithdrawnBatch, type WithdrawnBlock } from './re-execution.ts';
import { LoggedWaiting, type ResumePoint } from './resume-point.ts';
import { VoidBatches } from './void-batches.ts';

export interface SequencerOptions extends AdmissionLimits {
  readonly chainId: bigint;
  readonly blockTransactionsMax: number;
  readonly batchTransactionsMax: number;
  readonly operationsPerBatchMax: number;
  readonly nonceGapMs: number;
  readonly denialsPerMinuteMax: number;
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
  /** Rings when a transaction has become durable. */
  readonly arrivals = new Bell();
  readonly #options: SequencerOptions;
  readonly #deps: SequencerDeps;
  readonly #lanes = new Lanes();
  /** Accepted but not yet on disk, by hash; a second submission of the same bytes waits for the first. */
  readonly #arriving = new Map<bigint, Promise<void>>();
  /** Accepted transactions that ended as denials: they stay denied. Grows with the denials, which are limited a sender and minute. */
  readonly #denied = new Set<bigint>();
  /** Taken by a block or a denial that is not on disk yet: for whoever asks, they still wait. */
  readonly #ending = new Map<bigint, SignedTransaction>();
  /** Waiting transactions, by hash, whose replacement is being written: no block takes them, and they get no second replacement. */
  readonly #replacing = new Set<bigint>();
  readonly #backlog = new ProvingBacklog();
  readonly #logged = new LoggedWaiting();
  readonly #denialTimes = new Map<bigint, number[]>();
  #next: BatchStart;
  #batch: OpenBatch | undefined;
  /** Denials of the batch that was left last; one on its way to the log may still belong there. */
  #closedDenials: SignedDenial[] = [];
  /** Denials signed between two batches: they belong to the one that opens next. */
  #loose: SignedDenial[] = [];
  #gapsCheckedAt = 0;
  #executor: Executor | undefined;
  /** Batches that are executed again; while there are any, nothing new is taken. */
  #again: ReExecution | undefined;
  #withdrawing = false;
  readonly #void = new VoidBatches();
  #sequence = 0;
  #accepted = 0;
  #stopping = false;
  #building = false;

  /** `resume` is what waited, besides `start`, when the batch before was closed; its tree is in `deps.tree`. */
  constructor(
    options: SequencerOptions,
    deps: SequencerDeps,
    start: BatchStart,
    resume: Omit<ResumePoint, 'start'> = { waiting: [], denied: [], backlog: [] },
  ) {
    this.#options = options;
    this.#deps = deps;
    this.#next = start;
    this.state = new LayeredState(deps.tree);
    this.#logged.restore(resume);
    this.#backlog.restore(resume.backlog);
    for (const hash of resume.denied) this.#denied.add(hash);
    for (const { raw, acceptedAt } of resume.waiting) {
      const transaction = decodeTransaction(raw, options.chainId);
      this.#enqueue(transaction, bytesToBigInt(transaction.hash), acceptedAt);
    }
  }

  get openBatch(): OpenBatch | undefined {
    return this.#batch;
  }

  /** Transactions accepted since the start, replay not counted. */
  get accepted(): number {
    return this.#accepted;
  }

  get waiting(): number {
    return this.#lanes.size;
  }

  get backlogGates(): number {
    return this.#backlog.gates;
  }

  /** Number of the last block. */
  get head(): bigint {
    return this.#batch === undefined ? this.#next.blockNumber : this.#batch.lastBlock;
  }

  /** Slot of the last batch that was opened. */
  get lastSlot(): bigint {
    return this.#batch?.slot ?? this.#next.lastSlot;
  }

  /** Operations of L1 that have been processed, and their roll. */
  get processed(): { readonly index: bigint; readonly roll: bigint } {
    const at = this.#batch ?? this.#next;
    return { index: at.priorityIndex, roll: at.priorityRoll };
  }

  /** Withdrawn batches wait to be executed again. */
  get isReExecuting(): boolean {
    return this.#again !== undefined || this.#withdrawing;
  }

  /** New transactions are taken, if their senders may and there is room. */
  get isTaking(): boolean {
    return !this.#stopping && !this.isReExecuting;
  }

  /** The batches up to this one have their proofs. */
  proven(batch: bigint): void {
    this.#backlog.proven(batch);
  }

  pending(hash: bigint): SignedTransaction | undefined {
    return this.#lanes.byHash(hash)?.transaction ?? this.#ending.get(hash);
  }

  /** The sender's next nonce counting what waits. */
  pendingNonce(sender: bigint): bigint {
    return this.#lanes.nextNonce(sender, this.state.get(accountKey(sender)).hi);
  }

  /** The context in which a transaction sent now is judged. */
  currentBlock(): BlockContext {
    const batch = this.#batch;
    const now = BigInt(Math.floor(this.#deps.clock.now() / 1000));
    const start = batch?.start ?? this.#next;
    const last = batch?.lastTimestamp ?? start.timestamp;
    return this.#context(batch?.nextBlockNumber ?? start.blockNumber + 1n, now > last ? now : last);
  }

  /** Policy root under which a transaction sent now is judged. */
  get policyRoot(): bigint {
    return this.#batch?.policyRoot ?? wordToFr(this.state.get(systemKey(SYSTEM_NAME.POLICY)));
  }

  /** Accepts a transaction and resolves with its hash once it is durable; throws a coded error otherwise. */
  async submit(transaction: SignedTransaction, permit: WritePermit): Promise<bigint> {
    if (this.#stopping) throw sequencerError('SUBMIT_STOPPING');
    if (this.isReExecuting) throw sequencerError('SUBMIT_UNWINDING');
    if (!permit.covers(transaction.hash, this.policyRoot)) {
      throw sequencerError('SUBMIT_DENIED', 'the permit is for another transaction or policy');
    }
    const hash = bytesToBigInt(transaction.hash);
    const arriving = this.#arriving.get(hash);
    if (arriving !== undefined) {
      await arriving;
      return hash;
    }
    if (this.pending(hash) !== undefined) return hash;
    const known = await this.#known(transaction, hash);
    if (known?.kind === 'denied') throw sequencerError('SUBMIT_OUTCOME_DENIED', known.denial.code);
    if (known !== undefined) return hash;
    // The look-up gave up the turn: another submission of the same bytes may have come first.
    const meanwhile = this.#arriving.get(hash);
    if (meanwhile !== undefined) {
      await meanwhile;
      return hash;
    }
    if (this.pending(hash) !== undefined) return hash;
    await this.#accept(transaction, hash);
    return hash;
  }

  /** A hash with an outcome has a used nonce or is among the denied ones; only then is the store asked. */
  async #known(transaction: SignedTransaction, hash: bigint): Promise<Outcome | undefined> {
    const used = transaction.nonce < this.state.get(accountKey(transaction.sender)).hi;
    return used || this.#denied.has(hash) ? this.#deps.findOutcome(hash) : undefined;
  }

  async outcome(hash: bigint): Promise<Outcome | undefined> {
    if (this.pending(hash) !== undefined) return { kind: 'pending' };
    return this.#deps.findOutcome(hash);
  }

  /** How the same bytes fared before; undefined when they were never accepted. */
  async seenBefore(transaction: SignedTransaction): Promise<Outcome | undefined> {
    const hash = bytesToBigInt(transaction.hash);
    await this.#arriving.get(hash)?.catch(() => undefined);
    if (this.pending(hash) !== undefined) return { kind: 'pending' };
    return this.#known(transaction, hash);
  }

  /** Signs and keeps a denial for a transaction that policy refuses before it is accepted; throws what its sender is told. */
  async refuse(transaction: SignedTransaction, reason: string): Promise<never> {
    if (this.isReExecuting) throw sequencerError('SUBMIT_UNWINDING');
    const hash = bytesToBigInt(transaction.hash);
    // The same bytes may have been accepted from somebody else since `seenBefore`. A denial behind that in the log would end them in replay.
    if (this.#arriving.has(hash) || this.pending(hash) !== undefined) throw sequencerError('SUBMIT_DENIED', reason);
    if (this.#denialsExceeded(transaction.sender)) throw sequencerError('SUBMIT_RATE');
    await this.#recordRefusal(transaction, hash, reason);
    throw sequencerError('SUBMIT_DENIED', reason);
  }

  /** Opens the batch of `slot` with its first block, which holds the L1 operations that are due; all those before `upTo`, however many. */
  async open(slot: bigint, upTo = 0n): Promise<void> {
    assert(this.#batch === undefined && !this.isReExecuting, 'a batch can be opened');
    const first = this.#next.priorityIndex;
    const limit = Math.max(this.#options.operationsPerBatchMax, Number(upTo - first));
    const operations = this.#deps.operationsFrom(first, limit);
    const policyRoot = policyAfter(operations) ?? this.policyRoot;
    await this.#openWith(slot, policyRoot, operations, this.#loose.splice(0));
  }

  async #openWith(
    slot: bigint,
    policyRoot: bigint,
    operations: readonly PriorityOperation[],
    denials: readonly SignedDenial[],
  ): Promise<void> {
    this.#requireLists(policyRoot, operations);
    const batch = this.#begin(slot, policyRoot, denials);
    const block = this.#firstBlock(batch, operations);
    if (batch.messages.length > MESSAGES_MAX) throw chainHalted('HALT_TOO_MANY_MESSAGES', `${batch.messages.length}`);
    await this.#write([{ kind: 'batch-opened', batch: batch.number, slot, policyRoot }, blockEntry(block)]);
    this.#deps.events.onBlock(block);
  }

  /** Builds one block when something is ready; resolves when it is durable. False when there was nothing to do. */
  async buildBlock(): Promise<boolean> {
    const batch = this.#batch;
    if (batch === undefined || this.#building || this.isReExecuting) return false;
    this.#building = true;
    try {
      const denials = this.#expireGaps(batch);
      const block = this.#fillBlock(batch, denials);
      if (block === undefined && denials.length === 0) return false;
      const entries: LogEntry[] = denials.map((denial) => ({ kind: 'denial', denial }));
      if (block !== undefined) entries.push(blockEntry(block));
      await this.#write(entries);
      this.#tell(denials, block);
      return block !== undefined;
    } finally {
      this.#building = false;
    }
  }

  /** Ends the open batch. The next one can be opened at once: it does not wait for roots. */
  async close(): Promise<void> {
    const batch = this.#batch;
    assert(batch !== undefined && !this.#building, 'a batch can be closed');
    // Before the write: a denial signed from here on stands behind this entry in the log, so it belongs to the next batch.
    this.#leave(batch);
    await this.#write([{ kind: 'batch-closed', batch: batch.number }]);
    this.#deps.events.onBatch(batch, this.#resumePoint());
  }

  /**
   * Takes back the batches from `entry.from` on, durably; `start` is where the first of them began, `batches` what they were and
   * `transactions` all that stood in them. What they wrote is gone from `state` then, but for what the tree holds: that is the caller's, before
   * `reExecute`. Denials stay.
   */
  async withdraw(
    entry: WithdrawnEntry,
    start: BatchStart,
    batches: readonly WithdrawnBatch[],
    transactions: Iterable<SignedTransaction>,
  ): Promise<void> {
    assert(!this.#building && !this.isReExecuting, 'batches can be withdrawn');
    assert(start.number === entry.from, 'the first batch begins where it began');
    const again = new ReExecution(entry, batches);
    // From here on no denial is signed that would stand in the log behind the withdrawal and belong to a batch before it.
    this.#withdrawing = true;
    try {
      await this.#write([entry]);
      this.#takeBack(entry, start, again);
      for (const transaction of transactions) {
        this.#enqueue(transaction, bytesToBigInt(transaction.hash), entry.at);
        this.#logged.follow({ kind: 'accepted', raw: transaction.raw, acceptedAt: entry.at });
      }
    } finally {
      this.#withdrawing = false;
    }
  }

  #takeBack({ from }: WithdrawnEntry, start: BatchStart, again: ReExecution): void {
    this.#batch = undefined;
    this.#closedDenials = [];
    this.#executor = undefined;
    this.#next = start;
    this.state.withdraw(from);
    this.#backlog.withdraw(from);
    this.#again = again;
  }

  /** One step of executing again what was withdrawn; false when nothing is left. */
  async reExecute(): Promise<boolean> {
    const again = this.#again;
    const planned = again?.batch;
    if (again === undefined || planned === undefined) {
      this.#again = undefined;
      return false;
    }
    if (this.#batch === undefined) {
      const operations = again.operationsFrom(this.#next.priorityIndex);
      const policyRoot = policyAfter(operations) ?? this.policyRoot;
      await this.#openWith(planned.slot, policyRoot, operations, planned.denials);
      return true;
    }
    assert(this.#batch.number === planned.number, 'the withdrawn batch is open');
    const block = planned.blocks.find(({ transactions }) => transactions.some((hash) => this.#lanes.byHash(hash)));
    if (block !== undefined) await this.#reExecuteBlock(this.#batch, block);
    else if (planned.isClosed) await this.close();
    else again.finish(planned.number);
    return true;
  }

  /** Each transaction gets its receipt again, or a denial at once: nothing is left waiting that had a receipt. */
  async #reExecuteBlock(batch: OpenBatch, { timestamp, transactions }: WithdrawnBlock): Promise<void> {
    batch.openBlock(timestamp);
    const context = this.#context(batch.nextBlockNumber, timestamp);
    const denials: SignedDenial[] = [];
    for (const hash of transactions) {
      const pending = this.#lanes.byHash(hash);
      if (pending === undefined || this.#include(batch, context, pending, denials)) continue;
      denials.push(this.#deny(pending, 'revoked', 'sequencer.withdrawn', 'it does not fit or does not pay any more'));
    }
    const block = batch.closeOrDropBlock();
    const entries: LogEntry[] = denials.map((denial) => ({ kind: 'denial', denial }));
    await this.#write(block === undefined ? entries : [...entries, blockEntry(block)]);
    this.#tell(denials, block);
  }

  /** What is durable is told, and from here on it is found there. */
  #tell(denials: readonly SignedDenial[], block: Block | undefined): void {
    for (const denial of denials) this.#deps.events.onDenial(denial, true);
    if (block !== undefined) this.#deps.events.onBlock(block);
    this.#ending.clear();
  }

  /** Accepts nothing more. */
  stop(): void {
    this.#stopping = true;
  }

  /**
   * Applies one entry of the block log at start-up; blocks must come out with the hashes recorded. What a later entry takes back is void: it
   * is noted, not executed.
   */
  replay(entry: LogEntry, isVoid = false): void {
    if (!isVoid) this.#logged.follow(entry);
    try {
      if (isVoid) this.#passOver(entry);
      else this.#replayEntry(entry);
    } catch (cause) {
      const impossible = cause instanceof InvariantError || (isPrivityError(cause) && cause.code.startsWith('TX_'));
      if (!impossible) throw cause;
      throw chainHalted('HALT_REPLAY_MISMATCH', `${entry.kind}: ${(cause as Error).message}`, { cause });
    }
  }

  #replayEntry(entry: LogEntry): void {
    switch (entry.kind) {
      case 'accepted': {
        const transaction = decodeTransaction(entry.raw, this.#options.chainId);
        this.#enqueue(transaction, bytesToBigInt(transaction.hash), entry.acceptedAt);
        return;
      }
      case 'batch-opened':
        this.#begin(entry.slot, entry.policyRoot, this.#denialsOfNext(entry.batch));
        return;
      case 'block':
        this.#replayBlock(entry);
        return;
      case 'denial': {
        const accepted = this.#lanes.byHash(entry.denial.transactionHash);
        if (accepted !== undefined) {
          this.#drop(accepted);
          this.#denied.add(accepted.hash);
        }
        this.#keep(entry.denial);
        this.#deps.events.onDenial(entry.denial, accepted !== undefined);
        return;
      }
      case 'batch-closed':
        assert(this.#batch?.number === entry.batch, 'the log closes the open batch');
        this.#deps.events.onBatch(this.#leave(this.#batch), this.#resumePoint());
        return;
      case 'sealed':
        return;
      case 'withdrawn':
        // A later withdrawal may reach further back: then batches before `from` were passed over too.
        assert(this.#batch === undefined && this.#next.number <= entry.from, 'what is withdrawn was passed over');
        this.#again = new ReExecution(entry, this.#void.take(entry.from));
        return;
    }
  }

  /** Accepted transactions of a void batch go on waiting. */
  #passOver(entry: LogEntry): void {
    switch (entry.kind) {
      case 'batch-opened':
        assert(this.#batch === undefined && this.#void.openNumber === undefined, 'no batch is open');
        assert(entry.batch === (this.#void.last ?? this.#next.number - 1n) + 1n, 'batches follow one another');
        this.#void.open(entry, [...this.#denialsOfNext(entry.batch)]);
        return;
      case 'block':
        this.#void.addBlock(entry);
        return;
      case 'batch-closed':
        assert(this.#void.openNumber === entry.batch, 'the log closes the open batch');
        this.#void.close();
        if (this.#again?.batch?.number === entry.batch) this.#again.finish(entry.batch);
        return;
      case 'sealed':
        return;
      default:
        assert(false, 'this entry is never void');
    }
  }

  /** Denials that the batch to be opened begins with: those it had before it was withdrawn, or those signed since the last one. */
  #denialsOfNext(batch: bigint): readonly SignedDenial[] {
    const planned = this.#again?.batch;
    return planned?.number === batch ? planned.denials : this.#loose.splice(0);
  }

  async #accept(transaction: SignedTransaction, hash: bigint): Promise<void> {
    // The look-ups before gave up the turn.
    if (this.isReExecuting) throw sequencerError('SUBMIT_UNWINDING');
    const { sender, nonce } = transaction;
    const replaces = this.#lanes.at(sender, nonce);
    if (replaces !== undefined && (this.#replacing.has(replaces.hash) || this.#arriving.has(replaces.hash)))
      throw sequencerError('SUBMIT_UNDERPRICED', 'another transaction of this nonce is being written');
    const account = this.state.get(accountKey(sender));
    try {
      admit({
        transaction,
        state: this.state,
        block: this.currentBlock(),
        lanes: this.#lanes,
        executor: this.#executorNow(),
        limits: this.#options,
        backlogGates: this.#backlog.gates,
        gates: this.#deps.gatesOf(transaction),
        denialsExceeded: this.#denialsExceeded(sender),
        nonce: account.hi,
        balance: account.lo,
        replaces,
      });
    } catch (error) {
      if (isDenied(error)) await this.#recordRefusal(transaction, hash, (error as Error).message);
      throw error;
    }
    const acceptedAt = this.#deps.clock.now();
    if (replaces === undefined) await this.#take(transaction, hash, acceptedAt);
    else await this.#replace(replaces, transaction, hash, acceptedAt);
  }

  /** It waits from now on, which later nonces and the limits count on; no block takes it before it is durable. */
  async #take(transaction: SignedTransaction, hash: bigint, acceptedAt: number): Promise<void> {
    this.#enqueue(transaction, hash, acceptedAt);
    try {
      await this.#arrive(hash, [{ kind: 'accepted', raw: transaction.raw, acceptedAt }]);
    } catch (error) {
      this.#drop(this.#lanes.byHash(hash)!);
      throw error;
    }
  }

  /** One group of the log: the old one's denial and the new one's acceptance are durable together or not at all. */
  async #replace(old: Pending, transaction: SignedTransaction, hash: bigint, acceptedAt: number): Promise<void> {
    const denial = this.#sign(old.transaction, old.hash, 'replaced', 'sequencer.replaced', 'the sender replaced it');
    this.#replacing.add(old.hash);
    try {
      await this.#arrive(hash, [
        { kind: 'denial', denial },
        { kind: 'accepted', raw: transaction.raw, acceptedAt },
      ]);
    } catch (error) {
      this.#discard(denial);
      throw error;
    } finally {
      this.#replacing.delete(old.hash);
    }
    this.#drop(old);
    this.#denied.add(old.hash);
    this.#enqueue(transaction, hash, acceptedAt);
    this.#deps.events.onDenial(denial, true);
  }

  /** Writes what makes a transaction accepted; throws SUBMIT_NOT_DURABLE, also to those who submitted the same bytes meanwhile. */
  async #arrive(hash: bigint, entries: readonly LogEntry[]): Promise<void> {
    const durable = this.#write(entries).catch((cause: unknown) => {
      throw sequencerError('SUBMIT_NOT_DURABLE', 'block log', { cause });
    });
    this.#arriving.set(hash, durable);
    try {
      await durable;
      this.#accepted += 1;
    } finally {
      this.#arriving.delete(hash);
    }
    this.arrivals.ring();
  }

  #enqueue(transaction: SignedTransaction, hash: bigint, acceptedAt: number): void {
    this.#lanes.add({ transaction, hash, acceptedAt, sequence: this.#sequence++ });
    this.#backlog.accept(this.#deps.gatesOf(transaction));
  }

  /** It leaves its lane without being included. */
  #drop(pending: Pending): void {
    this.#lanes.remove(pending);
    this.#backlog.release(this.#deps.gatesOf(pending.transaction));
  }

  #begin(slot: bigint, policyRoot: bigint, denials: readonly SignedDenial[]): OpenBatch {
    const executor = this.#deps.executorOf(policyRoot);
    if (executor === undefined) throw chainHalted('HALT_UNKNOWN_POLICY', `root 0x${policyRoot.toString(16)}`);
    const batch = new OpenBatch(this.#next, { slot, policyRoot }, this.#deps.salts);
    batch.denials.push(...denials);
    this.state.openBatch(batch.number);
    this.#batch = batch;
    this.#executor = executor;
    return batch;
  }

  /** Before anything of a batch is written: what cannot be judged must not be begun. */
  #requireLists(policyRoot: bigint, operations: readonly PriorityOperation[]): void {
    const rootOf = (list: bigint) => listRootAfter(operations, list) ?? fromWord(this.state.get(listRootKey(list)));
    const list = this.#deps.findUnknownList(policyRoot, rootOf);
    if (list !== undefined) throw chainHalted('HALT_UNKNOWN_LIST', `list ${list}, root 0x${rootOf(list).toString(16)}`);
  }

  #firstBlock(batch: OpenBatch, operations: readonly PriorityOperation[], timestamp = batch.slotStart): Block {
    batch.openBlock(timestamp);
    const context = this.#context(batch.nextBlockNumber, timestamp);
    for (const operation of operations) {
      const result = this.#executor!.executeOperation(batch.noting(this.state), context, operation);
      batch.appendOperation(operation, result, this.state);
      this.state.apply(result.changes);
    }
    return batch.closeBlock();
  }

  #fillBlock(batch: OpenBatch, denials: SignedDenial[]): Block | undefined {
    const timestamp = this.currentBlock().timestamp;
    if (timestamp >= batch.slotStart + batch.start.context.batchIntervalSeconds) return undefined;
    const nonceOf = (sender: bigint) => this.state.get(accountKey(sender)).hi;
    let ready = this.#ready(nonceOf);
    if (ready.length === 0) return undefined;
    batch.openBlock(timestamp);
    const context = this.#context(batch.nextBlockNumber, timestamp);
    let count = 0;
    const skipped = new Set<bigint>();
    while (ready.length > 0 && count < this.#options.blockTransactionsMax) {
      for (const pending of ready) {
        if (count >= this.#options.blockTransactionsMax || batch.frontier.count >= this.#options.batchTransactionsMax)
          break;
        const taken = this.#include(batch, context, pending, denials);
        if (taken) count += 1;
        else skipped.add(pending.transaction.sender);
      }
      if (batch.frontier.count >= this.#options.batchTransactionsMax) break;
      ready = this.#ready(nonceOf).filter(({ transaction }) => !skipped.has(transaction.sender));
    }
    return batch.closeOrDropBlock();
  }

  /** True when the transaction left its lane. */
  #include(batch: OpenBatch, context: BlockContext, pending: Pending, denials: SignedDenial[]): boolean {
    const { transaction } = pending;
    if (batch.blockGas + transaction.gasLimit > context.gasLimit) return false;
    const outcome = this.#executor!.executeTransaction(batch.noting(this.state), context, transaction);
    if (outcome.kind !== 'executed') {
      if (outcome.kind === 'invalid' && outcome.code === 'TX_FEE_TOO_LOW') return false;
      denials.push(this.#deny(pending, ...denialOf(outcome)));
      return true;
    }
    const overflow = findCapacityOverflow(transaction);
    if (overflow !== undefined) {
      denials.push(this.#deny(pending, 'capacity', 'sequencer.capacity', describeOverflow(overflow)));
      return true;
    }
    if (batch.messages.length + outcome.result.messages.length > MESSAGES_MAX) return false;
    batch.appendTransaction(transaction, outcome.result, this.state);
    this.state.apply(outcome.result.changes);
    this.#ending.set(pending.hash, transaction);
    this.#lanes.remove(pending);
    this.#backlog.include(batch.number, this.#deps.gatesOf(transaction));
    return true;
  }

  #replayBlock(entry: Extract<LogEntry, { kind: 'block' }>): void {
    const batch = this.#batch;
    assert(batch !== undefined, 'a block belongs to a batch');
    let block: Block;
    if (batch.blockCount === 0) {
      this.#requireLists(batch.policyRoot, entry.operations);
      block = this.#firstBlock(batch, entry.operations, entry.timestamp);
    } else {
      batch.openBlock(entry.timestamp);
      const context = this.#context(entry.number, entry.timestamp);
      for (const hash of entry.transactions) {
        const pending = this.#lanes.byHash(hash);
        if (pending === undefined)
          throw chainHalted('HALT_REPLAY_MISMATCH', 'a block names a transaction that was never accepted');
        const denials: SignedDenial[] = [];
        if (!this.#include(batch, context, pending, denials) || denials.length > 0) {
          throw chainHalted('HALT_REPLAY_MISMATCH', `transaction refused in replay of block ${entry.number}`);
        }
      }
      block = batch.closeBlock();
    }
    if (block.hash !== entry.hash || block.number !== entry.number) {
      throw chainHalted('HALT_REPLAY_MISMATCH', `block ${entry.number}`);
    }
    this.#tell([], block);
  }

  #leave(batch: OpenBatch): OpenBatch {
    this.#next = startAfter(
      batch,
      contextOfState((key) => this.state.get(key)),
    );
    this.#batch = undefined;
    this.#closedDenials = batch.denials;
    if (this.#again?.batch?.number === batch.number) this.#again.finish(batch.number);
    return batch;
  }

  #ready(nonceOf: (sender: bigint) => bigint): Pending[] {
    return this.#lanes.ready(nonceOf).filter(({ hash }) => !this.#isBeingWritten(hash));
  }

  #isBeingWritten(hash: bigint): boolean {
    return this.#arriving.has(hash) || this.#replacing.has(hash);
  }

  /** Ends transactions that waited too long, for a missing nonce or a lower base fee, and those whose nonce was used. */
  #expireGaps(batch: OpenBatch): SignedDenial[] {
    assert(this.#batch === batch, 'the open batch');
    const now = this.#deps.clock.now();
    if (now - this.#gapsCheckedAt < gapCheckIntervalMs) return [];
    this.#gapsCheckedAt = now;
    const before = now - this.#options.nonceGapMs;
    const ended: SignedDenial[] = [];
    for (const pending of [...this.#lanes.all()]) {
      // They are written together, and the log takes no more at once. The others come with the next look.
      if (ended.length >= this.#options.blockTransactionsMax) break;
      if (this.#isBeingWritten(pending.hash)) continue;
      const { sender, nonce, maxFeePerGas } = pending.transaction;
      const next = this.state.get(accountKey(sender)).hi;
      if (nonce < next)
        ended.push(this.#deny(pending, 'invalid', 'sequencer.nonce-used', 'its nonce was used by another transaction'));
      else if (pending.acceptedAt < before && this.#lanes.nextNonce(sender, next) < nonce) {
        ended.push(this.#deny(pending, 'expired', 'sequencer.nonce-gap', 'an earlier nonce never came'));
      } else if (pending.acceptedAt < before && nonce === next && maxFeePerGas < batch.start.context.baseFee) {
        ended.push(this.#deny(pending, 'expired', 'sequencer.fee-too-low', 'the base fee stayed above what it offers'));
      }
    }
    return ended;
  }

  #deny(pending: Pending, code: DenialCode, ruleId: string, reason: string): SignedDenial {
    this.#ending.set(pending.hash, pending.transaction);
    this.#drop(pending);
    this.#denied.add(pending.hash);
    return this.#sign(pending.transaction, pending.hash, code, ruleId, reason);
  }

  #keep(denial: SignedDenial): void {
    (this.#batch?.denials ?? this.#void.denials ?? this.#loose).push(denial);
  }

  /** Takes back a denial that could not be written: a batch's denials are those in the log. */
  #discard(denial: SignedDenial): void {
    const kept = [this.#loose, this.#batch?.denials ?? [], this.#closedDenials, ...(this.#again?.denials ?? [])];
    for (const denials of kept) {
      const at = denials.indexOf(denial);
      if (at >= 0) denials.splice(at, 1);
    }
  }

  #sign(transaction: SignedTransaction, hash: bigint, code: DenialCode, ruleId: string, reason: string): SignedDenial {
    const withdrawn = this.#again?.receiptOf(hash);
    const denial = this.#deps.signer.sign({
      chainId: this.#options.chainId,
      transactionHash: hash,
      sender: transaction.sender,
      nonce: transaction.nonce,
      code: withdrawn === undefined ? code : 'revoked',
      batch: this.#batch?.number ?? this.#next.number,
      timestamp: this.#again?.timestamp ?? BigInt(Math.floor(this.#deps.clock.now() / 1000)),
      ruleId,
      reason,
      salt: this.#deps.salts.denial(hash),
      ...(withdrawn === undefined ? {} : { withdrawn }),
    });
    this.#keep(denial);
    // What was accepted and had its receipt is no attempt of its sender.
    if (withdrawn !== undefined) return denial;
    const times = this.#denialTimes.get(transaction.sender) ?? [];
    times.push(this.#deps.clock.now());
    this.#denialTimes.set(transaction.sender, times);
    return denial;
  }

  async #recordRefusal(transaction: SignedTransaction, hash: bigint, reason: string): Promise<void> {
    const denial = this.#sign(transaction, hash, 'policy', 'admission', reason);
    try {
      await this.#write([{ kind: 'denial', denial }]);
    } catch (cause) {
      this.#discard(denial);
      throw sequencerError('SUBMIT_NOT_DURABLE', 'block log', { cause });
    }
    this.#deps.events.onDenial(denial, false);
  }

  #denialsExceeded(sender: bigint): boolean {
    const since = this.#deps.clock.now() - 60_000;
    const recent = (this.#denialTimes.get(sender) ?? []).filter((time) => time > since);
    if (recent.length === 0) this.#denialTimes.delete(sender);
    else this.#denialTimes.set(sender, recent);
    return recent.length >= this.#options.denialsPerMinuteMax;
  }

  #executorNow(): Executor {
    const executor = this.#executor ?? this.#deps.executorOf(this.policyRoot);
    if (executor === undefined) throw chainHalted('HALT_UNKNOWN_POLICY');
    return executor;
  }

  #context(number: bigint, timestamp: bigint): BlockContext {
    const start = this.#batch?.start ?? this.#next;
    const ring = this.#batch?.ring ?? start.ring;
    return {
      ...start.context,
      chainId: this.#options.chainId,
      number,
      timestamp,
      blockHash: (n) => (n < number && n + BigInt(BLOCK_RING_SIZE) >= number ? ring.hashAt(n) : 0n),
    };
  }

  async #write(entries: readonly LogEntry[]): Promise<void> {
    await this.#deps.log.append(entries.map(encodeEntry));
    for (const entry of entries) this.#logged.follow(entry);
  }

  /**
   * For the batch that was left last, whose end is in the log and after which none has been opened. None while batches wait to be executed
   * again: which they are stands in the log before.
   */
  #resumePoint(): ResumePoint | undefined {
    if (this.#again?.batch !== undefined) return undefined;
    return { start: this.#next, ...this.#logged.atClose, backlog: this.#backlog.batches };
  }
}

/** Looking through every waiting transaction costs a state read each, so it is not done for every block. */
const gapCheckIntervalMs = 1000;

const blockEntry = (block: Block): LogEntry => ({
  kind: 'block',
  number: block.number,
  timestamp: block.timestamp,
  operations: block.items.flatMap((item) => (item.kind === 'operation' ? [item.operation] : [])),
  transactions: block.items.flatMap((item) =>
    item.kind === 'transaction' ? [bytesToBigInt(item.transaction.hash)] : [],
  ),
  hash: block.hash,
});

/** The root that the last policy-root operation of a batch puts in force. */
function policyAfter(operations: readonly PriorityOperation[]): bigint | undefined {
  return operations.findLast(({ kind }) => kind === PRIORITY_KIND.SET_POLICY_ROOT)?.a;
}

function listRootAfter(operations: readonly PriorityOperation[], list: bigint): bigint | undefined {
  return operations.findLast(({ kind, a }) => kind === PRIORITY_KIND.SET_LIST_ROOT && a === list)?.b;
}

function denialOf(outcome: Exclude<TransactionOutcome, { kind: 'executed' }>): [DenialCode, string, string] {
  switch (outcome.kind) {
    case 'denied':
      return ['policy', outcome.ruleId, outcome.reason];
    case 'unprovable':
      return ['capacity', outcome.code, outcome.reason];
    case 'invalid':
      return ['invalid', outcome.code, outcome.reason];
  }
}
