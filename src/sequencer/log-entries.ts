/** Entries of the block log and their bytes. Fields stand in the order of the type. */

import { isPrivityError } from '../base/errors.ts';
import { DENIAL_CODES, type SignedDenial, type WithdrawnReceipt } from '../chain/denial.ts';
import { word32 } from '../chain/packed.ts';
import type { PriorityKind, PriorityOperation } from '../chain/priority-operation.ts';
import {
  encodeFields,
  FieldReader,
  integerField as int,
  type RlpField,
  textField as text,
} from '../chain/rlp-fields.ts';
import { chainHalted } from './errors.ts';

export const WITHDRAWAL_CAUSES = ['revocation', 'reorg'] as const;
export type WithdrawalCause = (typeof WITHDRAWAL_CAUSES)[number];

export type LogEntry =
  | { readonly kind: 'accepted'; readonly raw: Uint8Array; readonly acceptedAt: number }
  | { readonly kind: 'batch-opened'; readonly batch: bigint; readonly slot: bigint; readonly policyRoot: bigint }
  | {
      readonly kind: 'block';
      readonly number: bigint;
      readonly timestamp: bigint;
      /** In the log, those behind `operationsBefore`. */
      readonly operations: readonly PriorityOperation[];
      readonly transactions: readonly bigint[];
      /** Block hash; replay must come to the same. */
      readonly hash: bigint;
      /** In the log only: how many stand in `block-operations` before this entry. */
      readonly operationsBefore?: number;
    }
  /** Operations of the block that opens the next batch; nothing when none does (operation-parts.ts). */
  | { readonly kind: 'block-operations'; readonly operations: readonly PriorityOperation[] }
  | { readonly kind: 'denial'; readonly denial: SignedDenial }
  | { readonly kind: 'batch-closed'; readonly batch: bigint }
  /** Inputs of the seal that replay reads and never makes again. */
  | {
      readonly kind: 'sealed';
      readonly batch: bigint;
      readonly stateRoot: bigint;
      readonly auditRoot: bigint;
      readonly denialRoot: bigint;
      readonly dataHash: bigint;
    }
  /**
   * The batches from `from` on do not hold any more and are executed again: the same slots, blocks and order of transactions, under these
   * operations. Everything that the new execution depends on stands here and before, so it can be taken up again at any point.
   */
  | {
      readonly kind: 'withdrawn';
      readonly from: bigint;
      readonly cause: WithdrawalCause;
      /** Milliseconds since the epoch; the time of the denials that follow from it. */
      readonly at: number;
      /** For each withdrawn batch, how many operations of L1 are processed after it. */
      readonly upTo: readonly bigint[];
      /** Those that the batches take, from the first; in the log, those behind `operationsBefore`. */
      readonly operations: readonly PriorityOperation[];
      /** In the log only: how many stand in `withdrawn-operations` before this entry. */
      readonly operationsBefore?: number;
    }
  /** Operations of the withdrawal that follows; nothing when none does (operation-parts.ts). */
  | { readonly kind: 'withdrawn-operations'; readonly operations: readonly PriorityOperation[] };

export type BlockEntry = Extract<LogEntry, { kind: 'block' }>;
export type WithdrawnEntry = Extract<LogEntry, { kind: 'withdrawn' }>;

export function encodeEntry(entry: LogEntry): { kind: string; payload: Uint8Array } {
  return { kind: entry.kind, payload: encodeFields(fieldsOf(entry)) };
}

function fieldsOf(entry: LogEntry): RlpField[] {
  switch (entry.kind) {
    case 'accepted':
      return [entry.raw, int(entry.acceptedAt)];
    case 'batch-opened':
      return [int(entry.batch), int(entry.slot), word32(entry.policyRoot)];
    case 'block':
      return [
        int(entry.number),
        int(entry.timestamp),
        entry.operations.map(operationFields),
        entry.transactions.map(word32),
        word32(entry.hash),
        ...(entry.operationsBefore ? [int(entry.operationsBefore)] : []),
      ];
    case 'denial': {
      const d = entry.denial;
      return [
        int(d.chainId),
        word32(d.transactionHash),
        int(d.sender),
        int(d.nonce),
        int(DENIAL_CODES.indexOf(d.code)),
        int(d.batch),
        int(d.timestamp),
        text(d.ruleId),
        text(d.reason),
        d.signature,
        int(d.salt),
        ...(d.withdrawn === undefined
          ? []
          : [[int(d.withdrawn.block), word32(d.withdrawn.blockHash), int(d.withdrawn.index)]]),
      ];
    }
    case 'batch-closed':
      return [int(entry.batch)];
    case 'sealed':
      return [int(entry.batch), ...[entry.stateRoot, entry.auditRoot, entry.denialRoot, entry.dataHash].map(word32)];
    case 'withdrawn':
      return [
        int(entry.from),
        int(WITHDRAWAL_CAUSES.indexOf(entry.cause)),
        int(entry.at),
        entry.upTo.map(int),
        entry.operations.map(operationFields),
        ...(entry.operationsBefore ? [int(entry.operationsBefore)] : []),
      ];
    case 'withdrawn-operations':
    case 'block-operations':
      return [entry.operations.map(operationFields)];
  }
}

