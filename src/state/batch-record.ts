/**
 * What a batch did to the tree, as bytes: for each changed leaf its fields before and after, and each changed node as it was before. It takes a
 * batch back, opens the tree as it was, and lists the leaf changes. Little-endian 32-bit words; field elements as in the tree's memory.
 */

import { TREE_DEPTH } from '../chain/constants.ts';
import { raiseState } from './errors.ts';

const MAGIC = 0x52_4c_56_50;
const VERSION = 1;
/** Magic, version, batch (two words), next index before and after, changed leaves, nodes, roots before and after. */
const HEADER_WORDS = 8 + 16;
const FR_WORDS = 8;

export interface RecordSizes {
  readonly batch: bigint;
  readonly nextIndexBefore: number;
  readonly nextIndexAfter: number;
  readonly leaves: number;
  readonly nodes: number;
}

/** Offsets, in words, of the parts of a record. */
function layOut({ nextIndexBefore, nextIndexAfter, leaves, nodes }: RecordSizes) {
  let end = HEADER_WORDS;
  const part = (words: number): number => {
    const start = end;
    end += words;
    return start;
  };
  return {
    /** End of each level's nodes within the list of nodes, levels 0 to 32. */
    levelEnds: part(TREE_DEPTH + 1),
    newKeys: part((nextIndexAfter - nextIndexBefore) * FR_WORDS),
    /** Ascending. */
    indices: part(leaves),
    nextBefore: part(leaves),
    nextAfter: part(leaves),
    valuesBefore: part(leaves * FR_WORDS),
    valuesAfter: part(leaves * FR_WORDS),
    saltsBefore: part(leaves * FR_WORDS),
    saltsAfter: part(leaves * FR_WORDS),
    /** Ascending within each level. */
    nodeIndices: part(nodes),
    nodesBefore: part(nodes * FR_WORDS),
    end,
    get words() {
      return end;
    },
  };
}

export class BatchRecord {
  readonly sizes: RecordSizes;
  readonly words: Uint32Array<ArrayBuffer>;
  readonly at: ReturnType<typeof layOut>;
  /** Offsets of the two roots. */
  readonly rootBefore = 8;
  readonly rootAfter = 16;

  private constructor(sizes: RecordSizes, words: Uint32Array<ArrayBuffer>, at: ReturnType<typeof layOut>) {
    this.sizes = sizes;
    this.words = words;
    this.at = at;
  }

  static create(sizes: RecordSizes): BatchRecord {
    const at = layOut(sizes);
    const words = new Uint32Array(at.words);
    const batch = [Number(sizes.batch & 0xffff_ffffn), Number(sizes.batch >> 32n)];
    words.set([MAGIC, VERSION, ...batch, sizes.nextIndexBefore, sizes.nextIndexAfter, sizes.leaves, sizes.nodes]);
    return new BatchRecord(sizes, words, at);
  }

  /** Throws STATE_RECORD_INVALID when the bytes are not a record of `batch`. Copies bytes that are not aligned. */
  static open(bytes: Uint8Array, batch: bigint): BatchRecord {
    const refuse = (reason: string) => raiseState('STATE_RECORD_INVALID', `record of batch ${batch}: ${reason}`);
    if (bytes.length < HEADER_WORDS * 4 || bytes.length % 4 !== 0) throw refuse('truncated');
    const aligned = bytes.byteOffset % 4 === 0 && bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
    const words = new Uint32Array(aligned.buffer as ArrayBuffer, aligned.byteOffset, bytes.length / 4);
    const [magic, version, low, high, nextIndexBefore, nextIndexAfter, leaves, nodes] = words as unknown as number[];
    if (magic !== MAGIC || version !== VERSION) throw refuse('not a record of this version');
    if (BigInt(low!) + (BigInt(high!) << 32n) !== batch) throw refuse('of another batch');
    const sizes: RecordSizes = {
      batch,
      nextIndexBefore: nextIndexBefore!,
      nextIndexAfter: nextIndexAfter!,
      leaves: leaves!,
      nodes: nodes!,
    };
    if (sizes.nextIndexAfter < sizes.nextIndexBefore) throw refuse('leaf indices run backwards');
    const at = layOut(sizes);
    if (at.words !== words.length) throw refuse('wrong length');
    if (words[at.levelEnds + TREE_DEPTH] !== nodes) throw refuse('wrong number of nodes');
    for (let i = 0; i < sizes.leaves; i++) {
      const ascends = i === 0 || words[at.indices + i]! > words[at.indices + i - 1]!;
      const isInside = [at.indices, at.nextBefore, at.nextAfter].every(
        (list) => words[list + i]! < sizes.nextIndexAfter,
      );
      if (!ascends || !isInside) throw refuse('a leaf out of place');
    }
    return new BatchRecord(sizes, words, at);
  }

  get bytes(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.words.buffer, this.words.byteOffset, this.words.byteLength);
  }

  /** Position of a changed leaf in the record, -1 when the batch left it alone. */
  findLeaf(index: number): number {
    return this.#find(this.at.indices, this.at.indices + this.sizes.leaves, index);
  }

  /** Offset of a node's value before the batch, -1 when the batch left it alone. */
  findNode(level: number, index: number): number {
    const start = level === 0 ? 0 : this.words[this.at.levelEnds + level - 1]!;
    const end = this.words[this.at.levelEnds + level]!;
    const found = this.#find(this.at.nodeIndices + start, this.at.nodeIndices + end, index);
    return found < 0 ? -1 : this.at.nodesBefore + (start + found) * FR_WORDS;
  }

  /** An element of one of the lists of field elements. */
  fr(offset: number): bigint {
    let value = 0n;
    for (let i = FR_WORDS - 1; i >= 0; i--) value = (value << 32n) | BigInt(this.words[offset + i]!);
    return value;
  }

  #find(start: number, end: number, wanted: number): number {
    let low = start;
    let high = end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.words[middle]! < wanted) low = middle + 1;
      else high = middle;
    }
    return low < end && this.words[low] === wanted ? low - start : -1;
  }
}
