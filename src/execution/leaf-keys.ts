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

/** The keys of docs/PROTOCOL.md 2, which `src/chain/keys.ts` remembers; a harness passes its own to learn what was asked. */
export const createLeafKeys = (): LeafKeys => KINDS;
