import { encodeAbiParameters, type Hex, keccak256 } from 'viem';
import { bigIntToHex } from '../base/bytes.ts';

/** A committed batch as PrivityChain knows it; L1 keeps only its hash (`contracts/src/libraries/BatchCodec.sol`). */
export interface StoredBatch {
  readonly batchNumber: bigint;
  readonly stateRoot: bigint;
  readonly recordsRoot: bigint;
  readonly messagesRoll: bigint;
  readonly priorityIndex: bigint;
  readonly policyRoot: bigint;
  readonly slot: bigint;
  readonly commitment: bigint;
  readonly sealed: bigint;
}

const word = (value: bigint): Hex => bigIntToHex(value, 32);

/** The struct as viem passes it to the contracts. */
export const storedBatchArgument = (batch: StoredBatch) => ({
  batchNumber: batch.batchNumber,
  stateRoot: word(batch.stateRoot),
  recordsRoot: word(batch.recordsRoot),
  messagesRoll: word(batch.messagesRoll),
  priorityIndex: batch.priorityIndex,
  policyRoot: word(batch.policyRoot),
  slot: batch.slot,
  commitment: word(batch.commitment),
  sealed_: word(batch.sealed),
});

const TYPES = [
  { type: 'uint64' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'bytes32' },
  { type: 'uint64' },
  { type: 'bytes32' },
  { type: 'uint64' },
  { type: 'bytes32' },
  { type: 'bytes32' },
] as const;

/** What `storedBatchHash(batchNumber)` answers for this batch: keccak256 of the ABI encoding. */
export function hashStoredBatch(batch: StoredBatch): Hex {
  const a = storedBatchArgument(batch);
  return keccak256(
    encodeAbiParameters(TYPES, [
      a.batchNumber,
      a.stateRoot,
      a.recordsRoot,
      a.messagesRoll,
      a.priorityIndex,
      a.policyRoot,
      a.slot,
      a.commitment,
      a.sealed_,
    ]),
  );
}

/** Batch 0: what PrivityChain is initialised with. */
export const genesisStoredBatch = (stateRoot: bigint, policyRoot: bigint): StoredBatch => ({
  batchNumber: 0n,
  stateRoot,
  recordsRoot: 0n,
  messagesRoll: 0n,
  priorityIndex: 0n,
  policyRoot,
  slot: 0n,
  commitment: 0n,
  sealed: 0n,
});
