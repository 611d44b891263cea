import { createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Secret } from '../../base/secret.ts';
import { associatedData } from '../envelope/associated-data.ts';
import type { Kek } from '../envelope/kek.ts';
import { fromDriver, storeError } from '../errors.ts';
import { writeDurably } from './write-durably.ts';

/**
 * The key of one file, wrapped directly under the KEK, in a small file beside it: a node is restored from the files and the KEK alone, and
 * KEK rotation rewrites these without touching a hashed byte. The file's name is bound to the key, so files cannot change places.
 */
interface KeyFile {
  readonly kek: string;
  readonly wrapped: string;
}

const contextOf = (name: string) => associatedData('privity file key', name);

export async function writeKeyFile(path: string, name: string, key: Secret, kek: Kek): Promise<void> {
  const wrapped = await kek.wrap(key, contextOf(name));
  const content: KeyFile = { kek: kek.id, wrapped: Buffer.from(wrapped).toString('base64') };
  await writeDurably(path, [Buffer.from(`${JSON.stringify(content)}\n`)]);
}

export async function readKeyFile(path: string, name: string, keks: readonly Kek[]): Promise<KeyObject> {
  const content = await parseKeyFile(path, name);
  return createSecretKey((await unwrap(content, name, keks)).reveal());
}

/** Wraps the key under `next`; answers false when it already is. */
export async function rewrapKeyFile(path: string, name: string, keks: readonly Kek[], next: Kek): Promise<boolean> {
  const content = await parseKeyFile(path, name);
  if (content.kek === next.id) return false;
  await writeKeyFile(path, name, await unwrap(content, name, keks), next);
  return true;
}

async function unwrap(content: KeyFile, name: string, keks: readonly Kek[]): Promise<Secret> {
  const kek = keks.find((candidate) => candidate.id === content.kek);
  if (kek === undefined) throw storeError('STORE_KEK_WRONG', `the key of ${name} is wrapped under KEK ${content.kek}`);
  return kek.unwrap(new Uint8Array(Buffer.from(content.wrapped, 'base64')), contextOf(name));
}

async function parseKeyFile(path: string, name: string): Promise<KeyFile> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing
      ? storeError('STORE_FILE_KEY_MISSING', `the key of ${name} is missing`)
      : fromDriver(error, 'reading a key file');
  });
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null && 'kek' in content && 'wrapped' in content) {
      const { kek, wrapped } = content;
      if (typeof kek === 'string' && typeof wrapped === 'string') return { kek, wrapped };
    }
  } catch {
    // Falls through to the one answer for anything that is not a key file.
  }
  throw storeError('STORE_FILE_CORRUPT', `the key file of ${name} is damaged`);
}
