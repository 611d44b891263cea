/** Keys of the state tree, one function a leaf kind (docs/PROTOCOL.md 2). Addresses are integers of 160 bits. */

import { SYSTEM_NAME, TAG } from './constants.ts';
import { p2 } from './poseidon2.ts';
import { toWord } from './word.ts';

/** Keys remembered for each kind that is asked for on the hot path; a key costs a permutation. */
const rememberedKeysMax = 200_000;

/** Keys of one kind, the last `entriesMax` of them remembered; the oldest leaves first. */
export function remembered(tag: number, entriesMax = rememberedKeysMax): (address: bigint) => bigint {
  const keys = new Map<bigint, bigint>();
  return (address) => {
    const known = keys.get(address);
    if (known !== undefined) return known;
    if (keys.size >= entriesMax) keys.delete(keys.keys().next().value!);
    const key = p2(tag, address);
    keys.set(address, key);
    return key;
  };
}

export const accountKey = remembered(TAG.K_ACCOUNT);
export const codeKey = remembered(TAG.K_CODE);
export const codeHashKey = remembered(TAG.K_CODEHASH);
export const identityKey = remembered(TAG.K_IDENTITY);
export const publicKeyKey = remembered(TAG.K_KEY);
export const listKey = (list: bigint, address: bigint): bigint => p2(TAG.K_LIST, list, address);
export const systemKey = (name: number, sub = 0n): bigint => p2(TAG.K_SYSTEM, BigInt(name), sub);
export const listRootKey = (list: bigint): bigint => systemKey(SYSTEM_NAME.LIST_ROOT, list);

/** `slot` is the 256-bit storage slot. */
export function storageKey(address: bigint, slot: bigint): bigint {
  const { hi, lo } = toWord(slot);
  return p2(TAG.K_STORAGE, address, hi, lo);
}

/** Value of a KEY leaf: the hash of an uncompressed secp256k1 public key without its 0x04 prefix. */
export function publicKeyHash(x: bigint, y: bigint): bigint {
  const wx = toWord(x);
  const wy = toWord(y);
  return p2(TAG.PUBKEY, wx.hi, wx.lo, wy.hi, wy.lo);
}
