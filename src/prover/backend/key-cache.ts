/**
 * Verification keys on disk, one folder a key, named by everything the key depends on: binary, string, circuit, transcript. A key takes as long
 * to make as a fifth of a proof, and every proof needs it.
 */

import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesToBigInt } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';
import { hashKeyFields } from './key-hash.ts';
import { toFields, VK_FIELDS } from './proof.ts';

export interface VerificationKey {
  readonly bytes: Uint8Array;
  /** As the binary reports it; for a Poseidon2 transcript recomputed from the bytes. */
  readonly hash: bigint;
  /** File that holds `bytes`. */
  readonly path: string;
}

export interface KeyIdentity {
  readonly bbVersion: string;
  readonly stringHash: string;
  readonly circuitHash: string;
  readonly transcript: 'poseidon2' | 'keccak';
}

export function keyFolder(cacheDirectory: string, identity: KeyIdentity): string {
  const { bbVersion, stringHash, circuitHash, transcript } = identity;
  const name = createHash('sha256')
    .update(JSON.stringify([bbVersion, stringHash, circuitHash, transcript]))
    .digest('hex');
  return join(cacheDirectory, 'keys', name);
}

/** A cached key, or undefined; a damaged one counts as absent and is removed. */
export async function readCachedKey(
  folder: string,
  transcript: KeyIdentity['transcript'],
): Promise<VerificationKey | undefined> {
  try {
    return await readKey(folder, transcript);
  } catch {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
}

/** Copies `vk` and `vk_hash` out of the folder the binary wrote to; a rename makes the entry appear whole. */
export async function storeKey(
  from: string,
  folder: string,
  transcript: KeyIdentity['transcript'],
): Promise<VerificationKey> {
  await readKey(from, transcript);
  const part = `${folder}.part-${randomBytes(8).toString('hex')}`;
  await mkdir(part, { recursive: true, mode: 0o700 });
  try {
    for (const file of ['vk', 'vk_hash']) await cp(join(from, file), join(part, file));
    await rename(part, folder).catch((error: NodeJS.ErrnoException) => {
      // Another process was faster: the same key stands there already.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(part, { recursive: true, force: true });
  }
  return readKey(folder, transcript);
}

async function readKey(folder: string, transcript: KeyIdentity['transcript']): Promise<VerificationKey> {
  const path = join(folder, 'vk');
  const bytes = new Uint8Array(await readFile(path));
  const hashBytes = new Uint8Array(await readFile(join(folder, 'vk_hash')));
  if (hashBytes.length !== 32) throw proverError('PROOF_MALFORMED', 'a key hash has 32 bytes');
  const hash = bytesToBigInt(hashBytes);
  if (transcript === 'poseidon2') {
    const fields = toFields(bytes);
    if (fields.length !== VK_FIELDS) throw proverError('PROOF_MALFORMED', `a key has ${VK_FIELDS} elements`);
    if (hashKeyFields(fields) !== hash) throw proverError('PROOF_MALFORMED', 'a key does not have the hash beside it');
  }
  return { bytes, hash, path };
}
