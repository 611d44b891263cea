/**
 * The whole tree as a stream of pages, nodes included, so that a start hashes nothing: 164 bytes a leaf, a bounded page at a time. Plain text: the
 * store encrypts it. A header, then leaves by index (key, value, salt, index of the next leaf), then nodes by level; little-endian words.
 */

import { ByteReader } from '../base/byte-reader.ts';
import { TREE_DEPTH } from '../chain/constants.ts';
import { raiseState } from './errors.ts';
import type { IndexedTree } from './indexed-tree.ts';
import { WRITE_WORDS } from './packed-writes.ts';

const MAGIC = 0x53_4c_56_50;
const VERSION = 2;
/** Magic, version, has a batch, batch (two words), next index, two spare. */
const HEADER_WORDS = 8;
const FR_WORDS = 8;
const LEAF_WORDS = 3 * FR_WORDS + 1;
const PAGE_LEAVES = 4_096;
const PAGE_NODES = 8_192;

export interface SnapshotHeader {
  readonly batch: bigint | undefined;
  readonly nextIndex: number;
}

/** Leaves from index `first` on, or nodes from the place `first` on in the order of the stream. */
export interface SnapshotPage {
  readonly kind: 'leaves' | 'nodes';
  readonly first: number;
  readonly words: Uint32Array<ArrayBuffer>;
}

const refuse = (reason: string) => raiseState('STATE_SNAPSHOT_INVALID', reason);

const nodesAt = (level: number, nextIndex: number): number => Math.ceil(nextIndex / 2 ** level);

/** Level and index of the nodes from `first` on in the order of the stream. */
function* nodePlaces(nextIndex: number, first: number): Generator<readonly [level: number, index: number]> {
  let before = 0;
  for (let level = 0; level <= TREE_DEPTH; level++) {
    const count = nodesAt(level, nextIndex);
    for (let index = Math.max(0, first - before); index < count; index++) yield [level, index];
    before += count;
  }
}

function nodeCount(nextIndex: number): number {
  let count = 0;
  for (let level = 0; level <= TREE_DEPTH; level++) count += nodesAt(level, nextIndex);
  return count;
}

/** Page `number` of the tree's stream; undefined past its end. */
export function snapshotPage(
  tree: IndexedTree,
  batch: bigint | undefined,
  number: number,
): Uint8Array<ArrayBuffer> | undefined {
  const { nextIndex } = tree;
  const leafPages = Math.ceil(nextIndex / PAGE_LEAVES);
  const bytesOf = (words: Uint32Array<ArrayBuffer>) => new Uint8Array(words.buffer);
  if (number === 0) return bytesOf(headerWords({ batch, nextIndex }));
  if (number <= leafPages) return bytesOf(leafWords(tree, (number - 1) * PAGE_LEAVES));
  const first = (number - 1 - leafPages) * PAGE_NODES;
  return first < nodeCount(nextIndex) ? bytesOf(nodeWords(tree, first)) : undefined;
}

function headerWords({ batch, nextIndex }: SnapshotHeader): Uint32Array<ArrayBuffer> {
  const number = batch ?? 0n;
  const words = new Uint32Array(HEADER_WORDS);
  const [low, high] = [Number(number & 0xffff_ffffn), Number(number >> 32n)];
  words.set([MAGIC, VERSION, batch === undefined ? 0 : 1, low, high, nextIndex]);
  return words;
}

function leafWords({ memory, nextIndex }: IndexedTree, first: number): Uint32Array<ArrayBuffer> {
  const count = Math.min(PAGE_LEAVES, nextIndex - first);
  const words = new Uint32Array(count * LEAF_WORDS);
  for (let i = 0; i < count; i++) {
    const at = i * LEAF_WORDS;
    memory.read(memory.key(first + i), words, at);
    memory.read(memory.value(first + i), words, at + FR_WORDS);
    memory.read(memory.salt(first + i), words, at + 2 * FR_WORDS);
    words[at + 3 * FR_WORDS] = memory.getNext(first + i);
  }
  return words;
}

