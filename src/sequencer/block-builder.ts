/** Puts operations and waiting transactions into the open batch's next block. What does not hold any more ends as a denial. Writes nothing. */

import type { Block } from '../chain/block.ts';
import { MESSAGES_MAX } from '../chain/constants.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { accountKey } from '../chain/keys.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import type { BlockContext, TransactionOutcome } from '../execution/port.ts';
import type { Arrivals } from './arrivals.ts';
import { describeOverflow, findCapacityOverflow } from './capacity.ts';
import type { ChainHead } from './chain-head.ts';
import type { DenialBook, DenialGround } from './denial-book.ts';
import type { Pending } from './lanes.ts';
import type { LayeredState } from './layered-state.ts';
import type { Mempool } from './mempool.ts';
import type { OpenBatch } from './open-batch.ts';

export interface BlockLimits {
  readonly blockTransactionsMax: number;
  readonly batchTransactionsMax: number;
}

export interface BlockBuilderDeps {
  readonly head: ChainHead;
  readonly state: LayeredState;
  readonly mempool: Mempool;
  readonly arrivals: Pick<Arrivals, 'isBeingWritten'>;
  readonly denials: DenialBook;
}

export class BlockBuilder {
  readonly #limits: BlockLimits;
  readonly #deps: BlockBuilderDeps;

  constructor(limits: BlockLimits, deps: BlockBuilderDeps) {
    this.#limits = limits;
    this.#deps = deps;
  }

  /** The block that opens a batch, which alone holds operations. */
  first(batch: OpenBatch, operations: readonly PriorityOperation[], timestamp = batch.slotStart): Block {
    const { head, state } = this.#deps;
    batch.openBlock(timestamp);
    const context = head.context(batch.nextBlockNumber, timestamp);
    for (const operation of operations) {
      const result = head.executor.executeOperation(batch.noting(state), context, operation);
      batch.appendOperation(operation, result, state);
      state.apply(result.changes);
    }
    return batch.closeBlock();
  }

  /** A block of what is ready; undefined when nothing came into it. */
  fill(batch: OpenBatch, denials: SignedDenial[]): Block | undefined {
    const { head } = this.#deps;
    const { blockTransactionsMax, batchTransactionsMax } = this.#limits;
    const timestamp = head.currentBlock().timestamp;
    if (timestamp >= batch.slotStart + batch.start.context.batchIntervalSeconds) return undefined;
    let ready = this.#ready();
    if (ready.length === 0) return undefined;
    batch.openBlock(timestamp);
    const context = head.context(batch.nextBlockNumber, timestamp);
    let count = 0;
    const skipped = new Set<bigint>();
    while (ready.length > 0 && count < blockTransactionsMax) {
      for (const pending of ready) {
        if (count >= blockTransactionsMax || batch.frontier.count >= batchTransactionsMax) break;
        const taken = this.include(batch, context, pending, denials);
        if (taken) count += 1;
        else skipped.add(pending.transaction.sender);
      }
      if (batch.frontier.count >= batchTransactionsMax) break;
      ready = this.#ready().filter(({ transaction }) => !skipped.has(transaction.sender));
    }
    return batch.closeOrDropBlock();
  }

  /** Takes the transaction into the open block, or denies it. True when it left its lane. */
  include(batch: OpenBatch, context: BlockContext, pending: Pending, denials: SignedDenial[]): boolean {
    const { head, state, mempool, denials: book } = this.#deps;
    const { transaction } = pending;
    if (batch.blockGas + transaction.gasLimit > context.gasLimit) return false;
    const outcome = head.executor.executeTransaction(batch.noting(state), context, transaction);
    if (outcome.kind !== 'executed') {
      if (outcome.kind === 'invalid' && outcome.code === 'TX_FEE_TOO_LOW') return false;
      denials.push(book.deny(pending, groundOf(outcome)));
      return true;
    }
    const overflow = findCapacityOverflow(transaction);
    if (overflow !== undefined) {
      const reason = describeOverflow(overflow);
      denials.push(book.deny(pending, { code: 'capacity', ruleId: 'sequencer.capacity', reason }));
      return true;
    }
    if (batch.messages.length + outcome.result.messages.length > MESSAGES_MAX) return false;
    batch.appendTransaction(transaction, outcome.result, state);
    state.apply(outcome.result.changes);
    mempool.include(batch.number, pending);
    return true;
  }

  #ready(): Pending[] {
    const { state, mempool, arrivals } = this.#deps;
    const nonceOf = (sender: bigint) => state.get(accountKey(sender)).hi;
    return mempool.lanes.ready(nonceOf).filter(({ hash }) => !arrivals.isBeingWritten(hash));
  }
}

function groundOf(outcome: Exclude<TransactionOutcome, { kind: 'executed' }>): DenialGround {
  const { reason } = outcome;
  switch (outcome.kind) {
    case 'denied':
      return { code: 'policy', ruleId: outcome.ruleId, reason };
    case 'unprovable':
      return { code: 'capacity', ruleId: outcome.code, reason };
    case 'invalid':
      return { code: 'invalid', ruleId: outcome.code, reason };
  }
}
