/** G8: the audit log cannot be edited unnoticed. */

import { describe, expect, it } from 'vitest';
import { openAuditLog, verifyAuditLog } from '../../src/audit/audit-log.ts';
import { type ChainedAuditEntry, canonicalEntry } from '../../src/audit/entry.ts';
import type { Audit, AuditStore } from '../../src/audit/port.ts';

interface MemoryStore extends AuditStore<string[]> {
  /** What acts wrote. */
  written: string[];
  rows: ChainedAuditEntry[];
  failWith: Error | undefined;
  appends: number;
}

function memoryStore(rows: ChainedAuditEntry[] = []): MemoryStore {
  const store: MemoryStore = {
    written: [],
    rows,
    failWith: undefined,
    appends: 0,
    async append(entries, work) {
      store.appends += 1;
      await Promise.resolve();
      const before = [...store.written];
      try {
        await work?.(store.written);
        if (store.failWith !== undefined) throw store.failWith;
      } catch (error) {
        store.written.splice(0, store.written.length, ...before);
        throw error;
      }
      store.rows.push(...entries);
    },
    last: async () => store.rows.at(-1),
    read: async (from, limit) => store.rows.filter(({ sequence }) => sequence >= from).slice(0, limit),
  };
  return store;
}

let time = 1_800_000_000_000;
const clock = { now: () => time++, sleep: async () => undefined };

const open = (store: AuditStore<string[]>, failures: unknown[] = []): Promise<Audit<string[]>> =>
  openAuditLog({ writeEntriesMax: 3, onFailure: (error) => failures.push(error) }, { store, clock });

const entry = (i: number) => ({
  actor: `user ${i}`,
  action: 'read.balance',
  resource: `0x${i}`,
  detail: { rule: 'r', n: String(i) },
});

async function written(count: number): Promise<MemoryStore> {
  const store = memoryStore();
  const audit = await open(store);
  for (let i = 0; i < count; i++) audit.record(entry(i));
  await audit.flush();
  return store;
}

describe('the audit log', () => {
  it('chains every entry, writes in bounded groups, and its head is that of the last durable row', async () => {
    const store = memoryStore();
    const audit = await open(store);
    expect([audit.head, audit.sequence]).toEqual([0n, 0n]);
    for (let i = 0; i < 10; i++) audit.record(entry(i));
    expect(audit.sequence).toBe(0n);
    await audit.flush();
    expect(store.rows.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n]);
    expect(store.appends).toBeGreaterThanOrEqual(4);
    expect([audit.head, audit.sequence]).toEqual([store.rows[9]!.head, 10n]);
    expect(await verifyAuditLog(store)).toEqual({ head: audit.head, sequence: 10n });
  });

  it('goes on after a restart as if there had been none', async () => {
    const first = await written(3);
    const again = await open(first);
    again.record(entry(3));
    await again.flush();
    expect(await verifyAuditLog(first)).toEqual({ head: again.head, sequence: 4n });
  });

  it('hashes the same facts the same whatever the order of their names, and keeps fields apart', () => {
    const base = { time: 1, actor: 'a', action: 'b', resource: 'c' };
    expect(canonicalEntry({ ...base, detail: { x: '1', y: '2' } })).toBe(
      canonicalEntry({ ...base, detail: { y: '2', x: '1' } }),
    );
    expect(canonicalEntry({ ...base, actor: 'a","b', detail: {} })).not.toBe(
      canonicalEntry({ ...base, action: 'b","b', detail: {} }),
    );
  });

  it('tells of a failed write once, and neither flushes nor writes anything afterwards', async () => {
    const store = memoryStore();
    const failures: unknown[] = [];
    const audit = await open(store, failures);
    audit.record(entry(0));
    await audit.flush();
    store.failWith = new Error('disk full');
    audit.record(entry(1));
    audit.record(entry(2));
    await expect(audit.flush()).rejects.toThrow('disk full');
    store.failWith = undefined;
    audit.record(entry(3));
    await expect(audit.flush()).rejects.toThrow('disk full');
    expect(failures).toHaveLength(1);
    expect(store.rows).toHaveLength(1);
    expect(audit.sequence).toBe(1n);
  });
});

