import { assert } from '../base/assert.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import { type Block, type BlockItem, itemHash } from '../chain/block.ts';
import type { BatchContext } from '../chain/block-context.ts';
import { type BlockRing, hashBlock } from '../chain/block-hash.ts';
import type { BridgeDomain } from '../chain/bridge-domain.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { appendToFrontier, EMPTY_FRONTIER, type Frontier, frontierRoot, hashFrontier } from '../chain/frontier.ts';
import { hashMessage, type Message, rollMessage } from '../chain/message.ts';
import { type PriorityOperation, rollPriority } from '../chain/priority-operation.ts';
import { recordLeaf } from '../chain/record-leaf.ts';
import type { Salts } from '../chain/salts.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import { fromWord, isZeroWord, type Word } from '../chain/word.ts';
import type { ExecutionResult, LeafChange, StateReader } from '../execution/port.ts';

/** What the previous batch (or genesis) left, as far as it is known before any root is computed. */
export interface BatchStart {
  readonly domain: BridgeDomain;
  readonly number: bigint;
  /** Number and timestamp of the last block. */
  readonly blockNumber: bigint;
  readonly timestamp: bigint;
  readonly ring: BlockRing;
  /** Hash of the last block. */
  readonly parentHash: bigint;
  readonly context: BatchContext;
  readonly priorityRoll: bigint;
  readonly priorityIndex: bigint;
  /** Slot of the previous batch; slots strictly increase. */
  readonly lastSlot: bigint;
}

interface OpenBlock {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly items: BlockItem[];
  cumulativeGas: bigint;
  logIndex: number;
}

/**
 * The batch being built: rolls, counts, frontier and ring as docs/PROTOCOL.md 3 defines them, and the leaves changed so far in the order in
 * which new ones take indices. It executes nothing and decides nothing.
 */
export class OpenBatch {
  readonly start: BatchStart;
  readonly slot: bigint;
  readonly policyRoot: bigint;
  readonly denials: SignedDenial[] = [];
  /** Blocks so far; they themselves live in the index, for a batch may hold more than fits in memory. */
  blockCount = 0;
  lastTimestamp: bigint;
  /** Tree keys that the batch's transactions read or wrote: what a witness must open. */
  readonly touched = new Set<bigint>();
  readonly messages: Message[] = [];
  readonly operations: PriorityOperation[] = [];
  /** Changed leaves in index order: old ones as they came, new ones when first non-zero. */
  readonly dirty = new Map<bigint, Word>();
  frontier: Frontier = EMPTY_FRONTIER;
  messagesRoll = 0n;
  priorityRoll: bigint;
  priorityIndex: bigint;
  ring: BlockRing;
  parentHash: bigint;
  #block: OpenBlock | undefined;
  readonly #salts: Salts;

  constructor(start: BatchStart, options: { slot: bigint; policyRoot: bigint }, salts: Salts) {
    assert(options.slot > start.lastSlot, 'slots strictly increase');
    assert(options.policyRoot !== 0n, 'a batch is judged under a policy root');
    this.start = start;
    this.slot = options.slot;
    this.policyRoot = options.policyRoot;
    this.priorityRoll = start.priorityRoll;
    this.priorityIndex = start.priorityIndex;
    this.ring = start.ring;
    this.parentHash = start.parentHash;
    this.lastTimestamp = start.timestamp;
    this.#salts = salts;
  }

  get number(): bigint {
    return this.start.number;
  }

  get slotStart(): bigint {
    return this.slot * this.start.context.batchIntervalSeconds;
  }

  get nextBlockNumber(): bigint {
    return this.start.blockNumber + BigInt(this.blockCount) + 1n;
  }

  get firstBlock(): bigint {
    return this.start.blockNumber + 1n;
  }

  get lastBlock(): bigint {
    return this.start.blockNumber + BigInt(this.blockCount);
  }

  /** `state` as the batch's transactions see it: what they look at is noted in `touched`. */
  noting(state: StateReader): StateReader {
    return {
      get: (key) => {
        this.touched.add(key);
        return state.get(key);
      },
    };
  }

