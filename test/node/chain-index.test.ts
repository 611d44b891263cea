/** What the index holds in memory is bounded; what has left memory is found in the store, the same. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Block, itemHash } from '../../src/chain/block.ts';
import { encodeBlockHeader, encodeBlockItem, headerOf } from '../../src/chain/block-codec.ts';
import type { SignedDenial } from '../../src/chain/denial.ts';
import { ChainIndex } from '../../src/node/chain-index.ts';
import { OpenedBlocks } from '../../src/node/opened-blocks.ts';
import type { Store } from '../../src/store/port.ts';
import { transactionOf } from '../execution/support.ts';
import { createWorkbench, type Workbench } from '../store/harness.ts';
import { alice, bob, configIn, found, openLife } from './node-life.ts';

const perBlock = 3;
const blocks: Block[] = [];
let chainId: bigint;

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'privity-index-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const config = configIn(folder);
  await found(config);
  const life = await openLife(config);
  chainId = life.genesis.chainId;
  await life.open();
  for (let nonce = 0n; nonce < 30n; nonce++) {
    await life.submit(transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId }));
    if (nonce % BigInt(perBlock) === BigInt(perBlock - 1)) await life.pipeline.sequencer.buildBlock();
  }
  for (let number = 1n; number <= life.pipeline.index.head; number++) {
    blocks.push((await life.pipeline.index.block(number))!);
  }
  await life.stop();
});

const aDenial = (transactionHash: bigint): SignedDenial => ({
  ...{ chainId, transactionHash, sender: alice.address, nonce: 0n, code: 'expired', batch: 1n, timestamp: 1n },
  ...{ ruleId: 'a', reason: 'b', salt: 7n, signature: new Uint8Array(64) },
});

let bench: Workbench;
let store: Store;
beforeEach(async () => {
  bench = await createWorkbench();
  store = await bench.open();
});
afterEach(() => bench.dispose());

const bounds = { recentItemsMax: 5, openedItemsMax: 5, writeItemsMax: 4, unwrittenItemsMax: 8 };
const failures: unknown[] = [];
const openIndex = () => ChainIndex.open({ chainId, ...bounds, onFailure: (error) => failures.push(error) }, store);

/** Counts what is asked of the store. */
function watchReads(): { blocks: number; transactions: number } {
  const counts = { blocks: 0, transactions: 0 };
  const { blocks: blockReads, transactions } = store.read;
  store = {
    ...store,
    read: {
      ...store.read,
      blocks: {
        ...blockReads,
        byNumber: (number) => {
          counts.blocks += 1;
          return blockReads.byNumber(number);
        },
      },
      transactions: {
        byHash: (hash) => {
          counts.transactions += 1;
          return transactions.byHash(hash);
        },
      },
    },
  };
  return counts;
}

describe('the index of the chain', () => {
  it('finds every block and item, from memory and from the store', async () => {
    const index = await openIndex();
    for (const block of blocks) index.onBlock(block);
    await index.flush();
    for (const block of blocks) {
      expect(await index.block(block.number)).toEqual(block);
      expect(await index.blockByHash(block.hash)).toEqual(block);
      expect(await index.header(block.number)).toEqual(headerOf(block));
      expect(await index.encodedBlock(block.number)).toEqual({
        header: encodeBlockHeader(headerOf(block)),
        items: block.items.map(encodeBlockItem),
      });
      for (const item of block.items) {
        expect(await index.item(itemHash(item))).toEqual({ header: headerOf(block), item });
      }
    }
    expect(await index.item(1n)).toBeUndefined();
    expect(failures).toEqual([]);
  });

  it('keeps the newest in memory and lets the rest go once it is written', async () => {
    const reads = watchReads();
    const index = await openIndex();
    for (const block of blocks) index.onBlock(block);
    // Nothing is written yet: everything is still here.
    for (const block of blocks) await index.block(block.number);
    expect(reads.blocks).toBe(0);
    await index.flush();
    await index.block(blocks.at(-1)!.number);
    expect(reads.blocks).toBe(0);
    for (const block of blocks) await index.block(block.number);
    expect(reads.blocks).toBe(blocks.length - 1);
  });

  it('makes who is faster than the disk wait', async () => {
    const index = await openIndex();
    for (const block of blocks) {
      index.onBlock(block);
      await index.room();
      const written = Number((await store.read.blocks.latest())?.number ?? 0);
      const waiting = blocks.filter(({ number }) => number > written && number <= block.number);
      expect(waiting.reduce((sum, { items }) => sum + items.length + 1, 0)).toBeLessThanOrEqual(
        bounds.unwrittenItemsMax,
      );
    }
    await index.flush();
  });

  it('writes a denial that comes while those before it are being committed', async () => {
    const [first, second] = [aDenial(1n), aDenial(2n)];
    const { transaction } = store;
    let onCommitted = () => {};
    store = {
      ...store,
      async transaction(work) {
        const done = await transaction(work);
        onCommitted();
        return done;
      },
    };
    const index = await openIndex();
    onCommitted = () => {
      onCommitted = () => {};
      index.onDenial(second, true);
    };
    index.onDenial(first, true);
    await index.flush();
    const later = await openIndex();
    for (const denial of [first, second]) {
      expect(await index.outcome(denial.transactionHash)).toEqual({ kind: 'denied', denial });
      expect(await later.outcome(denial.transactionHash)).toEqual({ kind: 'denied', denial });
    }
  });

  it('ends its waits when the store does not write any more', async () => {
    const index = await openIndex();
    await store.close();
    for (const block of blocks) index.onBlock(block);
    await index.room();
    await index.flush();
    expect(failures.splice(0)).toMatchObject([{ code: 'STORE_CLOSED' }]);
  });
});

describe('blocks that were opened', () => {
  const open = (block: Block) => async () => block;

  it('are opened once by those who ask together, and the one used longest ago leaves first', async () => {
    const opened = new OpenedBlocks(2 * (perBlock + 1));
    let count = 0;
    const [, first, second, third] = blocks as [Block, Block, Block, Block];
    const get = (block: Block) =>
      opened.get(block.number, async () => {
        count += 1;
        return block;
      });
    await Promise.all([get(first), get(first), get(second)]);
    expect(count).toBe(2);
    await get(first);
    await get(third);
    await get(first);
    expect(count).toBe(3);
    await get(second);
    expect(count).toBe(4);
  });

  it('are not remembered when there is none or it could not be read', async () => {
    const opened = new OpenedBlocks(100);
    expect(await opened.get(7n, async () => undefined)).toBeUndefined();
    await expect(opened.get(7n, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await opened.get(7n, open(blocks[0]!))).toBe(blocks[0]);
  });
});
