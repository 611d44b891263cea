/** Replays a store's block log through the real pipeline, on the side: nothing is written, nothing is asked of Ethereum. */

import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { verifyAuditLog } from '../audit/audit-log.ts';
import { auditError } from '../audit/errors.ts';
import type { Audit } from '../audit/port.ts';
import { InvariantError } from '../base/assert.ts';
import { bytesToBigInt } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import type { Config } from '../config/schema.ts';
import { decodeEntry } from '../sequencer/log-entries.ts';
import { Withdrawals } from '../sequencer/withdrawals.ts';
import type { Store, VerifyReport } from '../store/port.ts';
import { archiveName } from './archive.ts';
import { createAuditStore } from './audit-store.ts';
import { compareWithL1, type ExecutedOnL1 } from './compare-with-l1.ts';
import type { ChainFoundation } from './development-chain.ts';
import { nodeError } from './errors.ts';
import type { NodeKeys } from './keys.ts';
import { openPipeline } from './pipeline.ts';
import { openPolicies } from './policies.ts';
import type { SealedEntry } from './sealer.ts';
import { withdrawalsFollowed } from './taken-back.ts';

const auditPageEntries = 1000;

export interface ReplayReport {
  readonly store: VerifyReport;
  readonly blocks: bigint;
  readonly sealedBatches: bigint;
  /** How often batches were withdrawn and executed again. */
  readonly withdrawals: number;
  /** Accepted transactions without an outcome yet. */
  readonly waiting: number;
  readonly stateRoot: bigint;
  readonly auditEntries: bigint;
  /** Batches whose roots Ethereum stores likewise; undefined when it was not asked. */
  readonly executedOnL1: bigint | undefined;
}

/** Throws the coded error of the first thing that does not hold. `onBatch` hears of each batch whose roots agree. */
export async function replayStore(
  config: Config,
  deps: Pick<ChainFoundation, 'genesis'> & {
    readonly keys: NodeKeys;
    readonly store: Store;
    readonly clock: Clock;
    readonly log: Logger;
    readonly onBatch: (batch: bigint) => void;
    readonly l1?: ExecutedOnL1;
  },
): Promise<ReplayReport> {
  const { store, keys, genesis, clock, log } = deps;
  const report = await store.verify();
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => undefined);
  const view = viewWithoutWrites(store);
  const pipeline = await openPipeline(config, {
    genesis,
    keys,
    store: view.store,
    audit: NO_AUDIT,
    policies: openPolicies(config, keys.policySalt).book,
    watcher: { confirmed: 0n, from: () => [], poll: async () => undefined },
    clock,
    log,
    fail: failure.reject,
    aside: true,
  });
  try {
    const { sealed, withdrawals } = view;
    await Promise.race([compareTables(sealed, withdrawals, store, deps.onBatch), failure.promise]);
    const audit = await verifyAudit([...sealed.values()], store);
    // The rows' roots are those of the replay by now; the hash on L1 covers everything else in them.
    if (deps.l1 !== undefined) await compareWithL1((batch) => pipeline.book.get(batch), deps.l1);
    const standing = [...sealed].filter(([sequence, { batch }]) => !withdrawals.isVoid(batch, sequence));
    return {
      store: report,
      blocks: pipeline.sequencer.head,
      sealedBatches: BigInt(standing.length),
      withdrawals: withdrawals.count,
      waiting: pipeline.sequencer.waiting,
      stateRoot: standing.at(-1)?.[1].stateRoot ?? 0n,
      auditEntries: audit.sequence,
      executedOnL1: deps.l1?.count,
    };
  } finally {
    await pipeline.close();
  }
}

/**
 * The derived row and the archive of each batch against the seal in the log, which replay has come to as well. A withdrawn batch has its archive
 * alone, and the next start rebuilds the rows that do not follow the log's last withdrawals yet.
 */
async function compareTables(
  sealed: ReadonlyMap<number, SealedEntry>,
  withdrawals: Withdrawals,
  store: Store,
  onBatch: (batch: bigint) => void,
) {
  const unfollowed = withdrawals.list.slice((await withdrawalsFollowed(store)).length);
  for (const [sequence, { batch, stateRoot, dataHash }] of sealed) {
    const archive = await store.files.describe(archiveName(batch, withdrawals.epochOf(batch, sequence)));
    if (archive === undefined || bytesToBigInt(archive.dataHash) !== dataHash)
      throw nodeError('NODE_STATE_MISMATCH', `archive of batch ${batch}`);
    if (withdrawals.isVoid(batch, sequence)) continue;
    const row = await store.read.batches.byNumber(Number(batch));
    const isBehind = unfollowed.some(({ from }) => from <= batch);
    if (!isBehind && (row === undefined || bytesToBigInt(row.stateRoot) !== stateRoot))
      throw nodeError('NODE_STATE_MISMATCH', `row of batch ${batch}`);
    onBatch(batch);
  }
}

/**
 * Derived rows are there already, and replay reads what it made from memory; a batch that was closed but not sealed is sealed on the side
 * and forgotten.
 */
function viewWithoutWrites(store: Store): {
  readonly store: Store;
  /** By position in the log. */
  readonly sealed: ReadonlyMap<number, SealedEntry>;
  readonly withdrawals: Withdrawals;
} {
  const sealed = new Map<number, SealedEntry>();
  const withdrawals = new Withdrawals();
  return {
    sealed,
    withdrawals,
    store: {
      ...store,
      log: {
        append: async () => 0,
        lastSequence: () => store.log.lastSequence(),
        async *read(from) {
          for await (const entry of store.log.read(from)) {
            if (entry.kind === 'sealed' || entry.kind === 'withdrawn') {
              const { sequence } = entry;
              const decoded = decodeEntry(entry.kind, entry.payload);
              // Replay reads the log twice.
              if (decoded.kind === 'sealed') sealed.set(sequence, decoded);
              else if (decoded.kind === 'withdrawn' && !withdrawals.list.some((w) => w.sequence === sequence))
                withdrawals.add({ sequence, from: decoded.from });
            }
            yield entry;
          }
        },
      },
      files: {
        ...store.files,
        async write(name, chunks) {
          const hash = createHash('sha256');
          for await (const chunk of chunks) hash.update(chunk);
          return { name, size: 0, dataHash: new Uint8Array(hash.digest()) };
        },
        remove: async () => undefined,
      },
      jobs: { ...store.jobs, removeFrom: async () => 0 },
      transaction: async () => undefined as never,
    },
  };
}

/** The chain of audit rows, and that every seal committed to a head of it, in order (G8). */
async function verifyAudit(sealed: readonly SealedEntry[], store: Store): Promise<{ readonly sequence: bigint }> {
  let found = 0;
  const onHead = (head: bigint): void => {
    while (sealed[found]?.auditRoot === head) found += 1;
  };
  onHead(0n);
  const verified = await verifyAuditLog(createAuditStore(store), auditPageEntries, onHead);
  const lost = sealed[found];
  if (lost !== undefined)
    throw auditError('AUDIT_CHAIN_BROKEN', `batch ${lost.batch} committed to a head that is not in the log`);
  return verified;
}

/** What is sealed on the side is forgotten, so it needs no audit head. */
const NO_AUDIT: Audit = {
  record: () => undefined,
  recordWith: () => Promise.reject(new InvariantError('nobody acts in a replay')),
  flush: async () => undefined,
  head: 0n,
  sequence: 0n,
};