const operationFields = (o: PriorityOperation): RlpField => [o.index, o.kind, o.sender, o.a, o.b].map(int);

/** Throws HALT_REPLAY_MISMATCH unless the payload is exactly what `encodeEntry` writes. */
export function decodeEntry(kind: string, payload: Uint8Array): LogEntry {
  let entry: LogEntry;
  let again: Uint8Array;
  try {
    entry = read(kind, payload);
    again = encodeEntry(entry).payload;
  } catch (cause) {
    if (isPrivityError(cause)) throw cause;
    throw chainHalted('HALT_REPLAY_MISMATCH', `log entry '${kind}' cannot be read`, { cause });
  }
  if (Buffer.compare(again, payload) !== 0) throw chainHalted('HALT_REPLAY_MISMATCH', `log entry '${kind}'`);
  return entry;
}

function read(kind: string, payload: Uint8Array): LogEntry {
  const f = FieldReader.decode(payload);
  switch (kind) {
    case 'accepted':
      return { kind, raw: f.bytes(0), acceptedAt: f.number(1) };
    case 'batch-opened':
      return { kind, batch: f.integer(0), slot: f.integer(1), policyRoot: f.integer(2) };
    case 'block':
      return {
        kind,
        number: f.integer(0),
        timestamp: f.integer(1),
        operations: f.readers(2).map(readOperation),
        transactions: f.integers(3),
        hash: f.integer(4),
        ...(f.length === 5 ? {} : { operationsBefore: f.number(5) }),
      };
    case 'denial':
      return {
        kind,
        denial: {
          chainId: f.integer(0),
          transactionHash: f.integer(1),
          sender: f.integer(2),
          nonce: f.integer(3),
          code: nth(DENIAL_CODES, f.number(4)),
          batch: f.integer(5),
          timestamp: f.integer(6),
          ruleId: f.text(7),
          reason: f.text(8),
          signature: f.bytes(9),
          salt: f.integer(10),
          ...(f.length === 11 ? {} : { withdrawn: readWithdrawnReceipt(f.reader(11)) }),
        },
      };
    case 'batch-closed':
      return { kind, batch: f.integer(0) };
    case 'sealed':
      return {
        kind,
        batch: f.integer(0),
        stateRoot: f.integer(1),
        auditRoot: f.integer(2),
        denialRoot: f.integer(3),
        dataHash: f.integer(4),
      };
    case 'withdrawn':
      return {
        kind,
        from: f.integer(0),
        cause: nth(WITHDRAWAL_CAUSES, f.number(1)),
        at: f.number(2),
        upTo: f.integers(3),
        operations: f.readers(4).map(readOperation),
        ...(f.length === 5 ? {} : { operationsBefore: f.number(5) }),
      };
    case 'withdrawn-operations':
    case 'block-operations':
      return { kind, operations: f.readers(0).map(readOperation) };
    default:
      throw chainHalted('HALT_REPLAY_MISMATCH', `unknown log entry '${kind}'`);
  }
}

const readOperation = (o: FieldReader): PriorityOperation => ({
  index: o.integer(0),
  kind: o.number(1) as PriorityKind,
  sender: o.integer(2),
  a: o.integer(3),
  b: o.integer(4),
});

const readWithdrawnReceipt = (f: FieldReader): WithdrawnReceipt => ({
  block: f.integer(0),
  blockHash: f.integer(1),
  index: f.number(2),
});

function nth<T>(values: readonly T[], index: number): T {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value ${index}`);
  return value;
}
