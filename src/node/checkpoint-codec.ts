/** A checkpoint as bytes: its length, what the sequencer and the sealer go on from, then the snapshot of the tree. */

import type { ByteReader } from '../base/byte-reader.ts';
import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import { word32 } from '../chain/packed.ts';
import { encodeFields, FieldReader, integerField as int, type RlpField } from '../chain/rlp-fields.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ResumePoint } from '../sequencer/resume-point.ts';
import { nodeError } from './errors.ts';
import { freshDigestFields, readFreshDigest } from './fresh-digest-codec.ts';

export interface Checkpoint extends Omit<ResumePoint, 'start'> {
  readonly batch: bigint;
  /** Sequence in the block log of the batch's end: replay goes on with the next. */
  readonly closedAt: number;
  /** And of its seal, which must say the same. */
  readonly sealedAt: number;
  readonly after: FreshDigest;
  /** Hashes of the last 256 blocks, as they stand in the ring. */
  readonly ring: readonly bigint[];
}

const version = 1;
const lengthBytes = 4;
const hashBytes = 32;

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { batch, closedAt, sealedAt, after, ring, waiting, denied, backlog } = checkpoint;
  const head = encodeFields([
    [int(version), int(batch), int(closedAt), int(sealedAt)],
    ...freshDigestFields(after),
    concatBytes(...ring.map(word32)),
    waiting.map(({ raw, acceptedAt }): RlpField => [raw, int(acceptedAt)]),
    concatBytes(...denied.map(word32)),
    backlog.map(([number, gates]): RlpField => [int(number), int(gates)]),
  ]);
  const length = new Uint8Array(lengthBytes);
  new DataView(length.buffer).setUint32(0, head.length);
  return concatBytes(length, head);
}

/** Throws NODE_CHECKPOINT_INVALID when the bytes are not what `encodeCheckpoint` gave; what follows them stays in `reader`. */
export async function decodeCheckpoint(reader: ByteReader): Promise<Checkpoint> {
  const invalid = (reason: string, cause?: unknown) => nodeError('NODE_CHECKPOINT_INVALID', reason, { cause });
  const length = await reader.take(lengthBytes);
  const head = length && (await reader.take(new DataView(length.buffer).getUint32(0)));
  if (head === undefined) throw invalid('truncated');
  try {
    const fields = FieldReader.decode(head);
    const start = new FieldReader(fields.list(0));
    if (start.number(0) !== version) throw new RangeError('another version');
    return {
      batch: start.integer(1),
      closedAt: start.number(2),
      sealedAt: start.number(3),
      after: readFreshDigest(fields, 1),
      ring: hashesOf(fields.bytes(3)),
      waiting: fields.readers(4).map((entry) => ({ raw: entry.bytes(0), acceptedAt: entry.number(1) })),
      denied: hashesOf(fields.bytes(5)),
      backlog: fields.readers(6).map((entry) => [entry.integer(0), entry.number(1)] as const),
    };
  } catch (cause) {
    throw invalid('not a checkpoint of this version', cause);
  }
}

const hashesOf = (bytes: Uint8Array): bigint[] =>
  Array.from({ length: bytes.length / hashBytes }, (_, i) =>
    bytesToBigInt(bytes.subarray(i * hashBytes, (i + 1) * hashBytes)),
  );
