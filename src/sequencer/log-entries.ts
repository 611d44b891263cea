/** Entries of the block log and their bytes. RLP, fields in the order of the type; integers are big-endian without leading zeros. */

import { RLP } from '@ethereumjs/rlp';
import { bytesToBigInt } from '../base/bytes.ts';
import { DENIAL_CODES, type SignedDenial } from '../chain/denial.ts';
import { word32 } from '../chain/packed.ts';
import type { PriorityKind, PriorityOperation } from '../chain/priority-operation.ts';
import { chainHalted } from './errors.ts';

export type LogEntry =
  | { readonly kind: 'accepted'; readonly raw: Uint8Array; readonly acceptedAt: number }
  | { readonly kind: 'batch-opened'; readonly batch: bigint; readonly slot: bigint; readonly policyRoot: bigint }
  | {
      readonly kind: 'block';
      readonly number: bigint;
      readonly timestamp: bigint;
      readonly operations: readonly PriorityOperation[];
      readonly transactions: readonly bigint[];
      /** Block hash; replay must come to the same. */
      readonly hash: bigint;
    }
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
    };

type Item = Uint8Array | Item[];

const int = (value: bigint | number): Uint8Array => {
  const hex = BigInt(value).toString(16);
  return value === 0n || value === 0
    ? new Uint8Array()
    : new Uint8Array(Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex'));
};
const text = (value: string): Uint8Array => new Uint8Array(Buffer.from(value));

export function encodeEntry(entry: LogEntry): { kind: string; payload: Uint8Array } {
  return { kind: entry.kind, payload: RLP.encode(fieldsOf(entry) as Parameters<typeof RLP.encode>[0]) };
}

function fieldsOf(entry: LogEntry): Item[] {
  switch (entry.kind) {
    case 'accepted':
      return [entry.raw, int(entry.acceptedAt)];
    case 'batch-opened':
      return [int(entry.batch), int(entry.slot), word32(entry.policyRoot)];
    case 'block':
      return [
        int(entry.number),
        int(entry.timestamp),
        entry.operations.map((o): Item => [int(o.index), int(o.kind), int(o.sender), int(o.a), int(o.b)]),
        entry.transactions.map(word32),
        word32(entry.hash),
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
      ];
    }
    case 'batch-closed':
      return [int(entry.batch)];
    case 'sealed':
      return [int(entry.batch), ...[entry.stateRoot, entry.auditRoot, entry.denialRoot, entry.dataHash].map(word32)];
  }
}

export function decodeEntry(kind: string, payload: Uint8Array): LogEntry {
  const f = RLP.decode(payload) as Item[];
  const b = (i: number): Uint8Array => f[i] as Uint8Array;
  const n = (i: number): bigint => bytesToBigInt(b(i));
  const t = (i: number): string => Buffer.from(b(i)).toString('utf8');
  switch (kind) {
    case 'accepted':
      return { kind, raw: b(0), acceptedAt: Number(n(1)) };
    case 'batch-opened':
      return { kind, batch: n(0), slot: n(1), policyRoot: n(2) };
    case 'block':
      return {
        kind,
        number: n(0),
        timestamp: n(1),
        operations: (f[2] as Uint8Array[][]).map((o) => {
          const [index, operationKind, sender, a, b2] = o.map(bytesToBigInt) as [
            bigint,
            bigint,
            bigint,
            bigint,
            bigint,
          ];
          return { index, kind: Number(operationKind) as PriorityKind, sender, a, b: b2 };
        }),
        transactions: (f[3] as Uint8Array[]).map(bytesToBigInt),
        hash: n(4),
      };
    case 'denial':
      return {
        kind,
        denial: {
          chainId: n(0),
          transactionHash: n(1),
          sender: n(2),
          nonce: n(3),
          code: DENIAL_CODES[Number(n(4))]!,
          batch: n(5),
          timestamp: n(6),
          ruleId: t(7),
          reason: t(8),
          signature: b(9),
        },
      };
    case 'batch-closed':
      return { kind, batch: n(0) };
    case 'sealed':
      return { kind, batch: n(0), stateRoot: n(1), auditRoot: n(2), denialRoot: n(3), dataHash: n(4) };
    default:
      throw chainHalted('HALT_REPLAY_MISMATCH', `unknown log entry '${kind}'`);
  }
}
