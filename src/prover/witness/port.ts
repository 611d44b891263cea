/** What the witness builder takes and gives. It is pure: no I/O, no clock; randomness is passed in. */

import type { BatchContext } from '../../chain/block-context.ts';
import type { BlockRing } from '../../chain/block-hash.ts';
import type { Digest } from '../../chain/digest.ts';
import type { Frontier } from '../../chain/frontier.ts';
import type { PriorityOperation } from '../../chain/priority-operation.ts';
import type { Salts } from '../../chain/salts.ts';
import type { SignedTransaction } from '../../chain/transaction.ts';
import type { ExecutionPort } from '../../execution/port.ts';
import type { ExitWitness, ListWitness, RuleWitness } from '../../policy/port.ts';
import type { CircuitStruct } from './circuit-value.ts';
import type { ProfileName } from './profiles.ts';

/** A batch in the order of the statement: begin, operations, then blocks and transactions. `begin` opens the first block. */
export type BatchItem =
  | { readonly kind: 'begin'; readonly policyRoot: bigint; readonly slot: bigint }
  | { readonly kind: 'operation'; readonly operation: PriorityOperation }
  | { readonly kind: 'open'; readonly timestamp: bigint }
  | { readonly kind: 'transaction'; readonly transaction: SignedTransaction };

/** A fresh digest and what its hashes stand for. */
export interface BatchStart {
  readonly digest: Digest;
  readonly ring: BlockRing;
  readonly context: BatchContext;
  readonly blind: bigint;
}

export interface WitnessDeps {
  readonly execution: ExecutionPort;
  readonly policy: {
    ruleWitness(ruleId: string): RuleWitness;
    exitWitness(): ExitWitness;
  };
  /** The leaf of a list's tree that decides about an account; undefined when the root is 0. */
  listWitness(list: bigint, root: bigint, account: bigint): ListWitness | undefined;
  readonly salts: Salts;
  /** A field element that no one can guess, for the proof's blinding. */
  random(): bigint;
}

/** Chain state between two items, without the state tree. */
export interface Progress {
  /** `treeRoot` and `nextIndex` are those of the batch's start. */
  readonly digest: Digest;
  readonly frontier: Frontier;
  readonly ring: BlockRing;
}

export interface CircuitWitness {
  readonly circuit: `segment_${ProfileName}` | 'seal';
  /** Private and public inputs, `vk_root` excepted. */
  readonly inputs: CircuitStruct;
  readonly before: Digest;
  readonly after: Digest;
  readonly digestBefore: bigint;
  readonly digestAfter: bigint;
}
