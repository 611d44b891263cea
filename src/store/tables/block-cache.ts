import type { StoredBlock } from '../port.ts';

export interface BlockCache {
  get(number: number): StoredBlock | undefined;
  /** Changes with every `clear`. */
  epoch(): number;
  /** Does nothing when the cache was cleared since `epoch`: what was read then may have been taken back. */
  set(block: StoredBlock, epoch: number): void;
  clear(): void;
}

/** Opened blocks, bounded in bytes: wallets poll for receipts of the newest block many times over. */
export function createBlockCache(bytesMax: number): BlockCache {
  const blocks = new Map<number, StoredBlock>();
  let bytes = 0;
  let epoch = 0;
  const drop = (number: number) => {
    const block = blocks.get(number);
    if (block === undefined) return;
    bytes -= sizeOf(block);
    blocks.delete(number);
  };
  return {
    get: (number) => blocks.get(number),
    epoch: () => epoch,
    set: (block, readAt) => {
      if (readAt !== epoch) return;
      drop(block.number);
      blocks.set(block.number, block);
      bytes += sizeOf(block);
      while (bytes > bytesMax && blocks.size > 0) drop(blocks.keys().next().value!);
    },
    clear: () => {
      blocks.clear();
      bytes = 0;
      epoch += 1;
    },
  };
}

export const NO_BLOCK_CACHE: BlockCache = { get: () => undefined, epoch: () => 0, set: () => {}, clear: () => {} };

/** Payload and an allowance for the objects around it. */
const sizeOf = (block: StoredBlock): number =>
  block.transactions.reduce((sum, transaction) => sum + transaction.payload.length + 256, block.payload.length + 512);
