/**
 * Signed transactions of types 0, 1 and 2 (EIP-155, EIP-2930, EIP-1559). Decoding is strict: what is accepted re-encodes to the same bytes,
 * so a transaction has one hash. Types 3 and 4 and type 0 without a chain id are refused.
 */

import { RLP } from '@ethereumjs/rlp';
import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import { chainError } from './errors.ts';
import { keccak256 } from './keccak.ts';
import type { EcdsaSignature } from './record.ts';
import { addressOf, LOW_S_MAX, type PublicKey, recoverPublicKey, SECP256K1_ORDER } from './secp256k1.ts';

export interface AccessListItem {
  readonly address: bigint;
  readonly storageKeys: readonly bigint[];
}

/** The signed fields. Types 0 and 1 carry their gas price in both fee fields. */
export interface UnsignedTransaction {
  readonly type: 0 | 1 | 2;
  readonly chainId: bigint;
  readonly nonce: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gasLimit: bigint;
  /** Absent: contract creation. */
  readonly to: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: readonly AccessListItem[];
}

export interface SignedTransaction extends UnsignedTransaction {
  readonly signature: EcdsaSignature;
  readonly raw: Uint8Array;
  /** keccak256 of `raw`. */
  readonly hash: Uint8Array;
  readonly sighash: Uint8Array;
  /** What was hashed to `sighash`. */
  readonly signedBytes: Uint8Array;
  readonly publicKey: PublicKey;
  readonly sender: bigint;
}

/** Longest raw transaction that is decoded at all. */
export const rawTransactionBytesMax = 128 * 1024;

type RlpItem = Uint8Array | RlpItem[];

export function decodeTransaction(raw: Uint8Array, chainId: bigint): SignedTransaction {
  if (raw.length > rawTransactionBytesMax) throw chainError('TX_TOO_LARGE', `${raw.length} bytes`);
  const first = raw[0];
  if (first === undefined) throw chainError('TX_MALFORMED', 'empty');
  const type = first >= 0xc0 ? 0 : first;
  if (type !== 0 && type !== 1 && type !== 2) throw chainError('TX_TYPE_UNSUPPORTED', `type ${type}`);
  if (type === 0 && first < 0xc0) throw chainError('TX_TYPE_UNSUPPORTED', 'enveloped type 0');
  const fields = decodeList(type === 0 ? raw : raw.subarray(1));
  const decoded = type === 0 ? readLegacy(fields) : readTyped(type, fields);
  if (decoded.unsigned.chainId !== chainId) throw chainError('TX_WRONG_CHAIN', `chain id ${decoded.unsigned.chainId}`);
  return seal(raw, decoded.unsigned, decoded.signature);
}

/**
 * A transaction that was decoded before and kept, with its sender, where nobody else can write: nothing is checked again, and what costs a
 * hash or a recovery is computed when it is asked for.
 */
export function reopenTransaction(raw: Uint8Array, sender: bigint): SignedTransaction {
  const type = raw[0]! >= 0xc0 ? 0 : (raw[0] as 1 | 2);
  const fields = decodeList(type === 0 ? raw : raw.subarray(1));
  const { unsigned, signature } = type === 0 ? readLegacy(fields) : readTyped(type, fields);
  const signedBytes = once(() => encodeForSigning(unsigned));
  const sighash = once(() => keccak256(signedBytes()));
  const hash = once(() => keccak256(raw));
  const publicKey = once(() => {
    const key = recoverPublicKey(sighash(), signature);
    if (key === undefined || addressOf(key) !== sender)
      throw chainError('TX_BAD_SIGNATURE', 'not the sender it was kept with');
    return key;
  });
  return {
    ...unsigned,
    signature,
    raw,
    sender,
    get hash() {
      return hash();
    },
    get sighash() {
      return sighash();
    },
    get signedBytes() {
      return signedBytes();
    },
    get publicKey() {
      return publicKey();
    },
  };
}

function once<T>(compute: () => T): () => T {
  let value: { readonly of: T } | undefined;
  return () => {
    value ??= { of: compute() };
    return value.of;
  };
}

/** Bytes whose keccak256 is signed. */
export function encodeForSigning(tx: UnsignedTransaction): Uint8Array {
  return encodeEnvelope(tx.type, [
    ...unsignedFields(tx),
    ...(tx.type === 0 ? [integer(tx.chainId), integer(0n), integer(0n)] : []),
  ]);
}

export function encodeSigned(tx: UnsignedTransaction, { r, s, yParity }: EcdsaSignature): Uint8Array {
  const v = tx.type === 0 ? tx.chainId * 2n + 35n + BigInt(yParity) : BigInt(yParity);
  return encodeEnvelope(tx.type, [...unsignedFields(tx), integer(v), integer(r), integer(s)]);
}

function seal(raw: Uint8Array, unsigned: UnsignedTransaction, signature: EcdsaSignature): SignedTransaction {
  const reencoded = encodeSigned(unsigned, signature);
  if (Buffer.compare(reencoded, raw) !== 0) throw chainError('TX_NOT_CANONICAL');
  if (signature.r === 0n || signature.r >= SECP256K1_ORDER || signature.s === 0n || signature.s > LOW_S_MAX) {
    throw chainError('TX_BAD_SIGNATURE', 'r or s out of range');
  }
  const signedBytes = encodeForSigning(unsigned);
  const sighash = keccak256(signedBytes);
  const publicKey = recoverPublicKey(sighash, signature);
  if (publicKey === undefined) throw chainError('TX_BAD_SIGNATURE', 'no key recovers');
  return {
    ...unsigned,
    signature,
    raw,
    hash: keccak256(raw),
    sighash,
    signedBytes,
    publicKey,
    sender: addressOf(publicKey),
  };
}

