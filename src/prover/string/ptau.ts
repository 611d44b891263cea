/**
 * Reader of snarkjs's powers-of-tau files: `ptau`, version 1, sections of (type u32, size u64, data), little-endian. Section 1 is the header
 * (element size, base field modulus, power), 2 the powers in G1, 3 the powers in G2; coordinates are little-endian in Montgomery form.
 * Source: the file format that snarkjs reads and writes (iden3/snarkjs, powersoftau_utils).
 */

import { type FileHandle, open } from 'node:fs/promises';
import { bytesToBigInt } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';
import { FQ_MODULUS, invertFq, mulFq } from './field.ts';
import { G1_BYTES, G2_BYTES, type G2Point } from './points.ts';

export interface Ptau {
  /** Largest circuit is 2^power gates. */
  readonly power: number;
  /** Writes the first `points` powers as big-endian points. */
  writeG1(path: string, points: number): Promise<void>;
  /** [x] in G2. */
  secretInG2(): Promise<G2Point>;
  close(): Promise<void>;
}

const SECTION = { HEADER: 1, TAU_G1: 2, TAU_G2: 3 } as const;
const ELEMENT_BYTES = 32;
const sectionsMax = 64;
const pointsPerChunk = 1 << 14;
const MONTGOMERY_INVERSE = invertFq((1n << 256n) % FQ_MODULUS);

interface Section {
  readonly offset: number;
  readonly size: number;
}

/** Throws STRING_INVALID on another format, another curve, or a truncated file. */
export async function openPtau(path: string): Promise<Ptau> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (cause) {
    throw proverError('STRING_INVALID', 'the file cannot be read', { cause });
  }
  try {
    const sections = await readSections(file);
    const header = await readAt(file, sectionOf(sections, SECTION.HEADER), 0, 4 + ELEMENT_BYTES + 4);
    const view = new DataView(header.buffer, header.byteOffset);
    if (view.getUint32(0, true) !== ELEMENT_BYTES) throw invalid('elements are not 32 bytes');
    if (littleEndian(header, 4) !== FQ_MODULUS) throw invalid('the curve is not BN254');
    const power = view.getUint32(4 + ELEMENT_BYTES, true);
    const g1 = sectionOf(sections, SECTION.TAU_G1);
    const g2 = sectionOf(sections, SECTION.TAU_G2);
    return {
      power,
      writeG1: (to, points) => writeG1(file, g1, to, points),
      async secretInG2() {
        const bytes = await readAt(file, g2, G2_BYTES, G2_BYTES);
        const [x0, x1, y0, y1] = [0, 32, 64, 96].map((at) => fromMontgomery(littleEndian(bytes, at)));
        return { x: [x0!, x1!], y: [y0!, y1!] };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readSections(file: FileHandle): Promise<Map<number, Section>> {
  const { size } = await file.stat();
  const whole = { offset: 0, size };
  const start = await readAt(file, whole, 0, 12);
  const view = new DataView(start.buffer, start.byteOffset);
  if (Buffer.from(start.subarray(0, 4)).toString('latin1') !== 'ptau') throw invalid('not a .ptau file');
  if (view.getUint32(4, true) !== 1) throw invalid('an unknown version of .ptau');
  const count = view.getUint32(8, true);
  if (count > sectionsMax) throw invalid('too many sections');
  const sections = new Map<number, Section>();
  let at = 12;
  for (let i = 0; i < count; i++) {
    const head = await readAt(file, whole, at, 12);
    const headView = new DataView(head.buffer, head.byteOffset);
    const section = { offset: at + 12, size: Number(headView.getBigUint64(4, true)) };
    if (section.offset + section.size > size) throw invalid('truncated');
    if (!sections.has(headView.getUint32(0, true))) sections.set(headView.getUint32(0, true), section);
    at = section.offset + section.size;
  }
  return sections;
}

async function writeG1(file: FileHandle, section: Section, path: string, points: number): Promise<void> {
  if (section.size < points * G1_BYTES) throw invalid(`fewer than ${points} points`);
  const out = await open(path, 'w', 0o600);
  try {
    for (let from = 0; from < points; from += pointsPerChunk) {
      const count = Math.min(pointsPerChunk, points - from);
      const bytes = await readAt(file, section, from * G1_BYTES, count * G1_BYTES);
      const hex: string[] = [];
      for (let at = 0; at < bytes.length; at += ELEMENT_BYTES) {
        hex.push(fromMontgomery(littleEndian(bytes, at)).toString(16).padStart(64, '0'));
      }
      await out.write(Buffer.from(hex.join(''), 'hex'));
    }
    await out.sync();
  } finally {
    await out.close();
  }
}

function sectionOf(sections: Map<number, Section>, type: number): Section {
  const section = sections.get(type);
  if (section === undefined) throw invalid(`section ${type} is missing`);
  return section;
}

async function readAt(file: FileHandle, section: Section, at: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  if (at + length > section.size) throw invalid('truncated');
  const { bytesRead } = await file.read(bytes, 0, length, section.offset + at);
  if (bytesRead !== length) throw invalid('truncated');
  return bytes;
}

const littleEndian = (bytes: Uint8Array, at: number): bigint =>
  bytesToBigInt(bytes.slice(at, at + ELEMENT_BYTES).reverse());

function fromMontgomery(value: bigint): bigint {
  if (value >= FQ_MODULUS) throw invalid('a coordinate is not reduced');
  return mulFq(value, MONTGOMERY_INVERSE);
}

const invalid = (text: string) => proverError('STRING_INVALID', text);
