/** Keys of the state tree, one function a leaf kind (docs/PROTOCOL.md 2). Addresses are integers of 160 bits. */

import { SYSTEM_NAME, TAG } from './constants.ts';
import { p2 } from './poseidon2.ts';
import { toWord } from './word.ts';

/** Keys remembered for each kind that is asked for on the hot path; a key costs a permutation. */
const rememberedKeysMax = 200_000;

/** Remembers the last `entriesMax` keys by what they are made of; the oldest leaves first. */
function createMemory(entriesMax: number): (madeOf: bigint, make: () => bigint) => bigint {
  const keys = new Map<bigint, bigint>();
  return (madeOf, make) => {
    const known = keys.get(madeOf);
    if (known !== undefined) return known;
    if (keys.size >= entriesMax) keys.delete(keys.keys().next().value!);
    const key = make();
    keys.set(madeOf, key);
    return key;
  };
}

/** Keys of one kind, the last `entriesMax` of them remembered. */
export function remembered(tag: number, entriesMax = rememberedKeysMax): (address: bigint) => bigint {
  const memory = createMemory(entriesMax);
  return (address) => memory(address, () => p2(tag, address));
}

const listKeys = createMemory(rememberedKeysMax);
const systemKeys = createMemory(1_000);
const ADDRESS_BITS = 160n;
const NAME_BITS = 32n;

export const accountKey = remembered(TAG.K_ACCOUNT);
export const codeKey = remembered(TAG.K_CODE);
export const codeHashKey = remembered(TAG.K_CODEHASH);
export const identityKey = remembered(TAG.K_IDENTITY);
export const publicKeyKey = remembered(TAG.K_KEY);
/** What is no address is hashed and not remembered: calls may name anything, and it must not stand for another pair. */
export function listKey(list: bigint, address: bigint): bigint {
  const make = () => p2(TAG.K_LIST, list, address);
  return address >> ADDRESS_BITS === 0n ? listKeys((list << ADDRESS_BITS) | address, make) : make();
}

export function systemKey(name: number, sub = 0n): bigint {
  const number = BigInt(name);
  const make = () => p2(TAG.K_SYSTEM, number, sub);
  return number >> NAME_BITS === 0n ? systemKeys((sub << NAME_BITS) | number, make) : make();
}

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
