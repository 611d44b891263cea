/**
 * The load: groups of 18 transfers by eight senders of their own, each group a block. Every sender signs for the first time, as customers of a
 * new chain do; a segment of profile M takes eight such senders and 18 transfers, so a group fills one.
 */

import secp256k1 from 'secp256k1';
import { bytesToBigInt } from '../../../src/base/bytes.ts';
import { keccak256 } from '../../../src/chain/keccak.ts';
import { encodeForSigning, encodeSigned, type UnsignedTransaction } from '../../../src/chain/transaction.ts';
import { PROFILES } from '../../../src/prover/witness/profiles.ts';
import { benchKey, benchSender } from '../bench-senders.ts';

export interface Transfer {
  readonly sender: bigint;
  readonly raw: Uint8Array;
}

export const groupTransfers = PROFILES.m.shortSignatures;
const groupSenders = PROFILES.m.keys;

export const senderCount = (transfers: number): number => Math.ceil(transfers / groupTransfers) * groupSenders;

export const senderAddresses = (transfers: number): bigint[] =>
  Array.from({ length: senderCount(transfers) }, (_, i) => BigInt(benchSender(i).address));

export function signTransfers(chainId: bigint, transfers: number, addresses: readonly bigint[]): Transfer[][] {
  const groups: Transfer[][] = [];
  for (let first = 0; first < transfers; first += groupTransfers) {
    const base = (first / groupTransfers) * groupSenders;
    groups.push(
      Array.from({ length: Math.min(groupTransfers, transfers - first) }, (_, i) => {
        const sender = base + (i % groupSenders);
        const recipient = (sender + 1 + ((first + i) % (addresses.length - 1))) % addresses.length;
        const nonce = BigInt(Math.floor(i / groupSenders));
        return {
          sender: addresses[sender]!,
          raw: sign(benchKey(sender), { chainId, nonce, to: addresses[recipient]!, value: BigInt(1 + first + i) }),
        };
      }),
    );
  }
  return groups;
}

function sign(
  key: Uint8Array,
  { chainId, nonce, to, value }: Pick<UnsignedTransaction, 'chainId' | 'nonce' | 'to' | 'value'>,
): Uint8Array {
  const tx: UnsignedTransaction = {
    ...{ type: 2, chainId, nonce, to, value },
    maxPriorityFeePerGas: 0n,
    maxFeePerGas: 2_000_000_000n,
    gasLimit: 21_000n,
    data: new Uint8Array(),
    accessList: [],
  };
  const { signature, recid } = secp256k1.ecdsaSign(keccak256(encodeForSigning(tx)), key);
  const [r, s] = [bytesToBigInt(signature.subarray(0, 32)), bytesToBigInt(signature.subarray(32))];
  return encodeSigned(tx, { r, s, yParity: recid === 1 ? 1 : 0 });
}
