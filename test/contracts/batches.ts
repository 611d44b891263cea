/** Batches as the committer makes them, encoded by the chain's own TypeScript. */

import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { hashCommitment, rollSealed } from '../../src/chain/commitment.ts';
import { CHAIN_ID, hex32, POLICY_ROOT, STATE_ROOT } from './stage.ts';

export interface BatchData {
  batchNumber: bigint;
  stateRoot: Hex;
  recordsRoot: Hex;
  messagesRoll: Hex;
  priorityIndex: bigint;
  policyRoot: Hex;
  slot: bigint;
}

export interface StoredBatch extends BatchData {
  commitment: Hex;
  sealed_: Hex;
}

export const BATCH_FIELDS = [
  'batchNumber',
  'stateRoot',
  'recordsRoot',
  'messagesRoll',
  'priorityIndex',
  'policyRoot',
  'slot',
] as const;
export const STORED_FIELDS = [...BATCH_FIELDS, 'commitment', 'sealed_'] as const;

export const genesisBatch = (stateRoot = STATE_ROOT, policyRoot = POLICY_ROOT): StoredBatch => ({
  batchNumber: 0n,
  stateRoot: hex32(stateRoot),
  recordsRoot: hex32(0n),
  messagesRoll: hex32(0n),
  priorityIndex: 0n,
  policyRoot: hex32(policyRoot),
  slot: 0n,
  commitment: hex32(0n),
  sealed_: hex32(0n),
});

/** The batch after `previous`, with what a test wants different. */
export const nextBatch = (previous: StoredBatch, slot: bigint, changes: Partial<BatchData> = {}): BatchData => ({
  batchNumber: previous.batchNumber + 1n,
  stateRoot: hex32(BigInt(previous.stateRoot) + 1n),
  recordsRoot: hex32(0x7777n + slot),
  messagesRoll: hex32(0n),
  priorityIndex: previous.priorityIndex,
  policyRoot: previous.policyRoot,
  slot,
  ...changes,
});

/** What L1 must store for a commit, by the TypeScript encoders. */
export function storedBatch(previous: StoredBatch, batch: BatchData, priorityRoll = 0n): StoredBatch {
  const commitment = hashCommitment({
    chainId: CHAIN_ID,
    batchNumber: batch.batchNumber,
    prevStateRoot: BigInt(previous.stateRoot),
    stateRoot: BigInt(batch.stateRoot),
    recordsRoot: BigInt(batch.recordsRoot),
    messagesRoll: BigInt(batch.messagesRoll),
    priorityRoll,
    policyRoot: BigInt(batch.policyRoot),
    slot: batch.slot,
  });
  return { ...batch, commitment: hex32(commitment), sealed_: hex32(rollSealed(BigInt(previous.sealed_), commitment)) };
}

export const hashStoredBatch = (batch: StoredBatch): Hex =>
  keccak256(
    encodeAbiParameters(
      STORED_FIELDS.map((field) => ({ type: typeof batch[field] === 'bigint' ? 'uint64' : 'bytes32' })),
      STORED_FIELDS.map((field) => batch[field]),
    ),
  );

/** The same value with one bit of it changed; numbers keep to 64 bits. */
export function flipBit<T extends object>(value: T, field: keyof T, bit: number): T {
  const old = value[field];
  const flipped =
    typeof old === 'bigint' ? old ^ (1n << BigInt(bit % 64)) : hex32(BigInt(old as Hex) ^ (1n << BigInt(bit % 256)));
  return { ...value, [field]: flipped };
}
