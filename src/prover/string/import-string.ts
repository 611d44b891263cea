/**
 * Imports a public ceremony's string: the hash of the given file(s) against the published one first, then every point by pairing. Nothing is
 * left behind unless all of it passed.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { proverError } from '../errors.ts';
import { checkString } from './check-string.ts';
import { IGNITION_G2 } from './ignition-g2.ts';
import { decodeG2, encodeG2, G1_BYTES, type G2Point } from './points.ts';
import { openPtau } from './ptau.ts';
import { finishString, G1_FILE, type ReferenceString, removeString, STRING_POINTS } from './reference-string.ts';

/** As ceremonies publish it: snarkjs lists BLAKE2b-512 of whole `.ptau` files. */
export interface PublishedHash {
  readonly algorithm: 'sha256' | 'blake2b512';
  readonly hex: string;
}

interface ImportOptions {
  readonly directory: string;
  /** Leave out only where no hash has been published: the pairing shows that the file is a string, not whose. */
  readonly publishedHash?: PublishedHash;
  /** How many points to take; the file may hold more. */
  readonly points?: number;
  readonly workers?: number;
  readonly signal?: AbortSignal;
}

export interface ImportPtauOptions extends ImportOptions {
  /** A snarkjs `.ptau` of BN254, of power 21 or more for the default number of points. */
  readonly file: string;
}

export interface ImportIgnitionOptions extends ImportOptions {
  /** Flat files of Ignition points: 64-byte affine big-endian, the generator first; `publishedHash` is of this file. */
  readonly g1File: string;
  /** 128 bytes; it must be Ignition's own point. */
  readonly g2File: string;
}

export async function importPtau(options: ImportPtauOptions): Promise<ReferenceString> {
  const { file, points = STRING_POINTS } = options;
  return importInto(options, 'ptau', file, async (g1Path) => {
    const ptau = await openPtau(file);
    try {
      await ptau.writeG1(g1Path, points);
      return await ptau.secretInG2();
    } finally {
      await ptau.close();
    }
  });
}

export async function importIgnition(options: ImportIgnitionOptions): Promise<ReferenceString> {
  const { g1File, g2File, points = STRING_POINTS } = options;
  return importInto(options, 'ignition', g1File, async (g1Path) => {
    const g2 = readG2(new Uint8Array(await readFile(g2File)));
    if (Buffer.compare(encodeG2(g2), encodeG2(IGNITION_G2)) !== 0) {
      throw proverError('STRING_INVALID', 'its G2 point is not the one of Ignition');
    }
    if ((await stat(g1File)).size < points * G1_BYTES)
      throw proverError('STRING_INVALID', `fewer than ${points} points`);
    await copyFile(g1File, g1Path);
    const copy = await open(g1Path, 'r+');
    await copy.truncate(points * G1_BYTES).finally(() => copy.close());
    return g2;
  });
}

async function importInto(
  { directory, publishedHash, workers, signal }: ImportOptions,
  source: 'ptau' | 'ignition',
  hashedFile: string,
  write: (g1Path: string) => Promise<G2Point>,
): Promise<ReferenceString> {
  if (publishedHash !== undefined) await checkPublishedHash(hashedFile, publishedHash);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await removeString(directory);
  const part = join(directory, `${G1_FILE}.part`);
  try {
    const g2 = await write(part);
    await checkString({
      g1Path: part,
      g2,
      ...(workers === undefined ? {} : { workers }),
      ...(signal === undefined ? {} : { signal }),
    });
    await rename(part, join(directory, G1_FILE));
    return await finishString(directory, g2, source);
  } finally {
    await rm(part, { force: true });
  }
}

async function checkPublishedHash(file: string, { algorithm, hex }: PublishedHash): Promise<void> {
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  } catch (cause) {
    throw proverError('STRING_INVALID', 'the file cannot be read', { cause });
  }
  if (hash.digest('hex') !== hex.toLowerCase()) throw proverError('STRING_HASH_MISMATCH', `${algorithm} of the file`);
}

function readG2(bytes: Uint8Array): G2Point {
  try {
    return decodeG2(bytes);
  } catch (cause) {
    throw proverError('STRING_INVALID', 'its G2 point is invalid', { cause });
  }
}
