/**
 * Blocks, transactions and denials to be found by number and hash: what is newest from memory, the rest from the store's derived tables. The
 * block log is the truth; these tables are written behind it and filled again by replay.
 */

import { bigIntToBytes } from '../base/bytes.ts';
import { type Block, type BlockItem, itemHash } from '../chain/block.ts';
import {
  type BlockHeader,
  decodeBlockHeader,
  decodeKeptItem,
  encodeBlockHeader,
  encodeBlockItem,
  encodeKeptItem,
  headerOf,
  itemBytesOf,
} from '../chain/block-codec.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { decodeEntry, encodeEntry } from '../sequencer/log-entries.ts';
import type { Outcome } from '../sequencer/port.ts';
import type { Store, StoredBlock } from '../store/port.ts';
import { fileOlderLogs } from './file-older-logs.ts';
import { logKeysOf } from './log-keys.ts';
import { OpenedBlocks } from './opened-blocks.ts';

export interface ChainIndexOptions {
  readonly chainId: bigint;
  /** Items of the newest blocks kept in memory besides those not yet written; a block counts as one more. */
  readonly recentItemsMax: number;
  /** Items of older blocks kept after they were read. */
  readonly openedItemsMax: number;
  /** Items written in one transaction. */
  readonly writeItemsMax: number;
  /** Items not yet written past which `room` waits. */
  readonly unwrittenItemsMax: number;
  readonly onFailure: (error: unknown) => void;
}

export interface LocatedItem {
  readonly header: BlockHeader;
  readonly item: BlockItem;
}

/** A block as the store and the archives keep it. */
export interface EncodedBlock {
  readonly header: Uint8Array;
  readonly items: readonly Uint8Array[];
}

const sizeOf = (block: Block): number => block.items.length + 1;

const hash32 = (hash: bigint): Uint8Array => bigIntToBytes(hash, 32);

export class ChainIndex {
  readonly #options: ChainIndexOptions;
  readonly #store: Pick<Store, 'read' | 'transaction'>;
  #head = 0n;
  readonly #recent = new Map<bigint, Block>();
  readonly #recentByHash = new Map<bigint, bigint>();
  readonly #recentItems = new Map<bigint, LocatedItem>();
  readonly #opened: OpenedBlocks;
  readonly #denials = new Map<bigint, SignedDenial>();
  #recentSize = 0;
  #unwrittenBlocks: Block[] = [];
  #unwrittenSize = 0;
  #unwrittenDenials: SignedDenial[] = [];
  #storedThrough: bigint;
  #writing: Promise<void> | undefined;
  #failed = false;
  /** Blocks of the store above this one are withdrawn and about to be removed. */
  #hiddenAbove: bigint | undefined;

  private constructor(options: ChainIndexOptions, store: Pick<Store, 'read' | 'transaction'>, storedThrough: bigint) {
    this.#options = options;
    this.#store = store;
    this.#storedThrough = storedThrough;
    this.#opened = new OpenedBlocks(options.openedItemsMax);
  }

  static async open(options: ChainIndexOptions, store: Pick<Store, 'read' | 'transaction'>): Promise<ChainIndex> {
    const latest = await store.read.blocks.latest();
    const index = new ChainIndex(options, store, BigInt(latest?.number ?? 0));
    await fileOlderLogs(store, latest?.number ?? 0, async (number) =>
      index.#decode(await store.read.blocks.byNumber(number)),
    );
    return index;
  }

  /** Number of the newest block that can be found here: the sequencer's own head is not durable yet. */
  get head(): bigint {
    return this.#head;
  }

  /** Goes on after a block that an earlier life has written, with all before it. */
  resumeAt(block: bigint): void {
    this.#head = block;
  }

  onBlock(block: Block): void {
    this.#head = block.number;
    this.#recent.set(block.number, block);
    this.#recentSize += sizeOf(block);
    this.#recentByHash.set(block.hash, block.number);
    const header = headerOf(block);
    for (const item of block.items) this.#recentItems.set(itemHash(item), { header, item });
    if (block.number > this.#storedThrough) {
      this.#unwrittenBlocks.push(block);
      this.#unwrittenSize += sizeOf(block);
    }
    this.#trim();
    this.#write();
  }

