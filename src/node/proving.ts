/** Makes the proof of each range of sealed batches, one range after the other, and keeps it for settlement and audit. */

import { bytesToHex, concatBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError, type PrivityError } from '../base/errors.ts';
import { word32 } from '../chain/packed.ts';
import { isProverErrorCode } from '../prover/errors.ts';
import { decodeWrapProof, encodeWrapProof } from '../prover/jobs/job-codec.ts';
import { proveRange } from '../prover/jobs/prove-range.ts';
import { type JobEvent, runJobs } from '../prover/jobs/run-jobs.ts';
import type { Prover, WitnessSource, WrapProof } from '../prover/port.ts';
import type { RangeProof } from '../settlement/port.ts';
import type { Store } from '../store/port.ts';
import type { BatchBook } from './batch-book.ts';

export interface ProvingOptions {
  /** Batches that one proof on L1 covers. Fixed, so that L1 learns nothing from it. */
  readonly batchesPerProof: bigint;
  readonly workers: number;
  readonly leaseMs: number;
  readonly pollMs: number;
  readonly retryAfterMs: number;
}

export interface ProvingDeps {
  readonly store: Pick<Store, 'read' | 'transaction' | 'jobs'>;
  readonly book: BatchBook;
  readonly source: WitnessSource;
  readonly prepare: (signal: AbortSignal) => Promise<Prover>;
  readonly clock: Clock;
  readonly onJob: (event: JobEvent) => void;
  readonly onProgress: (range: { from: bigint; to: bigint }, done: number, total: number) => void;
  /** `fresh` is false for a range whose proof an earlier life made. */
  readonly onProven: (range: { from: bigint; to: bigint }, fresh: boolean) => void;
  /** Nothing more is proven in this life. */
  readonly onHalted: (error: PrivityError) => void;
}

interface StoredProof {
  readonly from: bigint;
  readonly to: bigint;
  readonly proof: WrapProof;
}

export class Proving {
  readonly #options: ProvingOptions;
  readonly #deps: ProvingDeps;
  #prover: Prover | undefined;
  #halted: PrivityError | undefined;
  /** The batch before the range to be proven next. */
  #from = 0n;
  #round: Promise<unknown> = Promise.resolve();
  #interrupt = new AbortController();
  #withdrawal: Promise<void> | undefined;

  constructor(options: ProvingOptions, deps: ProvingDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  get prover(): Prover | undefined {
    return this.#prover;
  }

  /** Why nothing more is proven until a person has looked and started the node again. */
  get halted(): PrivityError | undefined {
    return this.#halted;
  }

  /** Ranges are multiples of `batchesPerProof`, so a batch's range is known without looking. */
  rangeOf(batch: bigint): { from: bigint; to: bigint } {
    const n = this.#options.batchesPerProof;
    const from = ((batch - 1n) / n) * n;
    return { from, to: from + n };
  }

  async proofOf(batch: bigint): Promise<StoredProof | undefined> {
    const range = this.rangeOf(batch);
    const stored = await this.#deps.store.read.proofs.get(nameOf(range));
    return stored === undefined ? undefined : { ...range, proof: decodeWrapProof(stored.subarray(32)) };
  }

  /** What settlement sends to L1. */
  async proofAfter(from: bigint): Promise<RangeProof | undefined> {
    const range = this.rangeOf(from + 1n);
    if (range.from !== from) return undefined;
    const stored = await this.#deps.store.read.proofs.get(nameOf(range));
    if (stored === undefined) return undefined;
    return {
      ...range,
      proofSystemId: bytesToHex(stored.subarray(0, 32)),
      proof: decodeWrapProof(stored.subarray(32)).proof,
    };
  }

  /**
   * Prepares circuits and keys, then proves until the signal aborts. When the prover says that it cannot - other keys than the committed ones,
   * a poisoned job - proving halts and this waits for the signal: what is accepted is safe in the block log, and the chain takes transactions
   * until the backlog is full (G2). Any other error rejects.
   * Without workers it does nothing: then nothing is proven, and nothing settles, until a node with workers opens this data.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (this.#options.workers === 0) return;
    const halt = new AbortController();
    try {
      await this.#run(AbortSignal.any([signal, halt.signal]));
    } catch (error) {
      halt.abort();
      if (signal.aborted || !isPrivityError(error) || !isHalt(error)) throw error;
      this.#halted = error;
      this.#deps.onHalted(error);
      await aborted(signal);
    }
  }

  /** No range is proven while `work` takes back the batches from `from` on; what had been begun of them is dropped. */
  async withdraw(from: bigint, work: () => Promise<void>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#withdrawal = promise;
    this.#interrupt.abort();
    await this.#round.catch(() => undefined);
    try {
      await work();
    } finally {
      const first = this.rangeOf(from).from;
      if (this.#from > first) this.#from = first;
      this.#interrupt = new AbortController();
      this.#withdrawal = undefined;
      resolve();
    }
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { leaseMs, pollMs, retryAfterMs, workers } = this.#options;
    const prover = await this.#deps.prepare(signal);
    this.#prover = prover;
    const { store, source, clock, onJob } = this.#deps;
    const options = { leaseMs, pollMs, retryAfterMs };
    await Promise.all([
      this.#proveRanges(prover, signal),
      ...Array.from({ length: workers }, (_, i) =>
        runJobs({ ...options, worker: `local-${i}` }, { queue: store.jobs, prover, source, clock, onJob }, signal),
      ),
    ]);
  }

  async #proveRanges(prover: Prover, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#withdrawal;
      const interrupt = this.#interrupt.signal;
      this.#round = this.#proveNext(prover, AbortSignal.any([signal, interrupt]));
      try {
        await this.#round;
      } catch (error) {
        // The batches that were being proven have been taken back.
        if (!interrupt.aborted || signal.aborted) throw error;
      }
    }
  }

  async #proveNext(prover: Prover, signal: AbortSignal): Promise<void> {
    const { store, book, source, clock } = this.#deps;
    const range = this.rangeOf(this.#from + 1n);
    if ((await store.read.proofs.get(nameOf(range))) !== undefined) {
      if (signal.aborted) return;
      this.#deps.onProven(range, false);
      this.#from = range.to;
    } else if (range.to > book.latest) {
      await clock.sleep(this.#options.pollMs, signal);
    } else {
      const proof = await proveRange(
        range,
        {
          queue: store.jobs,
          source,
          proofSystemId: prover.proofSystemId,
          clock,
          pollMs: this.#options.pollMs,
          progress: (done, total) => this.#deps.onProgress(range, done, total),
        },
        signal,
      );
      signal.throwIfAborted();
      const bytes = concatBytes(word32(BigInt(prover.proofSystemId)), encodeWrapProof(proof));
      await store.transaction((writes) => writes.proofs.put(nameOf(range), Number(range.to), bytes));
      this.#deps.onProven(range, true);
      this.#from = range.to;
    }
  }
}

/** The prover cannot. That what is to be proven does not hang together is another matter: a broken invariant, which stops the node. */
const isHalt = ({ code }: PrivityError): boolean => isProverErrorCode(code) && code !== 'RANGE_BROKEN';

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const nameOf = ({ from, to }: { from: bigint; to: bigint }): string => `wrap/${from}-${to}`;
