/**
 * Blocks, transactions and denials to be found by number and hash: what is newest from memory, the rest from the store's derived tables. The
 * block log is the truth; these tables are written behind it and filled again by replay.
 */

import { bigIntToBytes } from '../base/bytes.ts';
import { type Block, type BlockItem, itemHash } from '../chain/block.ts';
import {
  type BlockHeader,
  decodeBlockHeader,
  decodeBlockItem,
  encodeBlockHeader,
  encodeBlockItem,
  headerOf,
} from '../chain/block-codec.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { decodeEntry, encodeEntry } from '../sequencer/log-entries.ts';
import type { Outcome } from '../sequencer/port.ts';
import type { Store, StoredBlock } from '../store/port.ts';

export interface ChainIndexOptions {
  readonly chainId: bigint;
  /** Blocks kept in memory besides those not yet written. */
  readonly recentBlocksMax: number;
  /** Blocks written in one transaction. */
  readonly writeBlocksMax: number;
  readonly onFailure: (error: unknown) => void;
}

export interface LocatedItem {
  readonly header: BlockHeader;
  readonly item: BlockItem;
}

const hash32 = (hash: bigint): Uint8Array => bigIntToBytes(hash, 32);

export class ChainIndex {
  readonly #options: ChainIndexOptions;
  readonly #store: Pick<Store, 'read' | 'transaction'>;
  #head = 0n;
  readonly #recent = new Map<bigint, Block>();
  readonly #recentByHash = new Map<bigint, bigint>();
  readonly #recentItems = new Map<bigint, LocatedItem>();
  readonly #denials = new Map<bigint, SignedDenial>();
  #unwrittenBlocks: Block[] = [];
  #unwrittenDenials: SignedDenial[] = [];
  #storedThrough: bigint;
  #writing: Promise<void> | undefined;

  private constructor(options: ChainIndexOptions, store: Pick<Store, 'read' | 'transaction'>, storedThrough: bigint) {
    this.#options = options;
    this.#store = store;
    this.#storedThrough = storedThrough;
  }

  static async open(options: ChainIndexOptions, store: Pick<Store, 'read' | 'transaction'>): Promise<ChainIndex> {
    const latest = await store.read.blocks.latest();
    return new ChainIndex(options, store, BigInt(latest?.number ?? 0));
  }

  /** Number of the newest block that can be found here: the sequencer's own head is not durable yet. */
  get head(): bigint {
    return this.#head;
  }

  onBlock(block: Block): void {
    this.#head = block.number;
    this.#recent.set(block.number, block);
    this.#recentByHash.set(block.hash, block.number);
    const header = headerOf(block);
    for (const item of block.items) this.#recentItems.set(itemHash(item), { header, item });
    if (block.number > this.#storedThrough) this.#unwrittenBlocks.push(block);
    this.#trim();
    this.#write();
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
    const stored = await this.#store.read.blocks.byNumber(Number(number));
    return stored === undefined ? undefined : decodeBlockHeader(stored.payload);
  }

  async block(number: bigint): Promise<Block | undefined> {
    const recent = this.#recent.get(number);
    if (recent !== undefined) return recent;
    return this.#decode(await this.#store.read.blocks.byNumber(Number(number)));
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
    if (found === undefined) return undefined;
    return {
      header: decodeBlockHeader(found.block.payload),
      item: decodeBlockItem(found.payload, this.#options.chainId),
    };
  }

  async outcome(hash: bigint): Promise<Outcome | undefined> {
    const located = await this.item(hash);
    if (located !== undefined) {
      return { kind: 'included', block: located.header.number, batch: located.header.batch, index: located.item.index };
    }
    const denial = this.#denials.get(hash) ?? (await this.#storedDenial(hash));
    return denial === undefined ? undefined : { kind: 'denied', denial };
  }

  /** Resolves when everything seen so far is in the store. */
  async flush(): Promise<void> {
    while (this.#unwrittenBlocks.length > 0 || this.#unwrittenDenials.length > 0 || this.#writing !== undefined) {
      this.#write();
      await this.#writing;
    }
  }

  async #storedDenial(hash: bigint): Promise<SignedDenial | undefined> {
    const payload = await this.#store.read.denials.byHash(hash32(hash));
    if (payload === undefined) return undefined;
    const entry = decodeEntry('denial', payload);
    return entry.kind === 'denial' ? entry.denial : undefined;
  }

  #decode(stored: StoredBlock | undefined): Block | undefined {
    if (stored === undefined) return undefined;
    const { itemCount: _, ...header } = decodeBlockHeader(stored.payload);
    return {
      ...header,
      items: stored.transactions.map(({ payload }) => decodeBlockItem(payload, this.#options.chainId)),
    };
  }

  #write(): void {
    this.#writing ??= this.#drain()
      .catch(this.#options.onFailure)
      .finally(() => {
        this.#writing = undefined;
      });
  }

  async #drain(): Promise<void> {
    while (this.#unwrittenBlocks.length > 0 || this.#unwrittenDenials.length > 0) {
      const blocks = this.#unwrittenBlocks.slice(0, this.#options.writeBlocksMax);
      const denials = this.#unwrittenDenials;
      await this.#store.transaction(async (writes) => {
        await writes.blocks.put(blocks.map(storedBlock));
        for (const block of blocks) {
          const keys = block.items.flatMap(({ result }) =>
            result.logs.flatMap((log) => [hash32(log.address), ...log.topics.map(hash32)]),
          );
          if (keys.length > 0) await writes.eventLogs.put(Number(block.number), keys, new Uint8Array());
        }
        for (const denial of denials) {
          const hash = hash32(denial.transactionHash);
          if ((await this.#store.read.denials.byHash(hash)) === undefined) {
            await writes.denials.put(hash, Number(denial.batch), encodeEntry({ kind: 'denial', denial }).payload);
          }
        }
      });
      this.#unwrittenBlocks.splice(0, blocks.length);
      this.#unwrittenDenials = this.#unwrittenDenials.slice(denials.length);
      for (const denial of denials) this.#denials.delete(denial.transactionHash);
      this.#storedThrough = blocks.at(-1)?.number ?? this.#storedThrough;
      this.#trim();
    }
  }

  /** Forgets the oldest blocks that the store has. */
  #trim(): void {
    for (const [number, block] of this.#recent) {
      if (this.#recent.size <= this.#options.recentBlocksMax || number > this.#storedThrough) return;
      this.#recent.delete(number);
      this.#recentByHash.delete(block.hash);
      for (const item of block.items) this.#recentItems.delete(itemHash(item));
    }
  }
}

const storedBlock = (block: Block): StoredBlock => ({
  number: Number(block.number),
  hash: hash32(block.hash),
  batch: Number(block.batch),
  payload: encodeBlockHeader(headerOf(block)),
  transactions: block.items.map((item) => ({ hash: hash32(itemHash(item)), payload: encodeBlockItem(item) })),
});