  openBlock(timestamp: bigint): void {
    assert(this.#block === undefined, 'a block is open');
    assert(timestamp >= this.lastTimestamp, 'timestamps do not decrease');
    assert(this.blockCount > 0 || timestamp === this.slotStart, "a batch's first block stands at its slot's start");
    this.#block = { number: this.nextBlockNumber, timestamp, items: [], cumulativeGas: 0n, logIndex: 0 };
  }

  appendOperation(operation: PriorityOperation, result: ExecutionResult, state: StateReader): void {
    assert(this.blockCount === 0, 'operations stand in the first block');
    assert(operation.index === this.priorityIndex, 'operations come in order');
    this.priorityRoll = rollPriority(this.priorityRoll, this.start.domain, operation);
    this.priorityIndex += 1n;
    this.operations.push(operation);
    const roll = this.priorityRoll;
    const salt = this.#salts.record(roll);
    this.#append(result, state, (position) => ({ ...position, kind: 'operation', operation, roll, salt }));
  }

  appendTransaction(transaction: SignedTransaction, result: ExecutionResult, state: StateReader): void {
    const salt = this.#salts.record(bytesToBigInt(transaction.hash));
    this.#append(result, state, (position) => ({ ...position, kind: 'transaction', transaction, salt }));
  }

  /** Gas that the open block has used. */
  get blockGas(): bigint {
    return this.#block?.cumulativeGas ?? 0n;
  }

  closeBlock(): Block {
    const open = this.#block;
    assert(open !== undefined, 'no block is open');
    const txFrontier = hashFrontier(this.frontier);
    const hash = hashBlock({
      number: open.number,
      timestamp: open.timestamp,
      blockHashes: this.ring.root,
      txFrontier,
      txCount: BigInt(this.frontier.count),
      txIndex: BigInt(open.items.length),
      cumulativeGas: open.cumulativeGas,
      logIndex: BigInt(open.logIndex),
    });
    const { context } = this.start;
    const block: Block = {
      number: open.number,
      timestamp: open.timestamp,
      batch: this.number,
      hash,
      parentHash: this.parentHash,
      gasLimit: context.gasLimit,
      baseFee: context.baseFee,
      collector: context.collector,
      gasUsed: open.cumulativeGas,
      txFrontier,
      items: open.items,
    };
    this.ring = this.ring.with(open.number, hash);
    this.parentHash = hash;
    this.blockCount += 1;
    this.lastTimestamp = block.timestamp;
    this.#block = undefined;
    return block;
  }

  /** Ends the block, or forgets it when nothing came into it. */
  closeOrDropBlock(): Block | undefined {
    if (this.#block?.items.length !== 0) return this.closeBlock();
    this.#block = undefined;
    return undefined;
  }

  get txRoot(): bigint {
    return frontierRoot(this.frontier);
  }

  #append(
    result: ExecutionResult,
    state: StateReader,
    build: (position: Omit<BlockItem, 'kind' | 'salt'>) => BlockItem,
  ): void {
    const block = this.#block;
    assert(block !== undefined, 'no block is open');
    block.cumulativeGas += result.gasUsed;
    const item = build({
      index: block.items.length,
      record: this.frontier.count,
      cumulativeGas: block.cumulativeGas,
      firstLogIndex: block.logIndex,
      result: {
        status: result.status,
        gasUsed: result.gasUsed,
        effectiveGasPrice: result.effectiveGasPrice,
        logs: result.logs,
        ruleId: result.ruleId,
      },
    });
    this.frontier = appendToFrontier(this.frontier, recordLeaf(item));
    block.items.push(item);
    block.logIndex += result.logs.length;
    for (const outgoing of result.messages) {
      const message: Message = { ...outgoing, batch: this.number, index: this.messages.length };
      this.messages.push(message);
      this.messagesRoll = rollMessage(this.messagesRoll, hashMessage(this.start.domain, message));
    }
    this.#take(result.changes, state);
  }

  /** `state` is the state before these changes. */
  #take(changes: readonly LeafChange[], state: StateReader): void {
    for (const { key, before, after } of changes) {
      assert(fromWord(state.get(key)) === fromWord(before), 'a change starts from the current value');
      if (this.dirty.has(key) || !isZeroWord(before) || !isZeroWord(after)) this.dirty.set(key, after);
    }
  }
}

export const hashesOf = (block: Block): bigint[] => block.items.map(itemHash);

/** Start of the batch that follows; `nextContext` is read from the state after this one. */
export const startAfter = (batch: OpenBatch, nextContext: BatchContext): BatchStart => ({
  domain: batch.start.domain,
  number: batch.number + 1n,
  blockNumber: batch.lastBlock,
  timestamp: batch.lastTimestamp,
  ring: batch.ring,
  parentHash: batch.parentHash,
  context: nextContext,
  priorityRoll: batch.priorityRoll,
  priorityIndex: batch.priorityIndex,
  lastSlot: batch.slot,
});
