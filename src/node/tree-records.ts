import { concatBytes } from '../base/bytes.ts';
import type { BatchRecords } from '../state/port.ts';
import type { FileStore } from '../store/port.ts';

const nameOf = (batch: bigint): string => `tree-${batch.toString().padStart(12, '0')}`;

/** What undoes a batch in the state tree, in encrypted files. */
export const createTreeRecords = (files: FileStore): BatchRecords => ({
  async put(batch, record) {
    await files.write(nameOf(batch), [record]);
  },
  async get(batch) {
    if ((await files.describe(nameOf(batch))) === undefined) return undefined;
    const chunks: Uint8Array[] = [];
    for await (const chunk of files.read(nameOf(batch))) chunks.push(chunk);
    return concatBytes(...chunks);
  },
});
