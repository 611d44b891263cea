import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, createWorkbench, expectCode, newKek, type Workbench } from './harness.ts';

describeOnBothDatabases('an edited database gives coded errors, never garbage (G6)', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open();
    await store.transaction(async (writes) => {
      await writes.checkpoints.put('a', Uint8Array.of(1));
      await writes.checkpoints.put('b', Uint8Array.of(2));
    });
  });
  afterEach(() => bench.dispose());

  const reopened = async () => {
    await store.close();
    return bench.open();
  };

  test('a wrong KEK opens nothing', async () => {
    await store.close();
    await expectCode(bench.open({ kek: newKek() }), 'STORE_KEK_WRONG');
    store = await bench.open();
    expect(await store.read.checkpoints.get('a')).toEqual(Uint8Array.of(1));
  });

  test('a KEK that claims to be the right one opens nothing either', async () => {
    await store.close();
    await expectCode(bench.open({ kek: { ...newKek(), id: bench.kek.id } }), 'STORE_KEK_WRONG');
  });

  test('data keys exchanged, edited or removed are found', async () => {
    await store.close();
    const [checkpoints, blocks] = await bench.tamper(
      "select purpose, wrapped from data_keys where purpose in ('blocks', 'checkpoints') order by purpose desc",
    );
    await bench.tamper(
      "update data_keys set wrapped = ? where purpose = 'checkpoints'",
      blocks!['wrapped'] as Uint8Array,
    );
    await expectCode(bench.open(), 'STORE_KEK_WRONG');
    const edited = Buffer.from(checkpoints!['wrapped'] as Uint8Array);
    edited[40]! ^= 1;
    await bench.tamper("update data_keys set wrapped = ? where purpose = 'checkpoints'", edited);
    await expectCode(bench.open(), 'STORE_KEK_WRONG');
    await bench.tamper("delete from data_keys where purpose = 'checkpoints'");
    await expectCode(bench.open(), 'STORE_KEY_MISSING');
    await bench.tamper('delete from data_keys');
    await expectCode(bench.open(), 'STORE_KEY_MISSING');
  });

  test('a table without rows gets its key when a store opens, as after a migration', async () => {
    await store.close();
    await bench.tamper("delete from data_keys where purpose = 'users'");
    store = await bench.open();
    await store.transaction((writes) =>
      writes.users.create({ identity: null, displayName: 'A', roles: [], disabled: false, createdAt: 1, extra: {} }),
    );
    await store.verify();
    await store.close();
    await bench.tamper("delete from data_keys where purpose = 'users'");
    await expectCode(bench.open(), 'STORE_KEY_MISSING');
  });

  test('a store without its identity is not taken for a new one', async () => {
    await store.close();
    await bench.tamper('delete from store_meta');
    await expectCode(bench.open(), 'STORE_KEY_MISSING');
    await bench.tamper('delete from data_keys');
    await expectCode(bench.open(), 'STORE_KEY_MISSING');
  });

  test('a row changed in any column does not open', async () => {
    const [row] = await bench.tamper('select * from checkpoints order by id limit 1');
    const id = row!['id'] as Uint8Array;
    const payload = Buffer.from(row!['payload'] as Uint8Array);
    const broken: [string, Uint8Array | number][] = [
      ['sort', 5],
      ['owner', bytes(16)],
      ['lookup', bytes(16)],
      ['row_version', 99],
      ['payload', payload.subarray(0, payload.length - 1)],
      ['payload', payload.subarray(0, 10)],
      ['payload', new Uint8Array(0)],
      ['payload', Buffer.concat([payload, Buffer.of(0)])],
    ];
    for (let at = 0; at < payload.length; at++) {
      const edited = Buffer.from(payload);
      edited[at]! ^= 0x80;
      broken.push(['payload', edited]);
    }
    for (const [column, value] of broken) {
      await bench.tamper(`update checkpoints set ${column} = ? where id = ?`, value, id);
      const results = await Promise.allSettled(['a', 'b'].map((name) => store.read.checkpoints.get(name)));
      const errors = results.filter((result) => result.status === 'rejected').map((result) => result.reason.code);
      expect(errors).toHaveLength(1);
      expect(['STORE_RECORD_CORRUPT', 'STORE_KEY_MISSING']).toContain(errors[0]);
      await bench.tamper(`update checkpoints set ${column} = ? where id = ?`, row![column] as Uint8Array, id);
    }
    await store.verify();
  });

  test('rows that change places do not open', async () => {
    const rows = await bench.tamper('select id, payload from checkpoints');
    await bench.tamper(
      'update checkpoints set payload = ? where id = ?',
      rows[1]!['payload'] as Uint8Array,
      rows[0]!['id'] as Uint8Array,
    );
    await bench.tamper(
      'update checkpoints set payload = ? where id = ?',
      rows[0]!['payload'] as Uint8Array,
      rows[1]!['id'] as Uint8Array,
    );
    await expectCode(store.read.checkpoints.get('a'), 'STORE_RECORD_CORRUPT');
    await expectCode(store.read.checkpoints.get('b'), 'STORE_RECORD_CORRUPT');
  });

  test('a row moved to another table, whole, does not open', async () => {
    await bench.tamper('insert into challenges select * from checkpoints');
    await store.close();
    await expectCode(bench.open(), 'STORE_ROWS_REPLACED');
  });

  test('an old row put back, a row removed and a row added are found when the store opens', async () => {
    const old = await bench.tamper('select * from checkpoints');
    await store.transaction((writes) => writes.checkpoints.put('a', Uint8Array.of(9)));
    const now = await bench.tamper('select * from checkpoints');
    const changed = old.find((row) =>
      now.every(
        (other) =>
          other['row_version'] !== row['row_version'] ||
          !Buffer.from(other['id'] as Uint8Array).equals(Buffer.from(row['id'] as Uint8Array)),
      ),
    )!;
    await store.close();
    await bench.tamper(
      'update checkpoints set row_version = ?, payload = ? where id = ?',
      changed['row_version'] as number,
      changed['payload'] as Uint8Array,
      changed['id'] as Uint8Array,
    );
    await expectCode(bench.open(), 'STORE_ROWS_REPLACED');
    await bench.tamper('delete from checkpoints where id = ?', changed['id'] as Uint8Array);
    await expectCode(bench.open(), 'STORE_ROWS_REPLACED');
  });

  test('the freshness row put back with the rows it counted is found by the anchor', async () => {
    const old = await bench.tamper('select * from checkpoints');
    const [sums] = await bench.tamper('select * from freshness');
    await store.transaction((writes) => writes.checkpoints.put('c', Uint8Array.of(9)));
    await store.close();
    await bench.tamper('delete from checkpoints where row_version > ?', Number(old[0]!['row_version']));
    await bench.tamper(
      'update freshness set generation = ?, payload = ?',
      Number(sums!['generation']),
      sums!['payload'] as Uint8Array,
    );
    await expectCode(bench.open(), 'STORE_ROLLED_BACK');
  });

  test('a freshness row removed, edited or renumbered is found', async () => {
    await store.close();
    const [sums] = await bench.tamper('select * from freshness');
    await bench.tamper('update freshness set generation = generation + 1');
    await expectCode(bench.open(), 'STORE_RECORD_CORRUPT');
    await bench.tamper('delete from freshness');
    await expectCode(bench.open(), 'STORE_ROWS_REPLACED');
    await bench.tamper(
      'insert into freshness (id, generation, key_version, payload) values (1, ?, 1, ?)',
      Number(sums!['generation']),
      sums!['payload'] as Uint8Array,
    );
    store = await bench.open();
  });

  test('a transaction location that points elsewhere is an error, not another transaction', async () => {
    const block = (number: number) => ({
      number,
      hash: bytes(),
      batch: 1,
      payload: bytes(3),
      transactions: [
        { hash: bytes(), payload: bytes(8) },
        { hash: bytes(), payload: bytes(8) },
      ],
    });
    const [one, two] = [block(1), block(2)];
    await store.transaction((writes) => writes.blocks.put([one, two]));
    const { hash } = one.transactions[0]!;
    await bench.tamper('update transaction_locations set block = 3 - block');
    await expectCode(store.read.transactions.byHash(hash), 'STORE_RECORD_CORRUPT');
    await expectCode(store.verify(), 'STORE_ROWS_REPLACED');
    await bench.tamper('update transaction_locations set block = 3 - block, position = position + 7');
    await expectCode(store.read.transactions.byHash(hash), 'STORE_RECORD_CORRUPT');
    await bench.tamper('update transaction_locations set position = position - 7');
    await store.verify();
    await bench.tamper('delete from transaction_locations where position = 1 and block = 2');
    await expectCode(store.verify(), 'STORE_ROWS_REPLACED');
  });

  test('a growing table is checked as a whole by verify', async () => {
    await store.transaction((writes) => writes.proofs.put('p', 1, bytes(10)));
    store = await reopened();
    await bench.tamper('delete from proofs');
    await expectCode(store.verify(), 'STORE_ROWS_REPLACED');
  });

  test('verify does not mistake writing for tampering', async () => {
    let stop = false;
    const load = (async () => {
      for (let count = 0; !stop; count++) {
        await store.transaction((writes) => writes.checkpoints.put(`busy ${count % 50}`, bytes(10)));
        await store.log.append([{ kind: 'tx', payload: bytes(10) }]);
      }
    })();
    for (let round = 0; round < 5; round++) await store.verify();
    stop = true;
    await load;
    await store.verify();
  });

  test('an error of the caller within a transaction stops nothing', async () => {
    const mine = Object.assign(new Error('mine'), { code: 'ENOENT' });
    await expect(
      store.transaction(async (writes) => {
        await writes.checkpoints.put('a', Uint8Array.of(7));
        throw mine;
      }),
    ).rejects.toBe(mine);
    expect(await store.read.checkpoints.get('a')).toEqual(Uint8Array.of(1));
    await store.transaction((writes) => writes.checkpoints.put('a', Uint8Array.of(8)));
  });

  test('an anchor file edited or removed is found; an unknown migration too', async () => {
    await store.close();
    const { readFileSync, writeFileSync, rmSync } = await import('node:fs');
    const path = `${bench.folder}/anchor`;
    const anchor = readFileSync(path);
    writeFileSync(path, Buffer.from(anchor.map((byte, index) => (index % 512 === 60 ? byte ^ 1 : byte))));
    await expectCode(bench.open(), 'STORE_ROLLED_BACK');
    rmSync(path);
    await expectCode(bench.open(), 'STORE_ROLLED_BACK');
    writeFileSync(path, anchor);
    await bench.tamper(
      "insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00.000Z')",
    );
    await expectCode(bench.open(), 'STORE_SCHEMA_UNKNOWN');
  });
});
