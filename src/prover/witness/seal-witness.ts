/** Inputs of the seal circuit, and the chain after it. */

import { contextOfState, hashContext } from '../../chain/block-context.ts';
import { type BatchRecords, hashCommitment, hashRecords, rollSealed } from '../../chain/commitment.ts';
import { SYSTEM_NAME, TREE_DEPTH } from '../../chain/constants.ts';
import { type Digest, freshBatchFields, hashDigest, stateRootOf } from '../../chain/digest.ts';
import { frontierRoot } from '../../chain/frontier.ts';
import { systemKey } from '../../chain/keys.ts';
import { fromWord, toWord } from '../../chain/word.ts';
import type { Leaf, TreeFork } from '../../state/port.ts';
import { type CircuitStruct, wordValue, ZERO, zeros } from './circuit-value.ts';
import { digestValue } from './digest-value.ts';
import type { BatchStart, CircuitWitness, Progress, WitnessDeps } from './port.ts';
import { closeBlock } from './progress.ts';

const KEY = {
  policy: systemKey(SYSTEM_NAME.POLICY),
  priority: systemKey(SYSTEM_NAME.PRIORITY),
  blind: systemKey(SYSTEM_NAME.BLIND),
  block: systemKey(SYSTEM_NAME.BLOCK),
  collector: systemKey(SYSTEM_NAME.COLLECTOR),
};

/** Keys that a seal opens. */
export const SEAL_KEYS: readonly bigint[] = Object.values(KEY);

const ZERO_LEAF: CircuitStruct = { key: 0n, value: ZERO, next: 0n, salt: 0n, index: 0n, siblings: zeros(TREE_DEPTH) };

export interface SealOutcome {
  readonly witness: CircuitWitness;
  readonly commitment: bigint;
  readonly stateRoot: bigint;
  readonly recordsRoot: bigint;
  /** What the next batch starts from; the tree has moved with it. */
  readonly next: BatchStart;
}

/** Seals the batch that `progress` ends; moves `tree`. */
export function buildSeal(
  progress: Progress,
  tree: TreeFork,
  records: Omit<BatchRecords, 'txRoot' | 'batchSalt'>,
  deps: Pick<WitnessDeps, 'salts' | 'random'>,
): SealOutcome {
  const before: Digest = { ...progress.digest, treeRoot: tree.root, nextIndex: BigInt(tree.nextIndex) };
  const batch = before.batchNumber;
  const salt = (index: number) => deps.salts.leaf(batch, index);
  const openings = {
    policy: open(tree, KEY.policy),
    block: open(tree, KEY.block),
    collector: open(tree, KEY.collector),
  };
  const context = contextOfState((key) => tree.get(key));
  const priority = writePriority(tree, before.priorityIndex, salt);
  const blind = deps.salts.blind(batch);
  const blindLeaf = open(tree, KEY.blind);
  const blindIndex = tree.indexOf(KEY.blind)!;
  tree.update({ key: KEY.blind, ...toWord(blind) }, salt(blindIndex));

  const ring = closeBlock(progress);
  const environment = {
    ...before,
    treeRoot: tree.root,
    nextIndex: BigInt(tree.nextIndex),
    blockHashes: ring.root,
    context: hashContext(context),
  };
  const stateRoot = stateRootOf(environment, blind);
  const batchSalt = deps.salts.batch(batch);
  const recordsRoot = hashRecords({ ...records, txRoot: frontierRoot(progress.frontier), batchSalt });
  const commitment = hashCommitment({
    chainId: before.chainId,
    batchNumber: batch,
    prevStateRoot: before.prevStateRoot,
    stateRoot,
    recordsRoot,
    messagesRoll: fromWord({ hi: before.messagesHi, lo: before.messagesLo }),
    priorityRoll: fromWord({ hi: before.priorityHi, lo: before.priorityLo }),
    policyRoot: before.policyRoot,
    slot: before.slot,
  });
  const sealed = toWord(rollSealed(fromWord({ hi: before.sealedHi, lo: before.sealedLo }), commitment));
  const after: Digest = {
    ...environment,
    ...freshBatchFields(),
    prevStateRoot: stateRoot,
    batchNumber: batch + 1n,
    sealedHi: sealed.hi,
    sealedLo: sealed.lo,
  };
  const number = before.blockNumber;
  const seal: CircuitStruct = {
    before: digestValue(before),
    frontier: progress.frontier.nodes,
    ring: { replaced: progress.ring.hashAt(number), siblings: progress.ring.siblings(number) },
    ...openings,
    ...priority,
    blind: { leaf: blindLeaf, salt: salt(blindIndex) },
    new_blind: blind,
    records: {
      audit: wordValue(toWord(records.auditRoot)),
      denial: wordValue(toWord(records.denialRoot)),
      data: wordValue(toWord(records.dataHash)),
      batch_salt: batchSalt,
    },
    entropy: deps.random(),
  };
  const [digestBefore, digestAfter] = [hashDigest(before), hashDigest(after)];
  return {
    witness: {
      circuit: 'seal',
      inputs: { seal, digest_before: digestBefore, digest_after: digestAfter },
      before,
      after,
      digestBefore,
      digestAfter,
    },
    commitment,
    stateRoot,
    recordsRoot,
    next: { digest: after, ring, context, blind },
  };
}

const opened = ({ key, hi, lo, nextKey, salt }: Leaf, index: number, siblings: readonly bigint[]): CircuitStruct => ({
  key,
  value: { hi, lo },
  next: nextKey,
  salt,
  index: BigInt(index),
  siblings,
});

/** The leaf of a key, or of its predecessor. */
function open(tree: TreeFork, key: bigint): CircuitStruct {
  const { leaf, index, siblings } = tree.prove(key);
  return opened(leaf, index, siblings);
}

function writePriority(tree: TreeFork, priorityIndex: bigint, salt: (index: number) => bigint): CircuitStruct {
  const none = { salt: 0n, siblings: zeros(TREE_DEPTH) };
  if (priorityIndex === 0n) return { priority: { leaf: ZERO_LEAF, salt: 0n }, priority_insertion: none };
  const leaf = open(tree, KEY.priority);
  const index = tree.indexOf(KEY.priority);
  const write = { key: KEY.priority, hi: 0n, lo: priorityIndex };
  if (index !== undefined) {
    const present = tree.leaf(index);
    const newSalt = present.lo === priorityIndex ? present.salt : salt(index);
    tree.update(write, newSalt);
    return { priority: { leaf, salt: newSalt }, priority_insertion: none };
  }
  const low = tree.lowIndexOf(KEY.priority);
  const end = tree.nextIndex;
  tree.insert(write, { low: salt(low), leaf: salt(end) });
  const siblings = tree.siblings(end);
  return { priority: { leaf, salt: salt(low) }, priority_insertion: { salt: salt(end), siblings } };
}