function nodeWords({ memory, nextIndex }: IndexedTree, first: number): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(Math.min(PAGE_NODES, nodeCount(nextIndex) - first) * FR_WORDS);
  let at = 0;
  for (const [level, index] of nodePlaces(nextIndex, first)) {
    if (at === words.length) break;
    memory.read(memory.node(level, index), words, at);
    at += FR_WORDS;
  }
  return words;
}

/** Cuts a stream of bytes into the header and pages. Throws STATE_SNAPSHOT_INVALID when it is not exactly one snapshot of this version. */
export async function openSnapshot(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
  const reader = new ByteReader(chunks);
  const take = async (count: number): Promise<Uint32Array<ArrayBuffer>> => {
    const bytes = await reader.take(count * 4);
    if (bytes === undefined) throw refuse('truncated');
    return new Uint32Array(bytes.buffer);
  };
  const words = await take(HEADER_WORDS);
  if (words[0] !== MAGIC || words[1] !== VERSION) throw refuse('not a snapshot of this version');
  const header: SnapshotHeader = {
    batch: words[2] === 0 ? undefined : BigInt(words[3]!) + (BigInt(words[4]!) << 32n),
    nextIndex: words[5]!,
  };
  const { nextIndex } = header;
  if (nextIndex < 1) throw refuse('a tree without its head');
  async function* pages(): AsyncGenerator<SnapshotPage, void, undefined> {
    for (let first = 0; first < nextIndex; first += PAGE_LEAVES) {
      yield { kind: 'leaves', first, words: await take(Math.min(PAGE_LEAVES, nextIndex - first) * LEAF_WORDS) };
    }
    const nodes = nodeCount(nextIndex);
    for (let first = 0; first < nodes; first += PAGE_NODES) {
      yield { kind: 'nodes', first, words: await take(Math.min(PAGE_NODES, nodes - first) * FR_WORDS) };
    }
    if (!(await reader.isAtEnd())) throw refuse('longer than it says');
  }
  return { header, pages: pages() };
}

/** Fills a new tree with one page. Pointers are checked; nodes are taken as they are: `IndexedTree.verify` recomputes them. */
export function loadPage({ memory }: IndexedTree, nextIndex: number, { kind, first, words }: SnapshotPage): void {
  if (kind === 'nodes') {
    let at = 0;
    for (const [level, index] of nodePlaces(nextIndex, first)) {
      if (at === words.length) break;
      memory.write(memory.node(level, index), words, at);
      at += FR_WORDS;
    }
    return;
  }
  memory.ensureLeaves(first + words.length / LEAF_WORDS);
  for (let at = 0, index = first; at < words.length; at += LEAF_WORDS, index++) {
    memory.write(memory.key(index), words, at);
    memory.write(memory.value(index), words, at + FR_WORDS);
    memory.write(memory.salt(index), words, at + 2 * FR_WORDS);
    const next = words[at + 3 * FR_WORDS]!;
    if (next >= nextIndex) throw refuse('a leaf points outside the tree');
    memory.setNext(index, next);
  }
}

/** Ends the filling: checks the list of keys. */
export function finishLoading(tree: IndexedTree, nextIndex: number): void {
  try {
    tree.adopt(nextIndex);
  } catch (cause) {
    throw raiseState('STATE_SNAPSHOT_INVALID', 'the list of keys is broken', { cause });
  }
}

/** The leaves of a page, but the head, as packed writes for the flat state. */
export function valuesOfPage({ first, words }: SnapshotPage): Uint32Array {
  const skipped = first === 0 ? 1 : 0;
  const count = words.length / LEAF_WORDS - skipped;
  const values = new Uint32Array(count * WRITE_WORDS);
  for (let i = 0; i < count; i++) {
    const leaf = (i + skipped) * LEAF_WORDS;
    values.set(words.subarray(leaf, leaf + WRITE_WORDS), i * WRITE_WORDS);
  }
  return values;
}
