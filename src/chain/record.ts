import { TAG } from './constants.ts';
import { p2 } from './poseidon2.ts';
import { toWord } from './word.ts';

export interface EcdsaSignature {
  readonly r: bigint;
  readonly s: bigint;
  readonly yParity: 0 | 1;
}

export function hashSignature({ r, s, yParity }: EcdsaSignature): bigint {
  const wr = toWord(r);
  const ws = toWord(s);
  return p2(TAG.SIG, wr.hi, wr.lo, ws.hi, ws.lo, BigInt(yParity));
}

/** Leaf of the batch's transaction tree for a transaction. */
export interface TransactionRecord {
  readonly sighash: bigint;
  readonly signature: EcdsaSignature;
  readonly sender: bigint;
  readonly status: 0 | 1;
  readonly gasUsed: bigint;
  /** Commitment to the logs. */
  readonly logs: bigint;
  readonly salt: bigint;
}

export function hashTransactionRecord(record: TransactionRecord): bigint {
  const { hi, lo } = toWord(record.sighash);
  const statusAndGas = (BigInt(record.status) << 64n) | record.gasUsed;
  return p2(TAG.TX, hi, lo, hashSignature(record.signature), record.sender, statusAndGas, record.logs, record.salt);
}

/** Leaf of the batch's transaction tree for a priority operation. */
export interface OperationRecord {
  /** The roll after the operation, its hash. */
  readonly roll: bigint;
  readonly index: bigint;
  readonly status: 0 | 1;
  readonly logs: bigint;
  readonly salt: bigint;
}

export function hashOperationRecord(record: OperationRecord): bigint {
  const { hi, lo } = toWord(record.roll);
  return p2(TAG.OP, hi, lo, record.index, BigInt(record.status), record.logs, record.salt);
}