function decodeList(bytes: Uint8Array): RlpItem[] {
  let decoded: RlpItem;
  try {
    decoded = RLP.decode(bytes) as RlpItem;
  } catch (cause) {
    throw chainError('TX_MALFORMED', 'RLP', { cause });
  }
  if (!Array.isArray(decoded)) throw chainError('TX_MALFORMED', 'not a list');
  return decoded;
}

interface Decoded {
  readonly unsigned: UnsignedTransaction;
  readonly signature: EcdsaSignature;
}

function readLegacy(fields: RlpItem[]): Decoded {
  if (fields.length !== 9) throw chainError('TX_MALFORMED', `${fields.length} fields`);
  const gasPrice = uint(fields[1], 16);
  const v = uint(fields[6], 9);
  if (v < 37n) throw chainError('TX_TYPE_UNSUPPORTED', 'no chain id (EIP-155)');
  return {
    unsigned: {
      type: 0,
      chainId: (v - 35n) >> 1n,
      nonce: uint(fields[0], 8),
      maxPriorityFeePerGas: gasPrice,
      maxFeePerGas: gasPrice,
      gasLimit: uint(fields[2], 8),
      to: recipient(fields[3]),
      value: uint(fields[4], 32),
      data: bytes(fields[5]),
      accessList: [],
    },
    signature: { yParity: (v - 35n) % 2n === 0n ? 0 : 1, r: uint(fields[7], 32), s: uint(fields[8], 32) },
  };
}

function readTyped(type: 1 | 2, fields: RlpItem[]): Decoded {
  if (fields.length !== (type === 1 ? 11 : 12)) throw chainError('TX_MALFORMED', `${fields.length} fields`);
  const rest = fields.slice(type === 1 ? 3 : 4);
  const maxPriorityFeePerGas = uint(fields[2], 16);
  const yParity = uint(rest[5], 1);
  if (yParity > 1n) throw chainError('TX_BAD_SIGNATURE', 'parity');
  return {
    unsigned: {
      type,
      chainId: uint(fields[0], 8),
      nonce: uint(fields[1], 8),
      maxPriorityFeePerGas,
      maxFeePerGas: type === 1 ? maxPriorityFeePerGas : uint(fields[3], 16),
      gasLimit: uint(rest[0], 8),
      to: recipient(rest[1]),
      value: uint(rest[2], 32),
      data: bytes(rest[3]),
      accessList: readAccessList(rest[4]),
    },
    signature: { yParity: yParity === 0n ? 0 : 1, r: uint(rest[6], 32), s: uint(rest[7], 32) },
  };
}

function readAccessList(item: RlpItem | undefined): AccessListItem[] {
  if (!Array.isArray(item)) throw chainError('TX_MALFORMED', 'access list');
  return item.map((entry) => {
    if (!Array.isArray(entry) || entry.length !== 2 || !Array.isArray(entry[1]))
      throw chainError('TX_MALFORMED', 'access list');
    const address = bytes(entry[0]);
    if (address.length !== 20) throw chainError('TX_MALFORMED', 'access list address');
    const storageKeys = entry[1].map((key) => {
      const word = bytes(key);
      if (word.length !== 32) throw chainError('TX_MALFORMED', 'access list key');
      return bytesToBigInt(word);
    });
    return { address: bytesToBigInt(address), storageKeys };
  });
}

function bytes(item: RlpItem | undefined): Uint8Array {
  if (!(item instanceof Uint8Array)) throw chainError('TX_MALFORMED', 'a list where bytes belong');
  return item;
}

function uint(item: RlpItem | undefined, bytesMax: number): bigint {
  const value = bytes(item);
  if (value.length > bytesMax) throw chainError('TX_MALFORMED', `an integer of ${value.length} bytes`);
  if (value[0] === 0) throw chainError('TX_NOT_CANONICAL', 'leading zero');
  return bytesToBigInt(value);
}

function recipient(item: RlpItem | undefined): bigint | undefined {
  const value = bytes(item);
  if (value.length === 0) return undefined;
  if (value.length !== 20) throw chainError('TX_MALFORMED', 'recipient');
  return bytesToBigInt(value);
}

function integer(value: bigint): Uint8Array {
  if (value === 0n) return new Uint8Array();
  const hex = value.toString(16);
  return new Uint8Array(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex'));
}

const fixed = (value: bigint, length: number): Uint8Array =>
  new Uint8Array(Buffer.from(value.toString(16).padStart(length * 2, '0'), 'hex'));

function unsignedFields(tx: UnsignedTransaction): RlpItem[] {
  const tail: RlpItem[] = [
    integer(tx.gasLimit),
    tx.to === undefined ? new Uint8Array() : fixed(tx.to, 20),
    integer(tx.value),
    tx.data,
  ];
  const accessList: RlpItem[] = tx.accessList.map(({ address, storageKeys }) => [
    fixed(address, 20),
    storageKeys.map((key) => fixed(key, 32)),
  ]);
  const nonce = integer(tx.nonce);
  switch (tx.type) {
    case 0:
      return [nonce, integer(tx.maxFeePerGas), ...tail];
    case 1:
      return [integer(tx.chainId), nonce, integer(tx.maxFeePerGas), ...tail, accessList];
    case 2:
      return [
        integer(tx.chainId),
        nonce,
        integer(tx.maxPriorityFeePerGas),
        integer(tx.maxFeePerGas),
        ...tail,
        accessList,
      ];
  }
}

function encodeEnvelope(type: 0 | 1 | 2, fields: RlpItem[]): Uint8Array {
  const list = RLP.encode(fields as Parameters<typeof RLP.encode>[0]);
  return type === 0 ? list : concatBytes(Uint8Array.of(type), list);
}
