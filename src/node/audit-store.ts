import type { ChainedAuditEntry } from '../audit/entry.ts';
import type { AuditStore } from '../audit/port.ts';
import { bigIntToBytes, bytesToBigInt } from '../base/bytes.ts';
import type { AuditRow, Store, StoreWrites } from '../store/port.ts';

/** The audit log's rows in the encrypted store. */
export const createAuditStore = (store: Pick<Store, 'read' | 'transaction'>): AuditStore<StoreWrites> => ({
  append: (entries, work) =>
    store.transaction(async (writes) => {
      await work?.(writes);
      await writes.audit.append(entries.map(toRow));
    }),
  async last() {
    const row = await store.read.audit.last();
    return row === undefined ? undefined : { sequence: BigInt(row.sequence), head: bytesToBigInt(row.head) };
  },
  read: async (from, limit) => (await store.read.audit.range(Number(from), limit)).map(fromRow),
});

function toRow({ sequence, head, ...entry }: ChainedAuditEntry): AuditRow {
  return {
    sequence: Number(sequence),
    head: bigIntToBytes(head, 32),
    payload: Buffer.from(JSON.stringify(entry), 'utf8'),
  };
}

function fromRow({ sequence, head, payload }: AuditRow): ChainedAuditEntry {
  const entry = JSON.parse(Buffer.from(payload).toString('utf8')) as Omit<ChainedAuditEntry, 'sequence' | 'head'>;
  return { ...entry, sequence: BigInt(sequence), head: bytesToBigInt(head) };
}
