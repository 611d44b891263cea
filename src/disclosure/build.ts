import { bytesToHex } from '../base/bytes.ts';
import type { BlockItem } from '../chain/block.ts';
import type { StoredBatch } from '../chain/stored-batch.ts';
import { type BalanceBundle, type TransactionBundle, toHex } from './bundle.ts';

export interface BundleTarget {
  readonly l1ChainId: bigint;
  readonly chainContract: bigint;
  readonly chainId: bigint;
  readonly batch: StoredBatch;
}

function commonFields({ l1ChainId, chainContract, chainId, batch }: BundleTarget) {
  return {
    version: 1 as const,
    l1ChainId: toHex(l1ChainId),
    chainContract: toHex(chainContract),
    chainId: toHex(chainId),
    batch: {
      batchNumber: toHex(batch.batchNumber),
      stateRoot: toHex(batch.stateRoot),
      recordsRoot: toHex(batch.recordsRoot),
      messagesRoll: toHex(batch.messagesRoll),
      priorityIndex: toHex(batch.priorityIndex),
      policyRoot: toHex(batch.policyRoot),
      slot: toHex(batch.slot),
      commitment: toHex(batch.commitment),
      sealed: toHex(batch.sealed),
    },
  };
}

/** `siblings` lead from the item's record to the batch's transaction root. */
export function buildTransactionBundle(
  target: BundleTarget,
  item: Extract<BlockItem, { kind: 'transaction' }>,
  siblings: readonly bigint[],
  records: { auditRoot: bigint; denialRoot: bigint; dataHash: bigint; batchSalt: bigint },
): TransactionBundle {
  return {
    ...commonFields(target),
    kind: 'transaction',
    raw: bytesToHex(item.transaction.raw),
    status: item.result.status === 1 ? '0x1' : '0x0',
    gasUsed: toHex(item.result.gasUsed),
    logs: item.result.logs.map((log) => ({
      address: toHex(log.address),
      topics: log.topics.map(toHex),
      data: bytesToHex(log.data),
    })),
    salt: toHex(item.salt),
    position: toHex(item.record),
    siblings: siblings.map(toHex),
    records: {
      auditRoot: toHex(records.auditRoot),
      denialRoot: toHex(records.denialRoot),
      dataHash: toHex(records.dataHash),
      batchSalt: toHex(records.batchSalt),
    },
  };
}

export function buildBalanceBundle(
  target: BundleTarget,
  account: { address: bigint; nonce: bigint; balance: bigint },
  proof: { index: number; next: bigint; siblings: readonly bigint[]; environment: bigint },
): BalanceBundle {
  return {
    ...commonFields(target),
    kind: 'balance',
    address: toHex(account.address),
    nonce: toHex(account.nonce),
    balance: toHex(account.balance),
    next: toHex(proof.next),
    index: toHex(proof.index),
    siblings: proof.siblings.map(toHex),
    environment: toHex(proof.environment),
  };
}
