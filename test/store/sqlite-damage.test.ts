import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isPrivityError } from '../../src/base/errors.ts';
import { bytes, collect, createWorkbench, expectCode, type Workbench } from './harness.ts';

describe('a damaged SQLite file', () => {
  let bench: Workbench;
  beforeEach(async () => {
    bench = await createWorkbench();
  });
  afterEach(() => bench.dispose());

  const database = () => join(bench.folder, 'privity.sqlite');
  const fillAndClose = async () => {
    const store = await bench.open();
    for (let index = 0; index < 40; index++) await store.log.append([{ kind: 'tx', payload: bytes(40_000) }]);
    await store.transaction(async (writes) => {
      for (let index = 0; index < 40; index++) await writes.checkpoints.put(`c${index}`, bytes(500));
    });
    await store.close();
  };

  test('a clean stop leaves one file and no log', async () => {
    await fillAndClose();
    expect(() => statSync(`${database()}-wal`)).toThrow();
    expect(() => statSync(join(bench.folder, 'open'))).toThrow();
    await (await bench.open()).verify();
  });

  test.each([0.1, 0.5, 0.9])('cut off at %f of its length', async (share) => {
    await fillAndClose();
    truncateSync(database(), Math.floor(statSync(database()).size * share));
    await expectCode(bench.open(), 'STORE_DATABASE_CORRUPT');
  });

  test('emptied, or not a database at all', async () => {
    await fillAndClose();
    writeFileSync(database(), bytes(8_192));
    await expectCode(bench.open(), 'STORE_DATABASE_CORRUPT');
    // An empty file is a new database to SQLite; the anchor knows better.
    writeFileSync(database(), '');
    await expectCode(bench.open(), 'STORE_ROLLED_BACK', 'STORE_KEK_WRONG');
  });

  test('bytes edited anywhere: a coded error or an untouched answer', async () => {
    await fillAndClose();
    const original = readFileSync(database());
    const outcomes = new Map<string, number>();
    for (let round = 0; round < 24; round++) {
      const edited = Buffer.from(original);
      const at = Math.floor((original.length / 24) * round) + 100 + round * 13;
      for (let index = at; index < Math.min(at + 8, edited.length); index++) edited[index]! ^= 0x5a;
      writeFileSync(database(), edited);
      const outcome = await (async () => {
        try {
          const store = await bench.open();
          try {
            await store.verify();
            expect(await collect(store.log.read(1))).toHaveLength(40);
            return 'unused bytes';
          } finally {
            await store.close();
          }
        } catch (error) {
          if (!isPrivityError(error)) throw error;
          return error.code;
        }
      })();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    console.info('edited database file:', Object.fromEntries(outcomes));
    expect(24 - (outcomes.get('unused bytes') ?? 0)).toBeGreaterThan(15);
    writeFileSync(database(), original);
    await (await bench.open()).verify();
  });

  describe('after a kill', () => {
    /** The files as a kill would leave them: taken from under a running store. */
    const killedCopy = async (): Promise<string> => {
      const store = await bench.open();
      for (let index = 0; index < 20; index++) await store.log.append([{ kind: 'tx', payload: bytes(500) }]);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const copy = mkdtempSync(join(tmpdir(), 'privity-killed-'));
      cpSync(bench.folder, copy, { recursive: true });
      await store.close();
      return copy;
    };

    test('the write-ahead log is recovered', async () => {
      const folder = await killedCopy();
      const store = await bench.open({ folder });
      expect(store.log.lastSequence()).toBe(20);
      await store.verify();
      await store.close();
      rmSync(folder, { recursive: true });
    });

    test('a missing, emptied or shortened write-ahead log is found', async () => {
      const folder = await killedCopy();
      const wal = join(folder, 'privity.sqlite-wal');
      const content = readFileSync(wal);
      rmSync(wal);
      rmSync(join(folder, 'privity.sqlite-shm'), { force: true });
      await expectCode(bench.open({ folder }), 'STORE_WAL_MISSING');
      for (const length of [0, 32, Math.floor(content.length / 2)]) {
        const copy = mkdtempSync(join(tmpdir(), 'privity-killed-'));
        cpSync(folder, copy, { recursive: true });
        writeFileSync(join(copy, 'privity.sqlite-wal'), content.subarray(0, length));
        await expectCode(bench.open({ folder: copy }), 'STORE_ROLLED_BACK', 'STORE_KEK_WRONG', 'STORE_KEY_MISSING');
        rmSync(copy, { recursive: true });
      }
      rmSync(folder, { recursive: true });
    });
  });

  test('a second opening is refused while the first lives, and works after it', async () => {
    const store = await bench.open();
    await expect(bench.open()).rejects.toMatchObject({
      code: 'STORE_LOCKED',
      internalText: expect.stringMatching(/^\/.+ is open in another process/),
    });
    await store.log.append([{ kind: 'tx', payload: bytes(5) }]);
    await store.close();
    await (await bench.open()).verify();
  });

  test('a folder that cannot be written is a coded error', async () => {
    writeFileSync(join(bench.folder, 'file'), '');
    await expectCode(bench.open({ folder: join(bench.folder, 'file', 'below') }), 'STORE_IO_FAILED');
  });
});

describe('a full disk', () => {
  const fillUp = async (open: () => ReturnType<Workbench['open']>) => {
    const store = await open();
    const accepted: number[] = [];
    const codes = new Set<string>();
    for (let round = 0; round < 400 && codes.size === 0; round++) {
      const results = await Promise.allSettled(
        Array.from({ length: 4 }, () => store.log.append([{ kind: 'tx', payload: bytes(4_000) }])),
      );
      for (const result of results) {
        if (result.status === 'fulfilled') accepted.push(result.value);
        else codes.add(result.reason.code);
      }
    }
    expect([...codes]).toEqual(['STORE_DISK_FULL']);
    expect(accepted.length).toBeGreaterThan(10);
    await expectCode(
      store.transaction((writes) => writes.checkpoints.put('big', bytes(300_000))),
      'STORE_DISK_FULL',
    );
    // What was accepted is there, and the store has not stopped: the next small write may fit or not, with a code.
    expect(await collect(store.log.read(1))).toHaveLength(accepted.length);
    await store.close();
    return accepted.length;
  };

  test('of the database: refused with a code, everything accepted is kept, and it goes on when there is room', async () => {
    const bench = await createWorkbench();
    const accepted = await fillUp(() => bench.open({ database: { kind: 'sqlite', pagesMax: 300 } }));
    const store = await bench.open();
    expect(store.log.lastSequence()).toBe(accepted);
    await store.log.append([{ kind: 'tx', payload: bytes(4_000) }]);
    await store.verify();
    await bench.dispose();
  });

  const mount = mkdtempSync(join(tmpdir(), 'privity-full-'));
  const mounted = (() => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'pipe' });
      return true;
    } catch {
      console.warn('SKIPPED, 1 test: a full file system, because this user may not mount one');
      return false;
    }
  })();

  test.skipIf(!mounted)('of the file system: the same, with the write-ahead log failing', async () => {
    const bench = await createWorkbench();
    try {
      const accepted = await fillUp(() => bench.open({ folder: mount }));
      execFileSync('mount', ['-o', 'remount,size=30m', mount], { stdio: 'pipe' });
      const store = await bench.open({ folder: mount });
      expect(store.log.lastSequence()).toBe(accepted);
      await store.log.append([{ kind: 'tx', payload: bytes(4_000) }]);
      await store.verify();
      await store.close();
    } finally {
      await bench.dispose();
      execFileSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});
