import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Kek } from '../envelope/kek.ts';
import { fromDriver, isDriverError, storeError } from '../errors.ts';
import type { StoredFile } from '../port.ts';
import { decryptFile } from './encrypted-file.ts';
import { readKeyFile } from './key-file.ts';

const NAME = /^[a-z0-9][a-z0-9-]*(\/[a-z0-9][a-z0-9-]*)*$/;

export interface FilePaths {
  readonly data: string;
  readonly key: string;
}

export function filePaths(folder: string, name: string): FilePaths {
  if (!NAME.test(name)) throw new RangeError('not the name of a stored file');
  return { data: join(folder, `${name}.enc`), key: join(folder, `${name}.key`) };
}

/** Reads encrypted files with nothing but their folder and the KEK: what `restore` needs. */
export async function* readEncryptedFile(
  folder: string,
  name: string,
  keks: readonly Kek[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const paths = filePaths(folder, name);
  const key = await readKeyFile(paths.key, name, keks);
  try {
    yield* decryptFile(key, createReadStream(paths.data) as AsyncIterable<Uint8Array>);
  } catch (error) {
    throw missing(error) ? storeError('STORE_NOT_FOUND', `there is no file ${name}`) : mapped(error);
  }
}

/** Undefined when there is no such file. */
export async function describeFile(folder: string, name: string): Promise<StoredFile | undefined> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(filePaths(folder, name).data) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      size += chunk.length;
    }
  } catch (error) {
    if (missing(error)) return undefined;
    throw mapped(error);
  }
  return { name, dataHash: new Uint8Array(hash.digest()), size };
}

const missing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT';
const mapped = (error: unknown) => (isDriverError(error) ? fromDriver(error, 'reading a file') : error);
