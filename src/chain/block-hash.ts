import { assert } from '../base/assert.ts';
import { BLOCK_RING_DEPTH, TAG } from './constants.ts';
import { node, p2 } from './poseidon2.ts';

/** What a closed block's hash covers (docs/PROTOCOL.md 3). Counts are within the block, txCount within the batch. */
export interface BlockHashInput {
  readonly number: bigint;
  readonly timestamp: bigint;
  /** Ring root before this block's hash entered it. */
  readonly blockHashes: bigint;
  readonly txFrontier: bigint;
  readonly txCount: bigint;
  readonly txIndex: bigint;
  readonly cumulativeGas: bigint;
  readonly logIndex: bigint;
}

export const hashBlock = (block: BlockHashInput): bigint =>
  p2(
    TAG.BLOCK,
    block.number,
    block.timestamp,
    block.blockHashes,
    block.txFrontier,
    block.txCount,
    block.txIndex,
    block.cumulativeGas,
    block.logIndex,
  );

export const BLOCK_RING_SIZE = 2 ** BLOCK_RING_DEPTH;

const positionOf = (blockNumber: bigint): number => Number(blockNumber % BigInt(BLOCK_RING_SIZE));

/** The last 256 block hashes; number n stands at position n mod 256. Immutable; a new hash costs eight node hashes. */
export class BlockRing {
  /** Heap order: node i has children 2i and 2i + 1, the root is 1, hashes start at 256. */
  readonly #nodes: readonly bigint[];

  private constructor(nodes: readonly bigint[]) {
    this.#nodes = nodes;
  }

  static of(hashes: readonly bigint[] = []): BlockRing {
    assert(hashes.length <= BLOCK_RING_SIZE, 'a ring holds 256 hashes');
    const nodes = Array<bigint>(2 * BLOCK_RING_SIZE).fill(0n);
    hashes.forEach((hash, i) => {
      nodes[BLOCK_RING_SIZE + i] = hash;
    });
    for (let i = BLOCK_RING_SIZE - 1; i > 0; i--) nodes[i] = node(nodes[2 * i]!, nodes[2 * i + 1]!);
    return new BlockRing(nodes);
  }

  get root(): bigint {
    return this.#nodes[1]!;
  }

  get hashes(): readonly bigint[] {
    return this.#nodes.slice(BLOCK_RING_SIZE);
  }

  /** From the hash up. */
  siblings(blockNumber: bigint): bigint[] {
    const siblings: bigint[] = [];
    for (let i = BLOCK_RING_SIZE + positionOf(blockNumber); i > 1; i >>= 1) siblings.push(this.#nodes[i ^ 1]!);
    return siblings;
  }

  hashAt(blockNumber: bigint): bigint {
    return this.#nodes[BLOCK_RING_SIZE + positionOf(blockNumber)]!;
  }

  with(blockNumber: bigint, hash: bigint): BlockRing {
    const nodes = [...this.#nodes];
    let i = BLOCK_RING_SIZE + positionOf(blockNumber);
    nodes[i] = hash;
    for (i >>= 1; i > 0; i >>= 1) nodes[i] = node(nodes[2 * i]!, nodes[2 * i + 1]!);
    return new BlockRing(nodes);
  }
}
