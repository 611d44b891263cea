/**
 * Where the chain stands: the open batch, or where the next one begins, and who executes. Batches begin and end here alone; what is in them is
 * the builder's.
 */

import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import { contextOfState } from '../chain/block-context.ts';
import { BLOCK_RING_SIZE } from '../chain/block-hash.ts';
import { SYSTEM_NAME } from '../chain/constants.ts';
import { systemKey } from '../chain/keys.ts';
import type { Salts } from '../chain/salts.ts';
import { wordToFr } from '../chain/word.ts';
import type { BlockContext } from '../execution/port.ts';
import { chainHalted } from './errors.ts';
import type { LayeredState } from './layered-state.ts';
import { type BatchStart, OpenBatch, startAfter } from './open-batch.ts';
import type { Executor, ExecutorOf } from './port.ts';

export interface ChainHeadDeps {
  readonly state: LayeredState;
  readonly executorOf: ExecutorOf;
  readonly salts: Salts;
  readonly clock: Clock;
}

export class ChainHead {
  readonly #chainId: bigint;
  readonly #deps: ChainHeadDeps;
  #next: BatchStart;
  #batch: OpenBatch | undefined;
  #executor: Executor | undefined;

  constructor(chainId: bigint, deps: ChainHeadDeps, start: BatchStart) {
    this.#chainId = chainId;
    this.#deps = deps;
    this.#next = start;
  }

  get openBatch(): OpenBatch | undefined {
    return this.#batch;
  }

  /** Where the batch that is open began, or the next one will. */
  get start(): BatchStart {
    return this.#batch?.start ?? this.#next;
  }

  /** Number of the last block. */
  get blockNumber(): bigint {
    return this.#batch?.lastBlock ?? this.#next.blockNumber;
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

  /** Policy root under which a transaction sent now is judged. */
  get policyRoot(): bigint {
    return this.#batch?.policyRoot ?? wordToFr(this.#deps.state.get(systemKey(SYSTEM_NAME.POLICY)));
  }

  /** That of the batch begun last, and of the policy in force where none was begun yet. */
  get executor(): Executor {
    return this.#executor ?? this.#executorOf(this.policyRoot);
  }

  /** The context in which a transaction sent now is judged. */
  currentBlock(): BlockContext {
    const batch = this.#batch;
    const now = BigInt(Math.floor(this.#deps.clock.now() / 1000));
    const last = batch?.lastTimestamp ?? this.#next.timestamp;
    return this.context(batch?.nextBlockNumber ?? this.#next.blockNumber + 1n, now > last ? now : last);
  }

  context(number: bigint, timestamp: bigint): BlockContext {
    const ring = this.#batch?.ring ?? this.#next.ring;
    return {
      ...this.start.context,
      chainId: this.#chainId,
      number,
      timestamp,
      blockHash: (n) => (n < number && n + BigInt(BLOCK_RING_SIZE) >= number ? ring.hashAt(n) : 0n),
    };
  }

  begin(slot: bigint, policyRoot: bigint): OpenBatch {
    const { state, salts } = this.#deps;
    const executor = this.#executorOf(policyRoot);
    const batch = new OpenBatch(this.#next, { slot, policyRoot }, salts);
    state.openBatch(batch.number);
    this.#batch = batch;
    this.#executor = executor;
    return batch;
  }

  leave(): OpenBatch {
    const batch = this.#batch;
    assert(batch !== undefined, 'a batch is open');
    this.#next = startAfter(
      batch,
      contextOfState((key) => this.#deps.state.get(key)),
    );
    this.#batch = undefined;
    return batch;
  }

  /** The batch that begins at `start` and all behind it are no more. */
  takeBack(start: BatchStart): void {
    this.#batch = undefined;
    this.#executor = undefined;
    this.#next = start;
    this.#deps.state.withdraw(start.number);
  }

  #executorOf(policyRoot: bigint): Executor {
    const executor = this.#deps.executorOf(policyRoot);
    if (executor === undefined) throw chainHalted('HALT_UNKNOWN_POLICY', `root 0x${policyRoot.toString(16)}`);
    return executor;
  }
}
