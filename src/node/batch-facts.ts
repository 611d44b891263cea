/**
 * What proving needs of a sealed batch besides its blocks, in an encrypted file a batch until Ethereum has executed it: a start from a
 * checkpoint replays no old batch, and a batch that waits for its proof costs no memory.
 */

import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import { isPrivityError } from '../base/errors.ts';
import { type BatchContext, contextFields } from '../chain/block-context.ts';
import { BlockRing } from '../chain/block-hash.ts';
import { hashDigest } from '../chain/digest.ts';
import { word32 } from '../chain/packed.ts';
import { encodeFields, FieldReader, integerField as int } from '../chain/rlp-fields.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ClosedBatch } from '../sequencer/batch.ts';
import { PackedKeys } from '../state/packed-writes.ts';
import type { FileStore } from '../store/port.ts';
import { nodeError } from './errors.ts';
import { freshDigestFields, readFreshDigest } from './fresh-digest-codec.ts';

export interface BatchFacts {
  readonly number: bigint;
  readonly slot: bigint;
  readonly policyRoot: bigint;
  readonly firstBlock: bigint;
  readonly lastBlock: bigint;
  /** As the batch before left it. */
  readonly ring: BlockRing;
  readonly context: BatchContext;
  /** Tree keys that its transactions looked at. */
  readonly touched: Iterable<bigint>;
  /** The digest after its seal. */
  readonly after: FreshDigest;
}

export const factsOf = (batch: ClosedBatch, after: FreshDigest): BatchFacts => ({
  number: batch.number,
  slot: batch.slot,
  policyRoot: batch.policyRoot,
  firstBlock: batch.firstBlock,
  lastBlock: batch.lastBlock,
  ring: batch.start.ring,
  context: batch.start.context,
  touched: batch.touched,
  after,
});

type Files = Pick<FileStore, 'write' | 'read' | 'remove'>;

const rememberedDigestsMax = 8;
const keyBytes = 32;
const keysPerChunk = 2_048;

export class BatchFactsStore {
  readonly #files: Files;
  readonly #genesis: FreshDigest;
  /** Digests are asked for many times over. */
  readonly #digests = new Map<bigint, FreshDigest>();
  #removedBefore = 0n;

  constructor(files: Files, genesis: FreshDigest) {
    this.#files = files;
    this.#genesis = genesis;
  }

  /** Durable when it resolves. A batch that was sealed anew replaces what stood under its number. */
  async put(facts: BatchFacts): Promise<void> {
    const { number, after } = facts;
    const kept = await this.get(number).catch(() => undefined);
    if (kept === undefined || !isSame(kept.after, after)) {
      await this.#files.remove(nameOf(number));
      await this.#files.write(nameOf(number), encode(facts));
    }
    this.#remember(number, after);
  }

  /** Undefined once it was removed; throws a coded error when it is damaged. */
  async get(batch: bigint): Promise<BatchFacts | undefined> {
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of this.#files.read(nameOf(batch))) chunks.push(chunk);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
    const facts = decode(batch, concatBytes(...chunks));
    this.#remember(batch, facts.after);
    return facts;
  }

  /** The digest just after a batch; 0 is genesis. */
  async digestAfter(batch: bigint): Promise<FreshDigest | undefined> {
    if (batch === 0n) return this.#genesis;
    return this.#digests.get(batch) ?? (await this.get(batch))?.after;
  }

  /** What is executed needs no proof any more. Looks downwards until one is gone already. */
  async removeBefore(batch: bigint): Promise<void> {
    if (batch <= this.#removedBefore) return;
    const until = this.#removedBefore;
    this.#removedBefore = batch;
    for (let number = batch - 1n; number > 0n && number >= until; number--) {
      if (until === 0n && (await this.get(number).catch(() => null)) === undefined) return;
      await this.remove(number);
    }
  }

  /** Of a batch that is executed, or withdrawn. */
  async remove(batch: bigint): Promise<void> {
    this.#digests.delete(batch);
    await this.#files.remove(nameOf(batch));
  }

  #remember(batch: bigint, after: FreshDigest): void {
    this.#digests.set(batch, after);
    for (const number of this.#digests.keys())
      if (this.#digests.size > rememberedDigestsMax) this.#digests.delete(number);
  }
}

const nameOf = (batch: bigint): string => `facts-${batch.toString().padStart(12, '0')}`;

const isMissing = (error: unknown): boolean =>
  isPrivityError(error, 'STORE_NOT_FOUND') || isPrivityError(error, 'STORE_FILE_KEY_MISSING');

const isSame = (a: FreshDigest, b: FreshDigest): boolean =>
  a.blind === b.blind && hashDigest(a.digest) === hashDigest(b.digest);

function* encode({ number, slot, policyRoot, firstBlock, lastBlock, ring, context, touched, after }: BatchFacts) {
  const head = encodeFields([
    [number, slot, policyRoot, firstBlock, lastBlock].map(int),
    concatBytes(...ring.hashes.map(word32)),
    contextFields(context).map(int),
    ...freshDigestFields(after),
  ]);
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, head.length);
  yield length;
  yield head;
  const keys = [...touched];
  for (let at = 0; at < keys.length; at += keysPerChunk) {
    yield concatBytes(...keys.slice(at, at + keysPerChunk).map(word32));
  }
}

function decode(batch: bigint, bytes: Uint8Array): BatchFacts {
  try {
    const end = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
    const fields = FieldReader.decode(bytes.subarray(4, end));
    const [number, slot, policyRoot, firstBlock, lastBlock] = fields.integers(0) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    const [prevrandao, gasLimit, baseFee, feeMode, collector, batchIntervalSeconds] = fields.integers(2) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ];
    if (number !== batch || (bytes.length - end) % keyBytes !== 0) throw new RangeError('not what was written');
    return {
      number,
      slot,
      policyRoot,
      firstBlock,
      lastBlock,
      ring: BlockRing.of(wordsOf(fields.bytes(1))),
      context: { prevrandao, gasLimit, baseFee, feeMode, collector, batchIntervalSeconds },
      touched: new PackedKeys(wordsOf(bytes.subarray(end))),
      after: readFreshDigest(fields, 3),
    };
  } catch (cause) {
    throw nodeError('NODE_FACTS_INVALID', `batch ${batch}`, { cause });
  }
}

const wordsOf = (bytes: Uint8Array): bigint[] =>
  Array.from({ length: bytes.length / keyBytes }, (_, i) =>
    bytesToBigInt(bytes.subarray(i * keyBytes, (i + 1) * keyBytes)),
  );
