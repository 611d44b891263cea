import { STATEMENT_VERSION, TAG } from './constants.ts';
import { word32 } from './packed.ts';
import { p2 } from './poseidon2.ts';
import { sha256Word } from './sha256.ts';
import { toWord } from './word.ts';

/** What L1 stores of a batch and the proof binds (docs/PROTOCOL.md 7). */
export interface BatchCommitment {
  readonly chainId: bigint;
  readonly batchNumber: bigint;
  readonly prevStateRoot: bigint;
  readonly stateRoot: bigint;
  readonly recordsRoot: bigint;
  readonly messagesRoll: bigint;
  readonly priorityRoll: bigint;
  readonly policyRoot: bigint;
  readonly slot: bigint;
}

export const hashCommitment = (batch: BatchCommitment): bigint =>
  sha256Word(
    ...[
      BigInt(STATEMENT_VERSION),
      batch.chainId,
      batch.batchNumber,
      batch.prevStateRoot,
      batch.stateRoot,
      batch.recordsRoot,
      batch.messagesRoll,
      batch.priorityRoll,
      batch.policyRoot,
      batch.slot,
    ].map(word32),
  );

/** `sealed` runs from genesis, where it is 0. */
export const rollSealed = (sealed: bigint, commitment: bigint): bigint =>
  sha256Word(word32(sealed), word32(commitment));

/** Roots the operator vouches for, hidden behind a salt together with the proven txRoot. */
export interface BatchRecords {
  readonly txRoot: bigint;
  readonly auditRoot: bigint;
  readonly denialRoot: bigint;
  /** sha256 of the encrypted batch archive. */
  readonly dataHash: bigint;
  readonly batchSalt: bigint;
}

export function hashRecords(records: BatchRecords): bigint {
  const words = [records.auditRoot, records.denialRoot, records.dataHash].map(toWord).flatMap(({ hi, lo }) => [hi, lo]);
  return p2(TAG.REC, records.txRoot, ...words, records.batchSalt);
}
