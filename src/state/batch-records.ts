import type { BatchRecords } from './port.ts';

/** Records in memory, the oldest dropped beyond `bytesMax`: for tests, and for nodes that keep no deeper history. */
export function createMemoryRecords({ bytesMax }: { readonly bytesMax: number }): BatchRecords {
  const records = new Map<bigint, Uint8Array>();
  let bytes = 0;
  const drop = (batch: bigint) => {
    bytes -= records.get(batch)?.length ?? 0;
    records.delete(batch);
  };
  return {
    async put(batch, record) {
      drop(batch);
      records.set(batch, record);
      bytes += record.length;
      for (const oldest of records.keys()) {
        if (bytes <= bytesMax || oldest === batch) break;
        drop(oldest);
      }
    },
    async get(batch) {
      return records.get(batch);
    },
  };
}
