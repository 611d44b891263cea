import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEncryptedFile } from '../../src/store/files/file-reader.ts';
import type { Store } from '../../src/store/port.ts';
import { bytes, collect, createWorkbench, expectCode, newKek, type Workbench } from './harness.ts';

describe('encrypted files: archives and snapshots (G6)', () => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench();
    store = await bench.open();
  });
  afterEach(() => bench.dispose());

  const pathOf = (name: string, end = '.enc') => join(bench.folder, 'files', `${name}${end}`);
  const readAll = async (name: string) => Buffer.concat(await collect(store.files.read(name)));

  test.each([0, 1, 65_535, 65_536, 65_537, 300_000])('%i bytes come back, in pieces of any size', async (size) => {
    const content = bytes(size);
    const pieces = [content.subarray(0, size >> 2), new Uint8Array(0), content.subarray(size >> 2)];
    const file = await store.files.write('batches/7', pieces);
    expect((await readAll('batches/7')).equals(content)).toBe(true);
    const raw = readFileSync(pathOf('batches/7'));
    expect(Buffer.from(file.dataHash)).toEqual(createHash('sha256').update(raw).digest());
    expect(file.size).toBe(raw.length);
  });

  test('written once: the same name again answers the first file, also after a restart', async () => {
    const first = await store.files.write('batches/1', [bytes(1_000)]);
    const raw = readFileSync(pathOf('batches/1'));
    expect(await store.files.write('batches/1', [bytes(2_000)])).toEqual(first);
    await store.close();
    store = await bench.open();
    expect(await store.files.write('batches/1', [bytes(3)])).toEqual(first);
    expect(readFileSync(pathOf('batches/1'))).toEqual(raw);
    expect(await store.files.list('batches/')).toEqual(['batches/1']);
    await store.files.remove('batches/1');
    expect(await store.files.describe('batches/1')).toBeUndefined();
    expect(await store.files.list('')).toEqual([]);
    await expectCode(readAll('batches/1'), 'STORE_FILE_KEY_MISSING');
  });

  test('a source that fails leaves no file behind', async () => {
    const failing = (function* () {
      yield bytes(100_000);
      throw new Error('the source broke');
    })();
    await expect(store.files.write('snapshots/1', failing)).rejects.toThrow();
    expect(readdirSync(join(bench.folder, 'files', 'snapshots')).filter((name) => !name.endsWith('.key'))).toEqual([]);
    await store.files.write('snapshots/1', [bytes(5)]);
  });

  test('files are read with the KEK alone, without the database', async () => {
    await store.files.write('batches/1', [Buffer.from('whole')]);
    await store.close();
    const chunks = await collect(readEncryptedFile(join(bench.folder, 'files'), 'batches/1', [bench.kek]));
    expect(Buffer.concat(chunks).toString()).toBe('whole');
    await expectCode(
      collect(readEncryptedFile(join(bench.folder, 'files'), 'batches/1', [newKek()])),
      'STORE_KEK_WRONG',
    );
  });

  test('names stay inside the folder', async () => {
    for (const name of ['../x', '/etc/x', 'a/../b', 'A', '', 'a//b', 'a/', '.hidden']) {
      await expect(store.files.write(name, [])).rejects.toThrow(RangeError);
      await expect(readAll(name)).rejects.toThrow(RangeError);
    }
  });

  describe('damage', () => {
    beforeEach(async () => {
      await store.files.write('batches/1', [bytes(200_000)]);
      await store.files.write('batches/2', [bytes(200_000)]);
    });
    const edit = (name: string, at: number) => {
      const raw = readFileSync(pathOf(name));
      raw[at]! ^= 1;
      writeFileSync(pathOf(name), raw);
    };

    test.each([0, 15, 16, 5_000, 65_560, 131_190, 200_060])('a flipped bit at %i', async (at) => {
      edit('batches/1', at);
      await expectCode(readAll('batches/1'), 'STORE_FILE_CORRUPT');
      await expectCode(store.files.describe('batches/1'), 'STORE_FILE_CORRUPT');
      await expectCode(store.verify(), 'STORE_FILE_CORRUPT');
      expect(await readAll('batches/2')).toHaveLength(200_000);
    });

    test.each([0, 10, 16, 20, 65_568, 131_120, 200_000])('cut off at %i', async (length) => {
      truncateSync(pathOf('batches/1'), length);
      await expectCode(readAll('batches/1'), 'STORE_FILE_CORRUPT');
    });

    test('chunks exchanged, a chunk dropped, bytes appended', async () => {
      const raw = readFileSync(pathOf('batches/1'));
      const chunk = 65_536 + 16;
      const at = (index: number) => raw.subarray(16 + index * chunk, 16 + (index + 1) * chunk);
      for (const parts of [
        [at(1), at(0), at(2), at(3)],
        [at(0), at(2), at(3)],
        [at(0), at(1), at(2), at(3), Buffer.alloc(1)],
      ]) {
        writeFileSync(pathOf('batches/1'), Buffer.concat([raw.subarray(0, 16), ...parts]));
        await expectCode(readAll('batches/1'), 'STORE_FILE_CORRUPT');
      }
    });

    test('files that change places, with or without their keys', async () => {
      const exchange = (end: string) => {
        renameSync(pathOf('batches/1', end), pathOf('batches/x', end));
        renameSync(pathOf('batches/2', end), pathOf('batches/1', end));
        renameSync(pathOf('batches/x', end), pathOf('batches/2', end));
      };
      exchange('.enc');
      await expectCode(readAll('batches/1'), 'STORE_FILE_CORRUPT');
      exchange('.key');
      await expectCode(readAll('batches/1'), 'STORE_KEK_WRONG');
      await expectCode(store.verify(), 'STORE_FILE_CORRUPT');
    });

    test('a missing file, a missing key, a damaged key', async () => {
      writeFileSync(pathOf('batches/1', '.key'), '{"kek": 5}');
      await expectCode(readAll('batches/1'), 'STORE_FILE_CORRUPT');
      rmSync(pathOf('batches/1', '.key'));
      await expectCode(readAll('batches/1'), 'STORE_FILE_KEY_MISSING');
      rmSync(pathOf('batches/2'));
      await expectCode(readAll('batches/2'), 'STORE_NOT_FOUND');
      await expectCode(store.files.describe('batches/2'), 'STORE_FILE_CORRUPT');
      await expectCode(store.files.write('batches/2', [bytes(1)]), 'STORE_FILE_CORRUPT');
      await expectCode(store.verify(), 'STORE_FILE_CORRUPT', 'STORE_FILE_KEY_MISSING');
    });
  });
});
