/** A chain of random acts on a real pipeline, and everything that a node answers from, to compare two ways of starting. */

import { isPrivityError } from '../../src/base/errors.ts';
import { itemHash } from '../../src/chain/block.ts';
import { encodeBlockHeader, encodeBlockItem, headerOf } from '../../src/chain/block-codec.ts';
import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { hashDigest } from '../../src/chain/digest.ts';
import { accountKey } from '../../src/chain/keys.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import type { OpenBatch } from '../../src/sequencer/open-batch.ts';
import { transactionOf } from '../execution/support.ts';
import type { Random } from '../state/random.ts';
import { alice, bob, type Life } from './node-life.ts';

export interface Submitted {
  readonly hashes: bigint[];
}

export const people = [alice, bob];

/** Deposits for people and for addresses nobody has seen, as L1 would queue them. */
export const randomDeposit = (random: Random, index: bigint): PriorityOperation => ({
  index,
  kind: PRIORITY_KIND.DEPOSIT_ETH,
  sender: random.bits(160),
  a: random.below(2) === 0 ? people[random.below(2)]!.address : random.bits(160),
  b: BigInt(1 + random.below(1_000_000)),
});

/** One act; refusals are part of it. */
export async function randomAct(life: Life, random: Random, done: Submitted, operations: PriorityOperation[]) {
  const { sequencer } = life.pipeline;
  if (sequencer.openBatch === undefined) return life.open();
  const act = random.below(100);
  if (act < 55) return submitSomething(life, random, done);
  if (act < 80) return void (await sequencer.buildBlock());
  if (act < 84) return life.passTime(random.below(40_000));
  if (act < 88) return void operations.push(randomDeposit(random, BigInt(operations.length)));
  // Half of the time the next batch opens while this one is being sealed.
  if (random.below(2) === 0) return life.close();
  const sealed = life.close();
  await life.open();
  await submitSomething(life, random, done);
  await sealed;
}

async function submitSomething(life: Life, random: Random, { hashes }: Submitted): Promise<void> {
  const { sequencer } = life.pipeline;
  const signer = people[random.below(2)]!;
  const [next, kind] = [sequencer.pendingNonce(signer.address), random.below(10)];
  const state = sequencer.state.get(accountKey(signer.address)).hi;
  const transaction = transactionOf(signer, {
    chainId: life.genesis.chainId,
    // Mostly in order; sometimes past a gap, sometimes in the place of one that waits.
    nonce: kind === 0 ? next + 2n : kind === 1 ? state : next,
    to: people[random.below(2)]!.address,
    value: BigInt(random.below(1_000)),
    gasLimit: 21_000n,
    maxFeePerGas: BigInt(random.below(4) * 10),
  });
  try {
    hashes.push(await life.submit(transaction));
  } catch (error) {
    if (!isPrivityError(error)) throw error;
  }
}

/** Everything that can be asked of a pipeline, as one value. */
export async function fingerprint(life: Life, { hashes }: Submitted) {
  const { sequencer, index, book, tree, facts } = life.pipeline;
  await index.flush();
  const blocks = [];
  for (let number = 1n; number <= index.head; number++) {
    const block = (await index.block(number))!;
    blocks.push([encodeBlockHeader(headerOf(block)), ...block.items.map(encodeBlockItem)]);
    for (const item of block.items) hashes.push(itemHash(item));
  }
  const batches = [];
  for (let number = 0n; number <= book.latest; number++) {
    batches.push(await book.get(number));
    if (number === 0n) continue;
    const { touched, ring, after, ...rest } = await facts(number);
    batches.push([rest, [...touched], ring.root, hashDigest(after.digest), after.blind]);
    for (const { address } of people) batches.push(await tree.prove(number, accountKey(address)));
  }
  const outcomes = [];
  for (const hash of new Set(hashes))
    outcomes.push([hash, await sequencer.outcome(hash), sequencer.pending(hash)?.raw]);
  const { blockHash, ...context } = sequencer.currentBlock();
  return {
    blocks,
    batches,
    outcomes,
    context,
    blockHashes: blocks.map((_, number) => blockHash(BigInt(number))),
    tree: [tree.batch, tree.root, tree.nextIndex],
    sequencer: [
      sequencer.head,
      sequencer.lastSlot,
      sequencer.waiting,
      sequencer.backlogGates,
      sequencer.policyRoot,
      people.map(({ address }) => [sequencer.pendingNonce(address), sequencer.state.get(accountKey(address))]),
    ],
    open: describeOpen(sequencer.openBatch),
  };
}

const describeOpen = (batch: OpenBatch | undefined) =>
  batch && {
    number: batch.number,
    slot: batch.slot,
    parentHash: batch.parentHash,
    ring: batch.ring.root,
    rolls: [batch.priorityRoll, batch.messagesRoll, batch.priorityIndex, batch.txRoot],
    touched: [...batch.touched],
    dirty: [...batch.dirty],
    denials: batch.denials,
    blocks: [batch.firstBlock, batch.lastBlock, batch.lastTimestamp],
  };
