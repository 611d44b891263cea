import { concatBytes } from '../base/bytes.ts';
import type { BatchRecords } from '../state/port.ts';
import type { FileStore } from '../store/port.ts';
import { epochSuffix } from './archive.ts';

/** What undoes a batch in the state tree, in encrypted files. `epochOf` tells which of the batches of a number is meant. */
export function createTreeRecords(files: FileStore, epochOf: (batch: bigint) => number): BatchRecords {
  const nameOf = (batch: bigint) => `tree-${batch.toString().padStart(12, '0')}${epochSuffix(epochOf(batch))}`;
  return {
    async put(batch, record) {
      await files.write(nameOf(batch), [record]);
    },
    async get(batch) {
      const name = nameOf(batch);
      if ((await files.describe(name)) === undefined) return undefined;
      const chunks: Uint8Array[] = [];
      for await (const chunk of files.read(name)) chunks.push(chunk);
      return concatBytes(...chunks);
    },
  };
}
