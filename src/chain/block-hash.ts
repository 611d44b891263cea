import { BLOCK_RING_DEPTH, TAG } from './constants.ts';
import { buildMerkleTree, type MerkleTree } from './merkle.ts';
import { p2 } from './poseidon2.ts';

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

/** The last 256 block hashes; number n stands at position n mod 256. Immutable. */
export class BlockRing {
  readonly #hashes: readonly bigint[];
  #tree: MerkleTree | undefined;

  constructor(hashes: readonly bigint[] = Array<bigint>(BLOCK_RING_SIZE).fill(0n)) {
    this.#hashes = hashes;
  }

  get root(): bigint {
    return this.#built().root;
  }

  get hashes(): readonly bigint[] {
    return this.#hashes;
  }

  siblings(blockNumber: bigint): bigint[] {
    return this.#built().siblings(Number(blockNumber % BigInt(BLOCK_RING_SIZE)));
  }

  hashAt(blockNumber: bigint): bigint {
    return this.#hashes[Number(blockNumber % BigInt(BLOCK_RING_SIZE))]!;
  }

  with(blockNumber: bigint, hash: bigint): BlockRing {
    const hashes = [...this.#hashes];
    hashes[Number(blockNumber % BigInt(BLOCK_RING_SIZE))] = hash;
    return new BlockRing(hashes);
  }

  #built(): MerkleTree {
    this.#tree ??= buildMerkleTree(this.#hashes, BLOCK_RING_DEPTH);
    return this.#tree;
  }
}
