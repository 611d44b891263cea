import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, collect, createWorkbench, expectCode, type Workbench } from './harness.ts';

describeOnBothDatabases('block log (G7)', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open();
  });
  afterEach(() => bench.dispose());

  const appendMany = async (count: number) => {
    const payloads = Array.from({ length: count }, () => bytes(50));
    const sequences = await Promise.all(payloads.map((payload) => store.log.append([{ kind: 'tx', payload }])));
    return { payloads, sequences };
  };

  test('entries come back in order, from any sequence, also after a restart', async () => {
    const { payloads, sequences } = await appendMany(100);
    expect(sequences).toEqual(payloads.map((_, index) => index + 1));
    expect(
      await store.log.append([
        { kind: 'block', payload: bytes(1) },
        { kind: 'sealed', payload: bytes(0) },
      ]),
    ).toBe(101);
    expect(store.log.lastSequence()).toBe(102);
    await store.close();
    store = await bench.open();
    expect(store.log.lastSequence()).toBe(102);
    const all = await collect(store.log.read(1));
    expect(all.map((entry) => entry.sequence)).toEqual(Array.from({ length: 102 }, (_, index) => index + 1));
    expect(all.slice(0, 100).map((entry) => entry.payload)).toEqual(payloads);
    expect(all.slice(100).map((entry) => entry.kind)).toEqual(['block', 'sealed']);
    expect((await collect(store.log.read(57))).map((entry) => entry.sequence)).toEqual(
      all.slice(56).map((e) => e.sequence),
    );
    expect(await collect(store.log.read(103))).toEqual([]);
    expect((await store.verify()).logEntries).toBe(102);
  });

  test('reading a long log leaves room for others', async () => {
    await store.close();
    store = await bench.open({ log: { groupBytesMax: 100, groupIntervalMs: 0 } });
    await appendMany(400);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 0);
    expect(await collect(store.log.read(1))).toHaveLength(400);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(3);
  });

  test('many appends share a commit', async () => {
    await appendMany(500);
    const rows = await bench.tamper('select count(*) as groups from log_groups');
    expect(Number(rows[0]!['groups'])).toBeLessThan(50);
  });

  test('a full queue refuses with a code and loses nothing that it took', async () => {
    await store.close();
    store = await bench.open({ log: { queueEntriesMax: 10 } });
    const results = await Promise.allSettled(
      Array.from({ length: 30 }, () => store.log.append([{ kind: 'tx', payload: bytes(10) }])),
    );
    const taken = results.filter((result) => result.status === 'fulfilled').length;
    expect(taken).toBe(10);
    for (const result of results) if (result.status === 'rejected') expect(result.reason.code).toBe('STORE_BUSY');
    expect(await collect(store.log.read(1))).toHaveLength(10);
    await store.log.append([{ kind: 'tx', payload: bytes(10) }]);
  });

  test.each([
    ['entries', { queueEntriesMax: 10, queueEntriesReserved: 4, queueBytesReserved: 0 }, 6, 10],
    // One entry of 10 bytes takes 17.
    ['bytes', { queueBytesMax: 170, queueBytesReserved: 68, queueEntriesReserved: 0 }, 6, 10],
  ])('a queue that is full of arrivals has room for others: %s', async (_what, log, arrivalsMax, allMax) => {
    await store.close();
    store = await bench.open({ log });
    const entry = { kind: 'tx', payload: bytes(10) };
    const append = (options: { leaveReserve?: boolean }) =>
      store.log.append([entry], options).then(
        () => 'taken',
        (error: { code?: string }) => error.code,
      );
    // In one turn, in which nothing is written: a disk that stalls.
    const arrivals = Array.from({ length: 8 }, () => append({ leaveReserve: true }));
    const own = Array.from({ length: 6 }, () => append({}));
    const late = append({ leaveReserve: true });
    const answers = (taken: number, of: number) =>
      Array.from({ length: of }, (_, i) => (i < taken ? 'taken' : 'STORE_BUSY'));
    expect(await Promise.all(arrivals)).toEqual(answers(arrivalsMax, 8));
    expect(await Promise.all(own)).toEqual(answers(allMax - arrivalsMax, 6));
    expect(await late).toBe('STORE_BUSY');
    expect(await append({ leaveReserve: true })).toBe('taken');
    expect(await collect(store.log.read(1))).toHaveLength(allMax + 1);
  });

  test('an append larger than a group, an empty one and a bad kind are refused', async () => {
    await store.close();
    store = await bench.open({ log: { groupBytesMax: 1_000 } });
    await expectCode(store.log.append([{ kind: 'tx', payload: bytes(1_000) }]), 'STORE_TOO_LARGE');
    await expect(store.log.append([])).rejects.toThrow(RangeError);
    await expect(store.log.append([{ kind: 'two words', payload: bytes(1) }])).rejects.toThrow(RangeError);
    expect(store.log.lastSequence()).toBe(0);
  });

  test('what is queued when the store closes is written; what comes later is refused', async () => {
    const before = store.log.append([{ kind: 'tx', payload: bytes(5) }]);
    const closing = store.close();
    await expectCode(store.log.append([{ kind: 'tx', payload: bytes(5) }]), 'STORE_CLOSED');
    expect(await before).toBe(1);
    await closing;
    store = await bench.open();
    expect(store.log.lastSequence()).toBe(1);
  });

  test('waiting for an append or another transaction within a transaction is an error, not a deadlock', async () => {
    await expect(
      store.transaction(async () => {
        await store.log.append([{ kind: 'tx', payload: bytes(5) }]);
      }),
    ).rejects.toThrow('would wait for itself');
    await expect(store.transaction(() => store.transaction(async () => undefined))).rejects.toThrow(
      'would wait for itself',
    );
  });

  const damage: [name: string, sql: string[], codes: string[], when: 'open' | 'read'][] = [
    [
      'the last group removed',
      ['delete from log_groups where group_id = (select max(group_id) from log_groups)'],
      ['STORE_LOG_BROKEN'],
      'open',
    ],
    ['a group in the middle removed', ['delete from log_groups where group_id = 2'], ['STORE_LOG_BROKEN'], 'open'],
    ['the head removed', ['delete from log_head'], ['STORE_LOG_BROKEN'], 'open'],
    ['the whole log removed', ['delete from log_groups', 'delete from log_head'], ['STORE_ROLLED_BACK'], 'open'],
    ['the head pointing elsewhere', ['update log_head set group_id = 2'], ['STORE_LOG_BROKEN'], 'open'],
    [
      'two groups exchanged',
      [
        'update log_groups set payload = case group_id when 1 then (select payload from log_groups where group_id = 2) else (select payload from log_groups where group_id = 1) end where group_id in (1, 2)',
      ],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
    [
      'a time changed',
      ['update log_groups set written_at = written_at + 1 where group_id = 2'],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
    [
      'a count changed',
      ['update log_groups set entries = entries + 1 where group_id = 2'],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
    [
      'a chain value changed',
      ['update log_groups set chain = (select chain from log_groups where group_id = 1) where group_id = 2'],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
    [
      'a sequence shifted',
      ['update log_groups set first_sequence = 1000 where group_id = 2'],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
    [
      'a truncated group',
      ['update log_groups set payload = substr(payload, 1, 20) where group_id = 2'],
      ['STORE_LOG_BROKEN'],
      'read',
    ],
  ];
  test.each(damage)('%s is found', async (_name, statements, codes, when) => {
    for (let group = 0; group < 4; group++) await appendMany(3);
    await store.close();
    for (const sql of statements) await bench.tamper(sql);
    if (when === 'open') return expectCode(bench.open(), ...codes);
    store = await bench.open();
    await expectCode(collect(store.log.read(1)), ...codes);
    await expectCode(store.verify(), ...codes);
  });

  test('every single flipped byte of a group is found', async () => {
    for (let group = 0; group < 3; group++) await appendMany(1);
    await store.close();
    const [row] = await bench.tamper('select payload from log_groups where group_id = 2');
    const payload = Buffer.from(row!['payload'] as Uint8Array);
    store = await bench.open();
    let found = 0;
    for (let at = 0; at < payload.length; at += 7) {
      const edited = Buffer.from(payload);
      edited[at]! ^= 0x01;
      await bench.tamper('update log_groups set payload = ? where group_id = 2', edited);
      await expectCode(collect(store.log.read(1)), 'STORE_LOG_BROKEN');
      found += 1;
    }
    await bench.tamper('update log_groups set payload = ? where group_id = 2', payload);
    expect(await collect(store.log.read(1))).toHaveLength(3);
    expect(found).toBeGreaterThan(10);
  });

  test('an older copy of the log and its head together is found by the anchor', async () => {
    await appendMany(3);
    const head = await bench.tamper('select payload, group_id from log_head');
    const last = Number(head[0]!['group_id']);
    await appendMany(3);
    await store.close();
    await bench.tamper('delete from log_groups where group_id > ?', last);
    await bench.tamper('update log_head set group_id = ?, payload = ?', last, head[0]!['payload'] as Uint8Array);
    await expectCode(bench.open(), 'STORE_ROLLED_BACK');
    store = await bench.open({ acceptRollback: true });
    expect(store.log.lastSequence()).toBe(3);
    await store.log.append([{ kind: 'tx', payload: bytes(1) }]);
    await store.close();
    store = await bench.open();
    expect(store.log.lastSequence()).toBe(4);
  });
});
