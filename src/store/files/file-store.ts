import { createSecretKey } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { Secret } from '../../base/secret.ts';
import type { KeyRing } from '../envelope/key-ring.ts';
import type { RandomBytes } from '../envelope/record-cipher.ts';
import { storeError } from '../errors.ts';
import { createMutex } from '../mutex.ts';
import type { FileStore, StoredFile } from '../port.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import type { ReadHandle } from '../schema.ts';
import type { SealedRows } from '../sealed-rows.ts';
import type { WriteScope } from '../write-scope.ts';
import { encryptFile } from './encrypted-file.ts';
import { describeFile, filePaths, readEncryptedFile } from './file-reader.ts';
import { rewrapKeyFile, writeKeyFile } from './key-file.ts';
import { temporaryOf, writeDurably } from './write-durably.ts';

export interface FileStoreDeps {
  readonly folder: string;
  readonly keys: KeyRing;
  readonly rows: SealedRows;
  readonly reader: ReadHandle;
  readonly random: RandomBytes;
  readonly transaction: <T>(work: (scope: WriteScope) => Promise<T>) => Promise<T>;
}

export interface OwnedFileStore extends FileStore {
  rewrapStep(limit: number): Promise<number>;
  /** Holds every recorded file against its hash and opens it; answers how many there are. */
  verify(): Promise<number>;
}

const PAGE = 1_000;

export function createFileStore(deps: FileStoreDeps): OwnedFileStore {
  const { folder, keys, rows, reader, random, transaction } = deps;
  const exclusive = createMutex();
  const idOf = (name: string) => keys.blindIndex('file name', name);

  const recorded = async (name: string): Promise<StoredFile | undefined> => {
    const record = await rows.get(reader, idOf(name));
    return record === undefined ? undefined : decodeRecord<StoredFile>(record.plain);
  };
  const record = (file: StoredFile) =>
    transaction((scope) => rows.insert(scope, { id: idOf(file.name), plain: encodeRecord(file) }));

  /** Undefined when the name is free. A file without its record was written just before a kill: it is whole, so it counts. */
  const existing = async (name: string): Promise<StoredFile | undefined> => {
    const [known, present] = await Promise.all([recorded(name), describeFile(folder, name)]);
    if (known === undefined) return present;
    if (present === undefined) throw storeError('STORE_FILE_CORRUPT', `the file ${name} is gone`);
    if (!Buffer.from(known.dataHash).equals(present.dataHash)) {
      throw storeError('STORE_FILE_CORRUPT', `the file ${name} is not what was written`);
    }
    return known;
  };

  const allNames = async (): Promise<string[]> => {
    const names: string[] = [];
    let after = new Uint8Array(0);
    for (;;) {
      const page = await reader
        .selectFrom('files')
        .select('id')
        .where('id', '>', after)
        .orderBy('id')
        .limit(PAGE)
        .execute();
      for (const { id } of page) {
        const row = await rows.get(reader, id);
        if (row !== undefined) names.push(decodeRecord<StoredFile>(row.plain).name);
      }
      if (page.length < PAGE) return names.sort();
      after = new Uint8Array(page.at(-1)!.id);
    }
  };

  return {
    write: (name, chunks) =>
      exclusive(async () => {
        const paths = filePaths(folder, name);
        const before = await existing(name);
        if (before === undefined) {
          const key = random(32);
          // The key first: a file without its key would be lost, a key without its file is replaced.
          await writeKeyFile(paths.key, name, new Secret(key), keys.kek());
          await writeDurably(paths.data, encryptFile(createSecretKey(key), chunks));
        }
        const file = before ?? (await describeFile(folder, name))!;
        if ((await recorded(name)) === undefined) await record(file);
        return file;
      }),
    read: (name) => readEncryptedFile(folder, name, keys.keks()),
    describe: existing,
    list: async (prefix) => (await allNames()).filter((name) => name.startsWith(prefix)),
    remove: (name) =>
      exclusive(async () => {
        const paths = filePaths(folder, name);
        await transaction((scope) => rows.remove(scope, idOf(name)));
        // Also what a kill in the middle of a write has left.
        for (const path of [paths.data, paths.key]) {
          await rm(path, { force: true });
          await rm(temporaryOf(path), { force: true });
        }
      }),
    rewrapStep: (limit) =>
      exclusive(async () => {
        let done = 0;
        for (const name of await allNames()) {
          if (done === limit) break;
          if (await rewrapKeyFile(filePaths(folder, name).key, name, keys.keks(), keys.kek())) done += 1;
        }
        return done;
      }),
    verify: async () => {
      const names = await allNames();
      for (const name of names) {
        await existing(name);
        for await (const _ of readEncryptedFile(folder, name, keys.keks()));
      }
      return names.length;
    },
  };
}
