import { accountKey, codeHashKey, codeKey, identityKey, publicKeyKey } from '../chain/keys.ts';

const KINDS = {
  account: accountKey,
  identity: identityKey,
  publicKey: publicKeyKey,
  code: codeKey,
  codeHash: codeHashKey,
};
export type AddressLeaf = keyof typeof KINDS;

/** Tree keys of an address. */
export type LeafKeys = Readonly<Record<AddressLeaf, (address: bigint) => bigint>>;

/** About 100 bytes an entry. */
export const leafKeyCacheEntriesMax = 100_000;

/** Remembers keys, because a Poseidon2 hash costs more than the rest of a transfer. The oldest entry of a kind leaves first. */
export function createLeafKeys(entriesMax = leafKeyCacheEntriesMax): LeafKeys {
  const remember = (compute: (address: bigint) => bigint) => {
    const known = new Map<bigint, bigint>();
    return (address: bigint): bigint => {
      const found = known.get(address);
      if (found !== undefined) return found;
      const key = compute(address);
      if (known.size >= entriesMax) known.delete(known.keys().next().value!);
      known.set(address, key);
      return key;
    };
  };
  return {
    account: remember(KINDS.account),
    identity: remember(KINDS.identity),
    publicKey: remember(KINDS.publicKey),
    code: remember(KINDS.code),
    codeHash: remember(KINDS.codeHash),
  };
}
