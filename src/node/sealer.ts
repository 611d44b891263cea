/**
 * Takes closed batches in order: archive, tree, roots, the durable seal entry, the book. It runs beside the sequencer, which goes on with
 * the next batch meanwhile. In replay it computes everything again and compares with what was sealed.
 */

import type { Secret } from '../base/secret.ts';
import { contextOfState } from '../chain/block-context.ts';
import { SYSTEM_NAME } from '../chain/constants.ts';
import { denialRootOf } from '../chain/denial.ts';
import { systemKey } from '../chain/keys.ts';
import { hashMessage } from '../chain/message.ts';
import type { Salts } from '../chain/salts.ts';
import type { Word } from '../chain/word.ts';
import type { FreshDigest } from '../prover/port.ts';
import type { ClosedBatch } from '../sequencer/batch.ts';
import { chainHalted } from '../sequencer/errors.ts';
import { encodeEntry, type LogEntry } from '../sequencer/log-entries.ts';
import type { DurableLog } from '../sequencer/port.ts';
import { blindOf, sealBatch } from '../sequencer/seal-batch.ts';
import type { StateReader, StateWrite, Tree } from '../state/port.ts';
import type { BatchBook } from './batch-book.ts';

export type SealedEntry = Extract<LogEntry, { kind: 'sealed' }>;

export interface SealerDeps {
  readonly log: DurableLog;
  readonly tree: Tree;
  readonly salts: Salts;
  readonly saltKey: Secret<Uint8Array>;
  readonly book: BatchBook;
  /** Head of the audit log, everything before it durable. */
  readonly auditHead: () => Promise<bigint>;
  /** Writes the batch's encrypted archive and gives its sha256; `before` is the digest that it began with. */
  readonly archive: (batch: ClosedBatch, before: FreshDigest) => Promise<bigint>;
  /** The batch is sealed and its state is in the tree. */
  readonly onSealed: (batch: ClosedBatch, after: FreshDigest) => Promise<void>;
}

export class Sealer {
  readonly #deps: SealerDeps;
  #before: FreshDigest;
  #queue: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(deps: SealerDeps, genesis: FreshDigest) {
    this.#deps = deps;
    this.#before = genesis;
  }

  /** `recorded` is given in replay. Rejections are kept for `idle` and stop everything after. */
  add(batch: ClosedBatch, recorded?: SealedEntry): void {
    this.#queue = this.#queue.then(async () => {
      if (this.#failure !== undefined) return;
      try {
        await this.#seal(batch, recorded);
      } catch (error) {
        this.#failure = error;
      }
    });
  }

  /** The next batch follows on `before`. Nothing may be waiting. */
  withdraw(before: FreshDigest): void {
    this.#before = before;
  }

  /** Resolves when everything added so far is sealed; throws what went wrong. */
  async idle(): Promise<void> {
    await this.#queue;
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #seal(batch: ClosedBatch, recorded: SealedEntry | undefined): Promise<void> {
    const { tree, salts, book } = this.#deps;
    const blind = blindOf(salts.blind(batch.number));
    const denialRoot = denialRootOf(batch.denials);
    const dataHash = recorded?.dataHash ?? (await this.#deps.archive(batch, this.#before));
    const auditRoot = recorded?.auditRoot ?? (await this.#deps.auditHead());
    const outcome = await tree.applyBatch({
      batch: batch.number,
      writes: writesOf(batch, blind.word, tree),
      saltKey: this.#deps.saltKey,
    });
    const sealed = sealBatch({
      batch,
      before: this.#before.digest,
      tree: outcome,
      nextContext: contextOfState((key) => tree.get(key)),
      blind: blind.field,
      records: { auditRoot, denialRoot, dataHash, batchSalt: salts.batch(batch.number) },
    });
    const entry: SealedEntry = {
      kind: 'sealed',
      batch: batch.number,
      stateRoot: sealed.stored.stateRoot,
      auditRoot,
      denialRoot,
      dataHash,
    };
    if (recorded === undefined) await this.#deps.log.append([encodeEntry(entry)]);
    else if (recorded.stateRoot !== entry.stateRoot || recorded.denialRoot !== denialRoot) {
      throw chainHalted('HALT_REPLAY_MISMATCH', `roots of batch ${batch.number}`);
    }
    await book.add({
      stored: sealed.stored,
      records: sealed.records,
      messages: batch.messages,
      messageHashes: batch.messages.map((message) => hashMessage(batch.start.domain, message)),
      firstBlock: batch.firstBlock,
      lastBlock: batch.lastBlock,
      treeRoot: outcome.root,
      environment: sealed.environment,
      l1: {},
      attempts: {},
    });
    this.#before = { digest: sealed.after, blind: blind.field };
    await this.#deps.onSealed(batch, this.#before);
  }
}

/** Changed leaves in index order, then the seal's own: PRIORITY when it moved, BLIND always. `before` is the state before the batch. */
function writesOf(batch: ClosedBatch, blind: Word, before: StateReader): StateWrite[] {
  const priorityKey = systemKey(SYSTEM_NAME.PRIORITY);
  const moved = before.get(priorityKey).lo !== batch.priorityIndex;
  return [
    ...[...batch.dirty].map(([key, { hi, lo }]) => ({ key, hi, lo })),
    ...(moved ? [{ key: priorityKey, hi: 0n, lo: batch.priorityIndex }] : []),
    { key: systemKey(SYSTEM_NAME.BLIND), ...blind },
  ];
}
