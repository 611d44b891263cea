import { open } from 'node:fs/promises';
import { Secret } from '../../base/secret.ts';
import { fromDriver, storeError } from '../errors.ts';
import type { Kek } from './kek.ts';
import { createLocalKek, KEK_BYTES, parseKekHex } from './local-kek.ts';
import type { RandomBytes } from './record-cipher.ts';

/** A KEK from a file of 32 raw bytes or 64 hexadecimal digits, readable by its owner alone. */
export async function openFileKek(path: string, deps: { random: RandomBytes }): Promise<Kek> {
  return createLocalKek(await readKek(path), deps.random);
}

async function readKek(path: string): Promise<Secret> {
  const file = await open(path, 'r').catch((error: unknown) => {
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw missing
      ? storeError('STORE_KEK_MISSING', `no KEK file at ${path}`)
      : fromDriver(error, 'opening the KEK file');
  });
  try {
    const { mode, size } = await file.stat();
    if ((mode & 0o077) !== 0) throw storeError('STORE_KEK_UNSAFE', `${path} is readable by others (want mode 0600)`);
    if (size > 1024) throw storeError('STORE_KEK_MISSING', `${path} is not a KEK`);
    const bytes = new Uint8Array(await file.readFile());
    const key = bytes.length === KEK_BYTES ? new Secret(bytes) : parseKekHex(Buffer.from(bytes).toString('latin1'));
    if (key === undefined)
      throw storeError('STORE_KEK_MISSING', `${path} holds neither 32 bytes nor 64 hexadecimal digits`);
    return key;
  } finally {
    await file.close();
  }
}

/** Writes a new KEK file; refuses to replace one, because that would lose everything wrapped under it. */
export async function createKekFile(path: string, deps: { random: RandomBytes }): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw fromDriver(error, `creating the KEK file ${path}`);
  });
  try {
    await file.writeFile(`${Buffer.from(deps.random(KEK_BYTES)).toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}
