/**
 * A batch's encrypted archive: everything that the statement depends on, in one canonical form. Its sha256 is committed
 * as dataHash, and a node is restored from archives alone. The same batch gives the same plain bytes.
 */

import { assert } from '../base/assert.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import { contextFields } from '../chain/block-context.ts';
import { DIGEST_FIELDS, type Digest } from '../chain/digest.ts';
import { encodeFields, integerField as int, textField } from '../chain/rlp-fields.ts';
import type { ClosedBatch } from '../sequencer/batch.ts';
import { encodeEntry } from '../sequencer/log-entries.ts';
import type { FileStore } from '../store/port.ts';
import type { ChainIndex } from './chain-index.ts';

/** Files of a batch that was withdrawn stay; those of the batch that took its number have another name. */
export const epochSuffix = (epoch: number): string => (epoch === 0 ? '' : `-${epoch}`);

export const archiveName = (batch: bigint, epoch: number): string =>
  `batch-${batch.toString().padStart(12, '0')}${epochSuffix(epoch)}`;

const archiveVersion = 1;
/** In one record: all leaves of a large batch at once would take hundreds of megabytes of small objects. */
const leavesAtOnce = 10_000;

/** Writes the archive, once, and gives its hash. */
export async function writeArchive(
  batch: ClosedBatch,
  before: Digest,
  deps: { files: FileStore; index: ChainIndex; epoch: number },
): Promise<bigint> {
  const file = await deps.files.write(archiveName(batch.number, deps.epoch), archiveChunks(batch, before, deps.index));
  return bytesToBigInt(file.dataHash);
}

async function* archiveChunks(batch: ClosedBatch, before: Digest, index: ChainIndex): AsyncIterable<Uint8Array> {
  yield encodeFields([
    int(archiveVersion),
    DIGEST_FIELDS.map((field) => int(before[field])),
    batch.start.ring.hashes.map(int),
    contextFields(batch.start.context).map(int),
    int(batch.number),
    int(batch.slot),
    int(batch.policyRoot),
  ]);
  for (let number = batch.firstBlock; number <= batch.lastBlock; number++) {
    const block = await index.encodedBlock(number);
    assert(block !== undefined, 'every block of a batch is in the index');
    yield encodeFields([textField('block'), block.header, block.items]);
  }
  for (const denial of batch.denials) {
    yield encodeFields([textField('denial'), encodeEntry({ kind: 'denial', denial }).payload]);
  }
  const leaves = [...batch.dirty];
  for (let at = 0; at === 0 || at < leaves.length; at += leavesAtOnce) {
    const part = leaves.slice(at, at + leavesAtOnce);
    yield encodeFields([textField('leaves'), part.map(([key, { hi, lo }]) => [int(key), int(hi), int(lo)])]);
  }
}
