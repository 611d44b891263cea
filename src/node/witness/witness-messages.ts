/** What the thread that builds a batch's witnesses is given, asks for and answers. */

import type { ErrorMessage } from '../../base/error-message.ts';
import type { BatchContext } from '../../chain/block-context.ts';
import type { FreshDigest, LeafWitness } from '../../prover/port.ts';
import type { CapturedView } from '../../state/port.ts';
import type { PolicyTexts } from '../policy-book.ts';

export interface WitnessThreadData {
  readonly number: bigint;
  readonly chainId: bigint;
  readonly slot: bigint;
  readonly policyRoot: bigint;
  readonly before: FreshDigest;
  readonly ring: readonly bigint[];
  readonly context: BatchContext;
  /** Packed keys (src/state/packed-writes.ts). */
  readonly touched: BigUint64Array<ArrayBuffer>;
  readonly auditRoot: bigint;
  readonly denialRoot: bigint;
  readonly dataHash: bigint;
  readonly commitment: bigint;
  readonly texts: PolicyTexts;
  readonly saltKey: Uint8Array;
  readonly policySalt: Uint8Array;
}

/** A leaf without its inputs, and these as JSON. */
export interface PackedLeaf extends Pick<LeafWitness, 'circuit' | 'before' | 'after'> {
  readonly inputs: Uint8Array<ArrayBuffer>;
}

export type FromWitnessThread =
  /** The next block, one at a time. */
  | { readonly kind: 'block' }
  | { readonly kind: 'view'; readonly keys: BigUint64Array<ArrayBuffer> }
  | { readonly kind: 'leaf'; readonly leaf: PackedLeaf }
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly error: ErrorMessage };

export type ToWitnessThread =
  /** Header and items as `encodeBlockHeader` and `encodeBlockItem` give them; undefined after the last block. */
  | {
      readonly kind: 'block';
      readonly block: { readonly header: Uint8Array; readonly items: readonly Uint8Array[] } | undefined;
    }
  | { readonly kind: 'view'; readonly view: CapturedView }
  /** Nobody waits for the witnesses any more. */
  | { readonly kind: 'stop' };
