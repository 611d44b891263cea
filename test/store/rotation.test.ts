import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, collect, createWorkbench, expectCode, newKek, type Workbench } from './harness.ts';

describeOnBothDatabases('rotation (G6)', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open();
  });
  afterEach(() => bench.dispose());

  const fill = async () => {
    await store.transaction(async (writes) => {
      for (let number = 1; number <= 5; number++) {
        const transactions = [{ hash: Buffer.alloc(32, number), payload: Buffer.alloc(10, number) }];
        await writes.blocks.put([{ number, hash: bytes(), batch: 1, payload: bytes(5), transactions }]);
        await writes.checkpoints.put(`c${number}`, Uint8Array.of(number));
      }
      await writes.users.create({
        identity: null,
        displayName: 'Ann',
        roles: [],
        disabled: false,
        createdAt: 1,
        extra: {},
      });
      await writes.audit.append([{ sequence: 1, head: bytes(), payload: bytes(7) }]);
    });
    for (let entry = 0; entry < 6; entry++) await store.log.append([{ kind: 'tx', payload: Uint8Array.of(entry) }]);
    await store.jobs.enqueue({ id: 'j', kind: 'segment', priority: 0, payload: Uint8Array.of(1) });
    await store.jobs.complete((await store.jobs.lease('w', ['segment'], 1000))!, Uint8Array.of(2));
  };
  const check = async () => {
    for (let number = 1; number <= 5; number++) {
      expect(await store.read.checkpoints.get(`c${number}`)).toEqual(Uint8Array.of(number));
      expect((await store.read.transactions.byHash(Buffer.alloc(32, number)))?.payload).toEqual(
        new Uint8Array(10).fill(number),
      );
    }
    expect((await collect(store.read.users.all())).map((user) => user.displayName)).toEqual(['Ann']);
    expect((await collect(store.log.read(1))).map((entry) => entry.payload[0]).slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
    expect((await store.jobs.get('j'))?.result).toEqual(Uint8Array.of(2));
    await store.verify();
  };

  test('data keys rotate in small steps while everything can be read, and old keys are gone at the end', async () => {
    await fill();
    await store.keys.rotateDataKeys();
    await check();
    await store.log.append([{ kind: 'tx', payload: Uint8Array.of(99) }]);
    let steps = 0;
    while ((await store.keys.reencryptStep(2)) > 0) {
      steps += 1;
      if (steps === 3) {
        // Interrupted and resumed.
        await store.close();
        store = await bench.open();
        await check();
      }
    }
    expect(steps).toBeGreaterThan(8);
    const versions = await bench.tamper('select purpose, version from data_keys where version = 1 order by purpose');
    expect(versions.map((row) => row['purpose'])).toEqual(['anchor', 'blind_index', 'freshness_sum', 'log_chain']);
    const tables = [
      'blocks',
      'checkpoints',
      'users',
      'subject_keys',
      'log_groups',
      'jobs',
      'audit_rows',
      'freshness',
      'log_head',
    ];
    for (const table of tables) {
      const [row] = await bench.tamper(`select count(*) as old from ${table} where key_version = 1`);
      expect([table, Number(row!['old'])]).toEqual([table, 0]);
    }
    await store.close();
    store = await bench.open();
    await check();
  });

  test('a record from before a completed rotation no longer opens', async () => {
    await fill();
    const [old] = await bench.tamper('select id, payload from checkpoints limit 1');
    await store.keys.rotateDataKeys();
    while ((await store.keys.reencryptStep(100)) > 0);
    await bench.tamper(
      'update checkpoints set payload = ? where id = ?',
      old!['payload'] as Uint8Array,
      old!['id'] as Uint8Array,
    );
    await expectCode(store.verify(), 'STORE_KEY_MISSING');
  });

  test('rotation under load loses nothing', async () => {
    await fill();
    let stop = false;
    let appended = 6;
    const load = (async () => {
      while (!stop) {
        await store.log.append([{ kind: 'tx', payload: bytes(20) }]);
        appended += 1;
        await store.transaction((writes) => writes.checkpoints.put('busy', Uint8Array.of(appended % 256)));
      }
    })();
    for (let round = 0; round < 3; round++) {
      await store.keys.rotateDataKeys();
      while ((await store.keys.reencryptStep(5)) > 0);
    }
    stop = true;
    await load;
    await store.close();
    store = await bench.open();
    expect(store.log.lastSequence()).toBe(appended);
    await check();
  });

  test('a KEK rotates: the new one opens, the old one does not', async () => {
    await fill();
    const file = await store.files.write('batches/1', [bytes(100)]);
    const next = newKek();
    await store.keys.rotateKek(next);
    await check();
    await store.close();
    await expectCode(bench.open(), 'STORE_KEK_WRONG');
    // Between the two steps both are needed.
    store = await bench.open({ kek: next });
    await expectCode(collect(store.files.read('batches/1')), 'STORE_KEK_WRONG');
    await store.close();
    store = await bench.open({ kek: next, previousKeks: [bench.kek] });
    expect(await collect(store.files.read('batches/1'))).toHaveLength(1);
    expect(await store.keys.rewrapFilesStep(10)).toBe(1);
    expect(await store.keys.rewrapFilesStep(10)).toBe(0);
    expect(readFileSync(`${bench.folder}/files/batches/1.key`, 'utf8')).toContain(next.id);
    await store.close();
    store = await bench.open({ kek: next });
    expect(await store.files.describe('batches/1')).toEqual(file);
    await check();
  });
});
