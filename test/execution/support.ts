/** Small worlds for tests of the state transition: a map of leaves, keys from numbers, a policy that a test can bend. */

import secp256k1 from 'secp256k1';
import { bigIntToBytes, bytesToBigInt } from '../../src/base/bytes.ts';
import { encodeBlockParameters } from '../../src/chain/block-context.ts';
import { ROLE_BIT, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { encodeIdentity, type Identity } from '../../src/chain/identity.ts';
import { hashIdentityChange, type IdentityChange } from '../../src/chain/identity-change.ts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { accountKey, identityKey, systemKey } from '../../src/chain/keys.ts';
import { addressOf } from '../../src/chain/secp256k1.ts';
import {
  decodeTransaction,
  encodeForSigning,
  encodeSigned,
  type SignedTransaction,
  type UnsignedTransaction,
} from '../../src/chain/transaction.ts';
import { toWord, type Word, ZERO_WORD } from '../../src/chain/word.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import type { BlockContext, ExecutionPolicy, ExecutionResult, StateReader } from '../../src/execution/port.ts';

export const CHAIN_ID = 9_270n;
export const NOW = 1_800_000_000n;
export const COLLECTOR = 0xc0ffee_0000_0000_0000n;
export const REGISTRAR_MASK = (1n << BigInt(ROLE_BIT.CUSTOMER)) | (0xffffn << 16n);

export const roles = (...bits: number[]): bigint => bits.reduce((mask, bit) => mask | (1n << BigInt(bit)), 0n);

export interface Signer {
  readonly address: bigint;
  sign(hash: Uint8Array): { r: bigint; s: bigint; yParity: 0 | 1 };
}

/** A key that is a number: a fixture, not a secret. */
export function signerOf(number: number): Signer {
  const key = keccak256(Buffer.from(`execution test key ${number}`));
  const publicKey = secp256k1.publicKeyCreate(key, false);
  return {
    address: addressOf({ x: bytesToBigInt(publicKey.subarray(1, 33)), y: bytesToBigInt(publicKey.subarray(33)) }),
    sign(hash) {
      const { signature, recid } = secp256k1.ecdsaSign(hash, key);
      return {
        r: bytesToBigInt(signature.subarray(0, 32)),
        s: bytesToBigInt(signature.subarray(32)),
        yParity: recid === 0 ? 0 : 1,
      };
    },
  };
}

export function transactionOf(signer: Signer, fields: Partial<UnsignedTransaction> = {}): SignedTransaction {
  const unsigned: UnsignedTransaction = {
    type: 2,
    chainId: CHAIN_ID,
    nonce: 0n,
    maxPriorityFeePerGas: 0n,
    maxFeePerGas: 0n,
    gasLimit: 100_000n,
    to: 0x20000n,
    value: 0n,
    data: new Uint8Array(),
    accessList: [],
    ...fields,
  };
  const signature = signer.sign(keccak256(encodeForSigning(unsigned)));
  return decodeTransaction(encodeSigned(unsigned, signature), unsigned.chainId);
}

export function cosign(cosigner: Signer, change: IdentityChange, chainId = CHAIN_ID): { r: bigint; vs: bigint } {
  const { r, s, yParity } = cosigner.sign(hashIdentityChange(chainId, change));
  return { r, vs: (BigInt(yParity) << 255n) | s };
}

/** Leaves in a map; `apply` takes a result's changes and checks that each starts from the current value. */
export class MemoryState implements StateReader {
  readonly leaves = new Map<bigint, Word>();

  get(key: bigint): Word {
    return this.leaves.get(key) ?? ZERO_WORD;
  }

  set(key: bigint, value: Word): this {
    this.leaves.set(key, value);
    return this;
  }

  fund(address: bigint, wei: bigint, nonce = 0n): this {
    return this.set(accountKey(address), { hi: nonce, lo: wei });
  }

  identify(address: bigint, identity: Partial<Identity>): this {
    return this.set(identityKey(address), encodeIdentity({ roles: 0n, flags: 0n, expiry: 0n, ...identity }));
  }

  balance(address: bigint): bigint {
    return this.get(accountKey(address)).lo;
  }

  nonce(address: bigint): bigint {
    return this.get(accountKey(address)).hi;
  }

  apply(result: ExecutionResult): this {
    for (const { key, before, after } of result.changes) {
      const current = this.get(key);
      if (current.hi !== before.hi || current.lo !== before.lo) throw new Error('a change starts from another value');
      this.leaves.set(key, after);
    }
    return this;
  }
}

export const blockOf = (fields: Partial<BlockContext> = {}): BlockContext => ({
  prevrandao: 0n,
  gasLimit: 30_000_000n,
  baseFee: 0n,
  feeMode: 1n,
  collector: COLLECTOR,
  batchIntervalSeconds: 600n,
  chainId: CHAIN_ID,
  number: 7n,
  timestamp: NOW,
  blockHash: () => 0n,
  ...fields,
});

export function stateOf(block: BlockContext = blockOf()): MemoryState {
  return new MemoryState()
    .set(systemKey(SYSTEM_NAME.POLICY), toWord(0x1234n))
    .set(systemKey(SYSTEM_NAME.BLOCK), encodeBlockParameters(block))
    .set(systemKey(SYSTEM_NAME.COLLECTOR), toWord(block.collector))
    .set(systemKey(SYSTEM_NAME.REGISTRAR_MASK), toWord(REGISTRAR_MASK));
}

export const ALLOW_ALL: ExecutionPolicy = {
  decideWrite: () => ({ allow: true, ruleId: 'test.all', alternative: 1, position: 2 }),
  decideExit: () => ({ allow: true, ruleId: 'test.exit', alternative: 1, position: 1 }),
};

export const executorOf = (policy: ExecutionPolicy = ALLOW_ALL) =>
  createExecutor({
    policy,
    isInListRoot() {
      throw new Error('no list root is known to this test');
    },
  });

export const wordOf = (value: bigint): Uint8Array => bigIntToBytes(value, 32);
