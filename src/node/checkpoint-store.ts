/**
 * Checkpoints in encrypted files, at most `keptMax` whole ones. Which files there are stands in a row of the store that is written before and after
 * each change, so that a kill in between leaves nothing behind that the next start does not remove.
 */

import { ByteReader } from '../base/byte-reader.ts';
import { encodeFields, FieldReader, integerField as int, type RlpField } from '../chain/rlp-fields.ts';
import { createMutex } from '../store/mutex.ts';
import type { Store } from '../store/port.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.ts';

export interface CheckpointName {
  readonly batch: bigint;
  readonly closedAt: number;
}

interface Listed extends CheckpointName {
  /** False while it is written, and from before it is removed. */
  readonly isWhole: boolean;
}

export interface CheckpointStore {
  /** Newest first. */
  readonly names: readonly CheckpointName[];
  /** Durable when it resolves; older ones beyond the limit are gone then. */
  write(checkpoint: Checkpoint, tree: AsyncIterable<Uint8Array>): Promise<void>;
  /** Throws a coded error when it is damaged. `tree` is what `createTree` takes; read it or close it. */
  open(name: CheckpointName): Promise<{
    readonly checkpoint: Checkpoint;
    readonly tree: AsyncIterable<Uint8Array>;
    close(): Promise<void>;
  }>;
  remove(name: CheckpointName): Promise<void>;
  /** Before batches are withdrawn: a start must not find them. */
  removeAfter(batch: bigint): Promise<void>;
}

const rowName = 'restart';
const keptMax = 2;

const fileOf = ({ batch, closedAt }: CheckpointName): string =>
  `checkpoint-${batch.toString().padStart(12, '0')}-${closedAt}`;

export async function openCheckpointStore(
  store: Pick<Store, 'read' | 'transaction' | 'files'>,
): Promise<CheckpointStore> {
  const { files } = store;
  const row = await store.read.checkpoints.get(rowName);
  let listed: readonly Listed[] = row === undefined ? [] : decodeList(row);
  const exclusive = createMutex();

  async function list(next: readonly Listed[]): Promise<void> {
    await store.transaction((writes) => writes.checkpoints.put(rowName, encodeList(next)));
    listed = next;
  }

  /** Removes the files of those that are not whole. */
  async function sweep(): Promise<void> {
    const gone = listed.filter(({ isWhole }) => !isWhole);
    if (gone.length === 0) return;
    for (const name of gone) await files.remove(fileOf(name));
    await list(listed.filter(({ isWhole }) => isWhole));
  }

  const drop = (isDropped: (name: Listed) => boolean) =>
    exclusive(async () => {
      if (!listed.some(isDropped)) return;
      await list(listed.map((name) => (isDropped(name) ? { ...name, isWhole: false } : name)));
      await sweep();
    });

  await sweep();
  return {
    get names() {
      return listed.filter(({ isWhole }) => isWhole).toReversed();
    },
    write: (checkpoint, tree) =>
      exclusive(async () => {
        const { batch, closedAt } = checkpoint;
        const name = { batch, closedAt };
        const others = listed.filter((other) => fileOf(other) !== fileOf(name));
        await list([...others, { ...name, isWhole: false }]);
        await files.remove(fileOf(name));
        await files.write(fileOf(name), chunksOf(checkpoint, tree));
        const kept = new Set(others.filter(({ isWhole }) => isWhole).slice(1 - keptMax));
        await list([...others.map((other) => ({ ...other, isWhole: kept.has(other) })), { ...name, isWhole: true }]);
        await sweep();
      }),
    async open(name) {
      const reader = new ByteReader(files.read(fileOf(name)));
      const checkpoint = await decodeCheckpoint(reader);
      return { checkpoint, tree: reader.rest(), close: () => reader.close() };
    },
    remove: (name) => drop((other) => fileOf(other) === fileOf(name)),
    removeAfter: (batch) => drop((other) => other.batch > batch),
  };
}

async function* chunksOf(checkpoint: Checkpoint, tree: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield encodeCheckpoint(checkpoint);
  yield* tree;
}

const encodeList = (listed: readonly Listed[]): Uint8Array =>
  encodeFields(
    listed.map(({ batch, closedAt, isWhole }): RlpField => [int(batch), int(closedAt), int(isWhole ? 1 : 0)]),
  );

function decodeList(bytes: Uint8Array): Listed[] {
  const fields = FieldReader.decode(bytes);
  return Array.from({ length: fields.length }, (_, i) => {
    const name = new FieldReader(fields.list(i));
    return { batch: name.integer(0), closedAt: name.number(1), isWhole: name.number(2) === 1 };
  });
}
