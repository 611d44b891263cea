/** TypeScript values as Noir inputs: field names in snake case, integers as hex. */

import type { InputMap } from '@noir-lang/noir_js';
import { DIGEST_FIELDS, type Digest } from '../../chain/digest.ts';
import type { MerkleTree } from '../../chain/merkle.ts';
import { toFields } from '../backend/proof.ts';
import type { InnerProof } from '../port.ts';

export const fieldInput = (value: bigint): string => `0x${value.toString(16)}`;

const snakeCase = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

export const digestInput = (digest: Digest): InputMap =>
  Object.fromEntries(DIGEST_FIELDS.map((field) => [snakeCase(field), fieldInput(digest[field])]));

/** A circuit's key with its place under vkRoot. */
export interface PlacedKey {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly hash: bigint;
  readonly position: number;
}

export function childInput(child: InnerProof, key: PlacedKey, tree: MerkleTree): InputMap {
  return {
    key: {
      kind: fieldInput(BigInt(key.kind)),
      fields: toFields(key.bytes).map(fieldInput),
      hash: fieldInput(key.hash),
      position: Array.from({ length: tree.depth }, (_, level) => ((key.position >> level) & 1) === 1),
      siblings: tree.siblings(key.position).map(fieldInput),
    },
    proof: toFields(child.proof).map(fieldInput),
    digest_before: fieldInput(child.before),
    digest_after: fieldInput(child.after),
  };
}
