/** The whole tree as bytes, nodes included, so that a start hashes nothing: 164 bytes a leaf. Plain text: the store encrypts it. */

import { TREE_DEPTH } from '../chain/constants.ts';
import { raiseState } from './errors.ts';
import type { IndexedTree } from './indexed-tree.ts';
import { WRITE_WORDS } from './packed-writes.ts';

const MAGIC = 0x53_4c_56_50;
const VERSION = 1;
/** Magic, version, has a batch, batch (two words), next index, two spare. */
const HEADER_WORDS = 8;
const FR_WORDS = 8;

export interface SnapshotHeader {
  readonly batch: bigint | undefined;
  readonly nextIndex: number;
}

const nodesAt = (level: number, nextIndex: number): number => Math.ceil(nextIndex / 2 ** level);

/** Offsets in words. */
function layOut(nextIndex: number) {
  const keys = HEADER_WORDS;
  const values = keys + nextIndex * FR_WORDS;
  const salts = values + nextIndex * FR_WORDS;
  const next = salts + nextIndex * FR_WORDS;
  const nodes = next + nextIndex;
  let end = nodes;
  for (let level = 0; level <= TREE_DEPTH; level++) end += nodesAt(level, nextIndex) * FR_WORDS;
  return { keys, values, salts, next, nodes, end };
}

export function writeSnapshot(tree: IndexedTree, batch: bigint | undefined): Uint8Array<ArrayBuffer> {
  const { memory, nextIndex } = tree;
  const at = layOut(nextIndex);
  const words = new Uint32Array(at.end);
  const number = batch ?? 0n;
  words.set([
    MAGIC,
    VERSION,
    batch === undefined ? 0 : 1,
    Number(number & 0xffff_ffffn),
    Number(number >> 32n),
    nextIndex,
  ]);
  for (let i = 0; i < nextIndex; i++) {
    memory.read(memory.key(i), words, at.keys + i * FR_WORDS);
    memory.read(memory.value(i), words, at.values + i * FR_WORDS);
    memory.read(memory.salt(i), words, at.salts + i * FR_WORDS);
    words[at.next + i] = memory.getNext(i);
  }
  let node = at.nodes;
  for (let level = 0; level <= TREE_DEPTH; level++) {
    for (let i = 0; i < nodesAt(level, nextIndex); i++, node += FR_WORDS)
      memory.read(memory.node(level, i), words, node);
  }
  return new Uint8Array(words.buffer);
}

function open(bytes: Uint8Array): { words: Uint32Array; header: SnapshotHeader; at: ReturnType<typeof layOut> } {
  const refuse = (reason: string) => raiseState('STATE_SNAPSHOT_INVALID', reason);
  if (bytes.length < HEADER_WORDS * 4 || bytes.length % 4 !== 0) throw refuse('truncated');
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, bytes.length / 4);
  if (words[0] !== MAGIC || words[1] !== VERSION) throw refuse('not a snapshot of this version');
  const nextIndex = words[5]!;
  const at = layOut(nextIndex);
  if (nextIndex < 1 || at.end !== words.length) throw refuse('wrong length');
  const batch = words[2] === 0 ? undefined : BigInt(words[3]!) + (BigInt(words[4]!) << 32n);
  return { words, header: { batch, nextIndex }, at };
}

/** Fills a new tree. The list of keys is checked, nodes are taken as they are: `IndexedTree.verify` recomputes them. */
export function loadSnapshot(tree: IndexedTree, bytes: Uint8Array): SnapshotHeader {
  const { words, header, at } = open(bytes);
  const { memory } = tree;
  memory.ensureLeaves(header.nextIndex);
  for (let i = 0; i < header.nextIndex; i++) {
    memory.write(memory.key(i), words, at.keys + i * FR_WORDS);
    memory.write(memory.value(i), words, at.values + i * FR_WORDS);
    memory.write(memory.salt(i), words, at.salts + i * FR_WORDS);
    const next = words[at.next + i]!;
    if (next >= header.nextIndex) throw raiseState('STATE_SNAPSHOT_INVALID', 'a leaf points outside the tree');
    memory.setNext(i, next);
  }
  let node = at.nodes;
  for (let level = 0; level <= TREE_DEPTH; level++) {
    for (let i = 0; i < nodesAt(level, header.nextIndex); i++, node += FR_WORDS)
      memory.write(memory.node(level, i), words, node);
  }
  try {
    tree.adopt(header.nextIndex);
  } catch (cause) {
    throw raiseState('STATE_SNAPSHOT_INVALID', 'the list of keys is broken', { cause });
  }
  return header;
}

/** Every leaf but the head as packed writes, page by page, for the flat state. */
export function* snapshotValues(bytes: Uint8Array): Iterable<Uint32Array> {
  const { words, header, at } = open(bytes);
  const PAGE = 4096;
  for (let start = 1; start < header.nextIndex; start += PAGE) {
    const count = Math.min(PAGE, header.nextIndex - start);
    const page = new Uint32Array(count * WRITE_WORDS);
    for (let i = 0; i < count; i++) {
      const leaf = (start + i) * FR_WORDS;
      page.set(words.subarray(at.keys + leaf, at.keys + leaf + FR_WORDS), i * WRITE_WORDS);
      page.set(words.subarray(at.values + leaf, at.values + leaf + FR_WORDS), i * WRITE_WORDS + FR_WORDS);
    }
    yield page;
  }
}