describe('an act with its entry', () => {
  it('is written together with it, in its place in the chain', async () => {
    const store = memoryStore();
    const audit = await open(store);
    for (let i = 0; i < 4; i++) audit.record(entry(i));
    const acting = audit.recordWith(entry(4), async (writes) => void writes.push('act'));
    for (let i = 5; i < 8; i++) audit.record(entry(i));
    expect(store.written).toEqual([]);
    await acting;
    expect([store.written, store.rows.some(({ resource }) => resource === '0x4')]).toEqual([['act'], true]);
    await audit.flush();
    expect(store.rows.map(({ resource }) => resource)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((i) => `0x${i}`));
    expect(await verifyAuditLog(store)).toEqual({ head: audit.head, sequence: 8n });
  });

  it('that fails leaves neither, keeps what others recorded, and stops nothing', async () => {
    const store = memoryStore();
    const failures: unknown[] = [];
    const audit = await open(store, failures);
    audit.record(entry(0));
    const acting = audit.recordWith(entry(1), async (writes) => {
      writes.push('half');
      throw new Error('no such person');
    });
    audit.record(entry(2));
    await expect(acting).rejects.toThrow('no such person');
    await audit.flush();
    expect([store.written, failures]).toEqual([[], []]);
    expect(store.rows.map(({ resource, sequence }) => [resource, sequence])).toEqual([
      ['0x0', 1n],
      ['0x2', 2n],
    ]);
    expect(await verifyAuditLog(store)).toEqual({ head: audit.head, sequence: 2n });
  });

  it('is refused, and written nowhere, once the log has failed, also when it waited already', async () => {
    const store = memoryStore();
    const failures: unknown[] = [];
    const audit = await open(store, failures);
    store.failWith = new Error('disk full');
    const acts = [1, 2, 3].map((i) => audit.recordWith(entry(i), async (writes) => void writes.push(`act ${i}`)));
    for (const act of acts) await expect(act).rejects.toThrow('disk full');
    store.failWith = undefined;
    await expect(audit.recordWith(entry(4), async (writes) => void writes.push('late'))).rejects.toThrow('disk full');
    expect([store.written, store.rows, failures.length]).toEqual([[], [], 1]);
  });
});

describe('verification', () => {
  const broken = { code: 'AUDIT_CHAIN_BROKEN' };
  const edits: Readonly<Record<string, (rows: ChainedAuditEntry[]) => ChainedAuditEntry[]>> = {
    'an edited actor': (rows) => rows.with(4, { ...rows[4]!, actor: 'somebody else' }),
    'an edited action': (rows) => rows.with(4, { ...rows[4]!, action: 'read.code' }),
    'an edited resource': (rows) => rows.with(4, { ...rows[4]!, resource: '0xff' }),
    'an edited time': (rows) => rows.with(4, { ...rows[4]!, time: 7 }),
    'an edited detail': (rows) => rows.with(4, { ...rows[4]!, detail: { ...rows[4]!.detail, n: '9' } }),
    'a detail taken away': (rows) => rows.with(4, { ...rows[4]!, detail: {} }),
    'an edited head': (rows) => rows.with(4, { ...rows[4]!, head: 1n }),
    'an edited last row': (rows) => rows.with(-1, { ...rows.at(-1)!, actor: 'x' }),
    'a row taken out': (rows) => rows.filter(({ sequence }) => sequence !== 5n),
    'a row taken out and the rest renumbered': (rows) =>
      rows.filter(({ sequence }) => sequence !== 5n).map((row, i) => ({ ...row, sequence: BigInt(i + 1) })),
    'the first row taken out': (rows) => rows.slice(1),
    'two rows exchanged': (rows) => rows.with(4, { ...rows[5]!, sequence: 5n }).with(5, { ...rows[4]!, sequence: 6n }),
    'a row twice': (rows) => [...rows.slice(0, 5), { ...rows[4]!, sequence: 6n }, ...rows.slice(5)],
  };

  it.each(Object.keys(edits))('finds %s', async (name) => {
    const { rows } = await written(10);
    for (const page of [1, 3, 1000])
      await expect(verifyAuditLog(memoryStore(edits[name]!([...rows])), page), `${page} a page`).rejects.toMatchObject(
        broken,
      );
  });

  it('finds a row behind a gap at the end', async () => {
    const { rows } = await written(10);
    const store = memoryStore(rows.filter(({ sequence }) => sequence !== 10n));
    await expect(verifyAuditLog({ ...store, last: async () => rows.at(-1) })).rejects.toMatchObject(broken);
  });

  it('ends at another head when the end is cut off: a batch already committed the real one', async () => {
    const { rows } = await written(10);
    const whole = await verifyAuditLog(memoryStore(rows));
    const cut = await verifyAuditLog(memoryStore(rows.slice(0, 9)));
    expect(cut.sequence).toBe(9n);
    expect(cut.head).not.toBe(whole.head);
  });

  it('holds an empty log to be empty', async () => {
    expect(await verifyAuditLog(memoryStore())).toEqual({ sequence: 0n, head: 0n });
  });
});
