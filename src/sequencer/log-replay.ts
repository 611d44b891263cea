/**
 * Applies the block log at start-up through the very parts that wrote it: blocks must come out with the hashes recorded. What a later entry takes
 * back is void: it is noted, for that entry goes by it, and not executed.
 */

import { assert, InvariantError } from '../base/assert.ts';
import { isPrivityError } from '../base/errors.ts';
import type { Block } from '../chain/block.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import type { StateReader } from '../execution/port.ts';
import type { BatchLifecycle } from './batch-lifecycle.ts';
import type { BlockBuilder } from './block-builder.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialBook } from './denial-book.ts';
import { chainHalted } from './errors.ts';
import type { Journal } from './journal.ts';
import type { BlockEntry, LogEntry, WithdrawnEntry } from './log-entries.ts';
import type { Mempool } from './mempool.ts';
import type { OpenBatch } from './open-batch.ts';
import { OperationParts } from './operation-parts.ts';
import { requireLists } from './operations-in-force.ts';
import type { FindUnknownList, SequencerEvents } from './port.ts';
import type { Publisher } from './publisher.ts';
import { ReExecution } from './re-execution.ts';
import type { Unwinding } from './unwinding.ts';
import { VoidBatches } from './void-batches.ts';

export interface LogReplayDeps {
  readonly head: ChainHead;
  readonly state: StateReader;
  readonly mempool: Mempool;
  readonly denials: DenialBook;
  readonly journal: Journal;
  readonly builder: BlockBuilder;
  readonly publisher: Publisher;
  readonly batches: BatchLifecycle;
  readonly unwinding: Unwinding;
  readonly findUnknownList: FindUnknownList;
  readonly events: Pick<SequencerEvents, 'onDenial'>;
}

export class LogReplay {
  readonly #chainId: bigint;
  readonly #deps: LogReplayDeps;
  readonly #void = new VoidBatches();
  readonly #ofWithdrawal = new OperationParts<WithdrawnEntry>();
  readonly #ofBlock = new OperationParts<BlockEntry>();

  constructor(chainId: bigint, deps: LogReplayDeps) {
    this.#chainId = chainId;
    this.#deps = deps;
  }

  /** Throws HALT_REPLAY_MISMATCH when the entry cannot be what was written after those before it. */
  replay(entry: LogEntry, isVoid: boolean): void {
    if (!isVoid) this.#deps.journal.follow(entry);
    try {
      if (isVoid) this.#passOver(entry);
      else this.#apply(entry);
    } catch (cause) {
      const impossible = cause instanceof InvariantError || (isPrivityError(cause) && cause.code.startsWith('TX_'));
      if (!impossible) throw cause;
      throw chainHalted('HALT_REPLAY_MISMATCH', `${entry.kind}: ${(cause as Error).message}`, { cause });
    }
  }

  #apply(entry: LogEntry): void {
    const { head, mempool, batches, unwinding } = this.#deps;
    switch (entry.kind) {
      case 'accepted':
        mempool.add(decodeTransaction(entry.raw, this.#chainId), entry.acceptedAt);
        return;
      case 'batch-opened':
        batches.begin(entry.slot, entry.policyRoot, this.#denialsOfNext(entry.batch));
        return;
      case 'block':
        this.#applyBlock(this.#ofBlock.join(entry));
        return;
      case 'denial':
        this.#applyDenial(entry.denial);
        return;
      case 'batch-closed':
        assert(head.openBatch?.number === entry.batch, 'the log closes the open batch');
        batches.tell(batches.leave());
        return;
      case 'sealed':
        return;
      case 'withdrawn-operations':
        this.#ofWithdrawal.add(entry.operations);
        return;
      case 'block-operations':
        this.#ofBlock.add(entry.operations);
        return;
      case 'withdrawn':
        // A later withdrawal may reach further back: then batches before `from` were passed over too.
        assert(head.openBatch === undefined && head.start.number <= entry.from, 'what is withdrawn was passed over');
        unwinding.begin(new ReExecution(this.#ofWithdrawal.join(entry), this.#void.take(entry.from)));
        return;
    }
  }

  #applyBlock(entry: BlockEntry): void {
    const { head, builder, publisher } = this.#deps;
    const batch = head.openBatch;
    assert(batch !== undefined, 'a block belongs to a batch');
    let block: Block;
    if (batch.blockCount === 0) {
      requireLists(batch.policyRoot, entry.operations, this.#deps);
      block = builder.first(batch, entry.operations, entry.timestamp);
    } else block = this.#fillAsRecorded(batch, entry);
    if (block.hash !== entry.hash || block.number !== entry.number) {
      throw chainHalted('HALT_REPLAY_MISMATCH', `block ${entry.number}`);
    }
    publisher.tell(block);
  }

  #fillAsRecorded(batch: OpenBatch, { number, timestamp, transactions }: BlockEntry): Block {
    const { head, mempool, builder } = this.#deps;
    batch.openBlock(timestamp);
    const context = head.context(number, timestamp);
    for (const hash of transactions) {
      const pending = mempool.lanes.byHash(hash);
      if (pending === undefined) {
        throw chainHalted('HALT_REPLAY_MISMATCH', 'a block names a transaction that was never accepted');
      }
      const denials: SignedDenial[] = [];
      if (!builder.include(batch, context, pending, denials) || denials.length > 0) {
        throw chainHalted('HALT_REPLAY_MISMATCH', `transaction refused in replay of block ${number}`);
      }
    }
    return batch.closeBlock();
  }

  #applyDenial(denial: SignedDenial): void {
    const { mempool, denials, events } = this.#deps;
    const accepted = mempool.lanes.byHash(denial.transactionHash);
    if (accepted !== undefined) mempool.deny(accepted);
    if (this.#void.denials === undefined) denials.keep(denial);
    else this.#void.denials.push(denial);
    events.onDenial(denial, accepted !== undefined);
  }

  /** Accepted transactions of a void batch go on waiting. */
  #passOver(entry: LogEntry): void {
    const { head, unwinding } = this.#deps;
    switch (entry.kind) {
      case 'batch-opened':
        assert(head.openBatch === undefined && this.#void.openNumber === undefined, 'no batch is open');
        assert(entry.batch === (this.#void.last ?? head.start.number - 1n) + 1n, 'batches follow one another');
        this.#void.open(entry, [...this.#denialsOfNext(entry.batch)]);
        return;
      case 'block':
        this.#ofBlock.drop();
        this.#void.addBlock(entry);
        return;
      case 'batch-closed':
        assert(this.#void.openNumber === entry.batch, 'the log closes the open batch');
        this.#void.close();
        unwinding.leave(entry.batch);
        return;
      case 'sealed':
        return;
      default:
        assert(false, 'this entry is never void');
    }
  }

  /** Denials that the batch to be opened begins with: those it had before it was withdrawn, or those signed since the last one. */
  #denialsOfNext(batch: bigint): readonly SignedDenial[] {
    return this.#deps.unwinding.denialsOf(batch) ?? this.#deps.denials.takeLoose();
  }
}
