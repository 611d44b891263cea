import type { Secret } from '../base/secret.ts';
import type { Word } from '../chain/word.ts';
import type { ViewData } from './sparse-view.ts';

export type { Word };

export interface StateReader {
  /** The value of a key, (0, 0) when absent. */
  get(key: bigint): Word;
}

export interface StateWrite extends Word {
  readonly key: bigint;
}

/** A leaf of the state tree (docs/PROTOCOL.md 2). */
export interface Leaf {
  readonly key: bigint;
  readonly hi: bigint;
  readonly lo: bigint;
  /** The next key in ascending order, 0 for infinity. */
  readonly nextKey: bigint;
  readonly salt: bigint;
}

/** A leaf and its 32 siblings from the leaf up. */
export interface LeafWitness {
  readonly index: number;
  readonly leaf: Leaf;
  readonly siblings: readonly bigint[];
}

/** `member`: the leaf has the key. `absent`: it is the low leaf, whose key is below and whose next key is above or infinity. */
export interface StateProof extends LeafWitness {
  readonly kind: 'member' | 'absent';
  readonly key: bigint;
}

/**
 * The tree at one root. A sparse view knows the leaves of the keys it was asked for, their low leaves and what inserting them needs; asking
 * it for anything else throws an InvariantError.
 */
export interface TreeView extends StateReader {
  readonly root: bigint;
  /** First never-used leaf index. */
  readonly nextIndex: number;
  indexOf(key: bigint): number | undefined;
  /** Index of the leaf with the greatest key below `key`, which is not 0. */
  lowIndexOf(key: bigint): number;
  leaf(index: number): Leaf;
  node(level: number, index: number): bigint;
  siblings(index: number): bigint[];
  prove(key: bigint): StateProof;
  /** A copy that can change; costs nothing but what it changes. */
  fork(): TreeFork;
}

/** A view that changes one leaf at a time; each step returns the new root and costs some 35 hashes, about 0.3 ms. */
export interface TreeFork extends TreeView {
  /** Writes leaf `index`, at most `nextIndex`, which then grows. Keys never change. Keeping the list of keys in order is the caller's. */
  setLeaf(index: number, leaf: Leaf): bigint;
  /** Sets the value of a key that has a leaf. */
  update(write: StateWrite, salt: bigint): bigint;
  /** Gives a new key the next index: first the low leaf's pointer changes, then the new leaf is written. */
  insert(
    write: StateWrite,
    salts: { readonly low: bigint; readonly leaf: bigint },
  ): { readonly afterLow: bigint; readonly root: bigint };
}

/** Typed arrays within, so that threads can hand it over. */
export interface CapturedView {
  readonly batch: bigint;
  readonly root: bigint;
  readonly data: ViewData;
}

/** A leaf before (undefined: not yet used) and after a batch. */
export interface LeafChange {
  readonly index: number;
  readonly before: Leaf | undefined;
  readonly after: Leaf;
}

export interface BatchWrites {
  readonly batch: bigint;
  /** Each key once, with its value at the end of the batch; new keys take leaf indices in this order. Every leaf named is salted afresh. */
  readonly writes: readonly StateWrite[];
  readonly saltKey: Secret<Uint8Array>;
}

export interface BatchOutcome {
  readonly batch: bigint;
  readonly root: bigint;
  readonly nextIndex: number;
  /** Changed leaves by ascending index; decoded when asked for. */
  changes(): LeafChange[];
}

/**
 * What undoes a batch and so opens the past: kept outside the tree, one per batch, since views of old batches read them. Sealing bytes is the
 * store's task. About 400 bytes a changed leaf.
 */
export interface BatchRecords {
  put(batch: bigint, record: Uint8Array): Promise<void>;
  get(batch: bigint): Promise<Uint8Array | undefined>;
}

/** The state tree behind its own thread. Requests are served in order; `get` is immediate and shows the last batch that has been applied. */
export interface Tree extends StateReader {
  /** The last batch applied, undefined for a new tree. */
  readonly batch: bigint | undefined;
  readonly root: bigint;
  readonly nextIndex: number;
  /** Rejects with STATE_TREE_REFUSED and no effect, or with STATE_TREE_STOPPED. */
  applyBatch(writes: BatchWrites): Promise<BatchOutcome>;
  /** Takes back the batches after `batch`. */
  unwindTo(batch: bigint): Promise<void>;
  /** The tree after `batch`, as far as the keys, their low leaves and their insertion reach. */
  view(batch: bigint, keys: readonly bigint[]): Promise<TreeView>;
  /** What `view` stands on, to be handed to another thread: `openView` there gives the same view. */
  capture(batch: bigint, keys: readonly bigint[]): Promise<CapturedView>;
  prove(batch: bigint, key: bigint): Promise<StateProof>;
  /** Hashes the whole tree anew; false when its root does not follow from its leaves. Takes some 15 seconds a million leaves. */
  verify(): Promise<boolean>;
  /**
   * The tree after the last batch for `createTree`, a page at a time; not encrypted. Ends with STATE_TREE_REFUSED when another batch is applied
   * or taken back meanwhile.
   */
  snapshot(): AsyncIterable<Uint8Array>;
  /** Rejects with STATE_TREE_STOPPED if the thread ends by itself; else resolves when closed. */
  readonly stopped: Promise<void>;
  close(): Promise<void>;
}