  /**
   * Blocks above `number` are withdrawn: none of them is found any more, from now on. `remove` takes them out of the store; new ones may come
   * when it has resolved.
   */
  async withdraw(number: bigint, remove: () => Promise<void>): Promise<void> {
    if (this.#head > number) this.#head = number;
    this.#hiddenAbove = number;
    for (const block of this.#recent.values()) if (block.number > number) this.#forget(block);
    this.#opened.dropAbove(number);
    await this.flush();
    await remove();
    // What was read from the store meanwhile.
    this.#opened.dropAbove(number);
    if (this.#storedThrough > number) this.#storedThrough = number;
    this.#hiddenAbove = undefined;
  }

  onDenial(denial: SignedDenial, accepted: boolean): void {
    if (!accepted) return;
    this.#denials.set(denial.transactionHash, denial);
    this.#unwrittenDenials.push(denial);
    this.#write();
  }

  async header(number: bigint): Promise<BlockHeader | undefined> {
    const recent = this.#recent.get(number);
    if (recent !== undefined) return headerOf(recent);
    const stored = this.#standing(await this.#store.read.blocks.byNumber(Number(number)));
    return stored === undefined ? undefined : decodeBlockHeader(stored.payload);
  }

  async block(number: bigint): Promise<Block | undefined> {
    const recent = this.#recent.get(number);
    if (recent !== undefined) return recent;
    return this.#opened.get(number, async () => this.#decode(await this.#store.read.blocks.byNumber(Number(number))));
  }

  /** For who copies a block and does not look into it. */
  async encodedBlock(number: bigint): Promise<EncodedBlock | undefined> {
    const recent = this.#recent.get(number);
    if (recent !== undefined) {
      return { header: encodeBlockHeader(headerOf(recent)), items: recent.items.map(encodeBlockItem) };
    }
    const stored = await this.#store.read.blocks.byNumber(Number(number));
    if (stored === undefined) return undefined;
    return { header: stored.payload, items: stored.transactions.map(({ payload }) => itemBytesOf(payload)) };
  }

  async blockByHash(hash: bigint): Promise<Block | undefined> {
    const recent = this.#recentByHash.get(hash);
    if (recent !== undefined) return this.block(recent);
    return this.#decode(await this.#store.read.blocks.byHash(hash32(hash)));
  }

  async item(hash: bigint): Promise<LocatedItem | undefined> {
    const recent = this.#recentItems.get(hash);
    if (recent !== undefined) return recent;
    const found = await this.#store.read.transactions.byHash(hash32(hash));
    if (this.#standing(found?.block) === undefined || found === undefined) return undefined;
    const block = await this.#opened.get(BigInt(found.block.number), async () => this.#decode(found.block));
    const item = block?.items[found.position];
    return block === undefined || item === undefined ? undefined : { header: headerOf(block), item };
  }

  async outcome(hash: bigint): Promise<Outcome | undefined> {
    const located = await this.item(hash);
    if (located !== undefined) {
      return { kind: 'included', block: located.header.number, batch: located.header.batch, index: located.item.index };
    }
    const denial = this.#denials.get(hash) ?? (await this.#storedDenial(hash));
    return denial === undefined ? undefined : { kind: 'denied', denial };
  }

  /** Resolves when everything seen so far is in the store, or cannot be written. */
  async flush(): Promise<void> {
    while (!this.#failed && (this.#isBehind || this.#writing !== undefined)) {
      this.#write();
      await this.#writing;
    }
  }

  /** Resolves when the store has taken up what was made, but for a bounded rest: a chain faster than its disk waits, it does not fill memory. */
  async room(): Promise<void> {
    while (!this.#failed && this.#unwrittenSize > this.#options.unwrittenItemsMax) {
      this.#write();
      await this.#writing;
    }
  }

  get #isBehind(): boolean {
    return this.#unwrittenBlocks.length > 0 || this.#unwrittenDenials.length > 0;
  }

  async #storedDenial(hash: bigint): Promise<SignedDenial | undefined> {
    const payload = await this.#store.read.denials.byHash(hash32(hash));
    if (payload === undefined) return undefined;
    const entry = decodeEntry('denial', payload);
    return entry.kind === 'denial' ? entry.denial : undefined;
  }

  #standing(stored: StoredBlock | undefined): StoredBlock | undefined {
    const hidden = stored !== undefined && this.#hiddenAbove !== undefined && stored.number > this.#hiddenAbove;
    return hidden ? undefined : stored;
  }

  #decode(found: StoredBlock | undefined): Block | undefined {
    const stored = this.#standing(found);
    if (stored === undefined) return undefined;
    const { itemCount: _, ...header } = decodeBlockHeader(stored.payload);
    return {
      ...header,
      items: stored.transactions.map(({ payload }) => decodeKeptItem(payload, this.#options.chainId)),
    };
  }

  #write(): void {
    if (this.#failed) return;
    this.#writing ??= this.#drain()
      .catch((error: unknown) => {
        this.#failed = true;
        this.#options.onFailure(error);
      })
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #drain(): Promise<void> {
    while (this.#isBehind) {
      const blocks = this.#nextToWrite();
      const denials = [...this.#unwrittenDenials];
      await this.#store.transaction(async (writes) => {
        await writes.blocks.put(blocks.map(storedBlock));
        for (const block of blocks) {
          const keys = block.items.flatMap(({ result }) =>
            result.logs.flatMap((log) => [hash32(log.address), ...log.topics.map(hash32)]),
          );
          if (keys.length > 0) await writes.eventLogs.put(Number(block.number), keys, new Uint8Array());
        }
        await writes.logPostings.put(blocks.map((block) => ({ block: Number(block.number), keys: logKeysOf(block) })));
        for (const denial of denials) {
          const hash = hash32(denial.transactionHash);
          if ((await this.#store.read.denials.byHash(hash)) === undefined) {
            await writes.denials.put(hash, Number(denial.batch), encodeEntry({ kind: 'denial', denial }).payload);
          }
        }
      });
      this.#unwrittenBlocks.splice(0, blocks.length);
      this.#unwrittenSize -= blocks.reduce((sum, block) => sum + sizeOf(block), 0);
      this.#unwrittenDenials = this.#unwrittenDenials.slice(denials.length);
      for (const denial of denials) this.#denials.delete(denial.transactionHash);
      this.#storedThrough = blocks.at(-1)?.number ?? this.#storedThrough;
      this.#trim();
    }
  }

  #nextToWrite(): Block[] {
    let size = 0;
    const end = this.#unwrittenBlocks.findIndex((block) => {
      size += sizeOf(block);
      return size >= this.#options.writeItemsMax;
    });
    return end < 0 ? [...this.#unwrittenBlocks] : this.#unwrittenBlocks.slice(0, end + 1);
  }

  /** Forgets the oldest blocks that the store has; the newest stays. */
  #trim(): void {
    for (const [number, block] of this.#recent) {
      if (this.#recentSize <= this.#options.recentItemsMax) return;
      if (number > this.#storedThrough || number === this.#head) return;
      this.#forget(block);
    }
  }

  #forget(block: Block): void {
    this.#recent.delete(block.number);
    this.#recentSize -= sizeOf(block);
    this.#recentByHash.delete(block.hash);
    for (const item of block.items) this.#recentItems.delete(itemHash(item));
  }
}

const storedBlock = (block: Block): StoredBlock => ({
  number: Number(block.number),
  hash: hash32(block.hash),
  batch: Number(block.batch),
  payload: encodeBlockHeader(headerOf(block)),
  transactions: block.items.map((item) => ({ hash: hash32(itemHash(item)), payload: encodeKeptItem(item) })),
});
