/**
 * The admission path: every check a submitted transaction passes before it is durable, in this order, one row a check. A row refuses by
 * throwing its coded error. Nothing before the policy row tells anything about other people's state; the checks run again, against the
 * state of the moment, when a block is built.
 */

import { isPrivityError, type PrivityError } from '../base/errors.ts';
import { accountKey } from '../chain/keys.ts';
import type { SignedTransaction } from '../chain/transaction.ts';
import { executionError } from '../execution/errors.ts';
import type { BlockContext, StateReader, TransactionOutcome } from '../execution/port.ts';
import { describeOverflow, findCapacityOverflow } from './capacity.ts';
import { sequencerError } from './errors.ts';
import { type Lanes, maxCost, type Pending } from './lanes.ts';
import type { Executor } from './port.ts';

export interface AdmissionLimits {
  readonly mempoolTransactionsMax: number;
  readonly mempoolPerSenderMax: number;
  readonly nonceAheadMax: number;
  readonly provingBacklogMaxGates: number;
  /** Percent by which both fees must rise to replace a waiting transaction. */
  readonly replacementFeePercent: number;
}

export interface AdmissionView {
  readonly transaction: SignedTransaction;
  readonly state: StateReader;
  readonly block: BlockContext;
  readonly lanes: Pick<Lanes, 'size' | 'laneSize' | 'reserved'>;
  readonly executor: Executor;
  readonly limits: AdmissionLimits;
  /** Gates accepted and not yet proven, and those this transaction adds. */
  readonly backlogGates: number;
  readonly gates: number;
  /** Sender's denials in the last minute are above the limit. */
  readonly denialsExceeded: boolean;
  /** Account fields of the sender in `state`. */
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly replaces: Pending | undefined;
}

export interface Check {
  readonly name: string;
  readonly run: (view: AdmissionView) => void;
}

const FEE_PERCENT = 100n;

export const ADMISSION: readonly Check[] = [
  {
    name: 'not too many denials of this sender',
    run: (v) => {
      if (v.denialsExceeded) throw sequencerError('SUBMIT_RATE');
    },
  },
  {
    name: 'room in the proving backlog',
    run: (v) => {
      if (v.backlogGates + v.gates > v.limits.provingBacklogMaxGates) throw sequencerError('SUBMIT_BUSY');
    },
  },
  {
    name: 'room in the mempool',
    run: (v) => {
      if (v.replaces === undefined && v.lanes.size >= v.limits.mempoolTransactionsMax)
        throw sequencerError('SUBMIT_MEMPOOL_FULL');
    },
  },
  {
    name: 'nonce not used',
    run: (v) => {
      if (v.transaction.nonce < v.nonce) throw executionError('TX_NONCE_TOO_LOW', `account is at ${v.nonce}`);
    },
  },
  {
    name: 'nonce not too far ahead',
    run: (v) => {
      if (v.transaction.nonce > v.nonce + BigInt(v.limits.nonceAheadMax)) throw executionError('TX_NONCE_TOO_HIGH');
    },
  },
  {
    name: 'room in the lane',
    run: (v) => {
      const full = v.lanes.laneSize(v.transaction.sender) >= v.limits.mempoolPerSenderMax;
      if (v.replaces === undefined && full) throw sequencerError('SUBMIT_LANE_FULL');
    },
  },
  {
    name: 'a replacement pays more',
    run: (v) => {
      if (v.replaces === undefined) return;
      const old = v.replaces.transaction;
      const factor = FEE_PERCENT + BigInt(v.limits.replacementFeePercent);
      const enough = (now: bigint, before: bigint) => now > before && now * FEE_PERCENT >= before * factor;
      const free = old.maxFeePerGas === 0n;
      if (!free && !enough(v.transaction.maxFeePerGas, old.maxFeePerGas)) throw sequencerError('SUBMIT_UNDERPRICED');
      if (free && v.transaction.maxFeePerGas === 0n) throw sequencerError('SUBMIT_UNDERPRICED');
    },
  },
  {
    name: 'balance covers everything that waits',
    run: (v) => {
      const waiting =
        v.lanes.reserved(v.transaction.sender) - (v.replaces === undefined ? 0n : maxCost(v.replaces.transaction));
      if (waiting + maxCost(v.transaction) > v.balance) throw executionError('TX_INSUFFICIENT_FUNDS');
    },
  },
  {
    name: 'provable, valid and allowed',
    run: (v) => {
      const refusal = refusalOf(v.executor.executeTransaction(ahead(v), v.block, v.transaction));
      if (refusal !== undefined) throw refusal;
    },
  },
  {
    name: 'fits the circuits',
    run: (v) => {
      const overflow = findCapacityOverflow(v.transaction);
      if (overflow !== undefined) throw sequencerError('SUBMIT_CAPACITY', describeOverflow(overflow));
    },
  },
];

/** The state as if the sender's earlier waiting transactions had only moved the nonce: their effects are judged when a block is built. */
function ahead(v: AdmissionView): StateReader {
  if (v.transaction.nonce === v.nonce) return v.state;
  const key = accountKey(v.transaction.sender);
  return { get: (k) => (k === key ? { hi: v.transaction.nonce, lo: v.balance } : v.state.get(k)) };
}

/** The error that an outcome other than `executed` means to the sender. */
export function refusalOf(outcome: TransactionOutcome): PrivityError | undefined {
  switch (outcome.kind) {
    case 'executed':
      return undefined;
    case 'invalid':
    case 'unprovable':
      return executionError(outcome.code, outcome.reason);
    case 'denied':
      return sequencerError('SUBMIT_DENIED', `${outcome.ruleId}: ${outcome.reason}`);
  }
}

/** Runs the table; throws the first refusal. */
export function admit(view: AdmissionView): void {
  for (const { run } of ADMISSION) run(view);
}

export const isDenied = (error: unknown): boolean => isPrivityError(error, 'SUBMIT_DENIED');
