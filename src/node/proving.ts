/** Makes the proof of each range of sealed batches, one range after the other, and keeps it for settlement and audit. */

import { bytesToHex, concatBytes } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError, type PrivityError } from '../base/errors.ts';
import { word32 } from '../chain/packed.ts';
import { isProverErrorCode } from '../prover/errors.ts';
import { decodeWrapProof, encodeWrapProof } from '../prover/jobs/job-codec.ts';
import { firstPriorityOf, proveRange } from '../prover/jobs/prove-range.ts';
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
  readonly onProgress: (range: Range, done: number, total: number) => void;
  /** `fresh` is false for a range whose proof an earlier life made. */
  readonly onProven: (range: Range, fresh: boolean) => void;
  /** Nothing more is proven in this life. */
  readonly onHalted: (error: PrivityError) => void;
}

/** The batches after `from` up to `to`. */
interface Range {
  readonly from: bigint;
  readonly to: bigint;
}

interface StoredProof extends Range {
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

  /**
   * Ranges end at multiples of `batchesPerProof`, and begin where the one before ended: or, when batches in the middle of a proven range were
   * taken back, where Ethereum goes on then. A proof of the whole range would not follow on what it has.
   */
  #rangeAfter(from: bigint): Range {
    const n = this.#options.batchesPerProof;
    return { from, to: (from / n + 1n) * n };
  }

  async proofOf(batch: bigint): Promise<StoredProof | undefined> {
    const { to } = this.#rangeAfter(batch - 1n);
    for (const { name, proof } of await this.#deps.store.read.proofs.ofBatch(Number(to))) {
      const from = BigInt(name.slice('wrap/'.length, name.indexOf('-')));
      if (from < batch) return { from, to, proof: decodeWrapProof(proof.subarray(32)) };
    }
    return undefined;
  }

  /** What settlement sends to L1. */
  async proofAfter(from: bigint): Promise<RangeProof | undefined> {
    const range = this.#rangeAfter(from);
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
      const n = this.#options.batchesPerProof;
      const first = ((from - 1n) / n) * n;
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

  /** The batches up to this one need no proof any more: Ethereum has it. */
  get #provenOnL1(): bigint {
    const { counts, final } = this.#deps.book;
    return counts.proven > final ? counts.proven : final;
  }

  async #isStored(range: Range): Promise<boolean> {
    return (await this.#deps.store.read.proofs.get(nameOf(range))) !== undefined;
  }

  /** What follows on Ethereum's proofs comes first. It may have been passed, when Ethereum had more proofs and then took batches back. */
  async #followL1(): Promise<void> {
    const proven = this.#provenOnL1;
    const next = this.#rangeAfter(proven);
    if (proven > this.#from) this.#deps.onProven({ from: this.#from, to: proven }, false);
    else if (next.to > this.#from || (await this.#isStored(next))) return;
    this.#from = proven;
  }

  async #proveNext(prover: Prover, signal: AbortSignal): Promise<void> {
    const { store, book, clock } = this.#deps;
    await this.#followL1();
    if (signal.aborted) return;
    const range = this.#rangeAfter(this.#from);
    if (await this.#isStored(range)) {
      if (signal.aborted) return;
      this.#deps.onProven(range, false);
      this.#from = range.to;
    } else if (range.to > book.latest) {
      await clock.sleep(this.#options.pollMs, signal);
    } else {
      const proof = await this.#prove(range, prover, signal);
      if (proof === undefined) return;
      const bytes = concatBytes(word32(BigInt(prover.proofSystemId)), encodeWrapProof(proof));
      await store.transaction((writes) => writes.proofs.put(nameOf(range), Number(range.to), bytes));
      this.#deps.onProven(range, true);
      this.#from = range.to;
    }
  }

  /** Undefined when Ethereum turns out to have proven a part of the range: what is left of it is another range. */
  async #prove(range: Range, { proofSystemId }: Prover, signal: AbortSignal): Promise<WrapProof | undefined> {
    const { store, source, clock } = this.#deps;
    const { pollMs } = this.#options;
    const overtaken = new AbortController();
    const progress = (done: number, total: number): void => {
      if (this.#provenOnL1 > range.from) overtaken.abort();
      this.#deps.onProgress(range, done, total);
    };
    const stop = AbortSignal.any([signal, overtaken.signal]);
    try {
      const proof = await proveRange(
        range,
        { queue: store.jobs, source, proofSystemId, clock, pollMs, progress },
        stop,
      );
      signal.throwIfAborted();
      return proof;
    } catch (error) {
      if (!overtaken.signal.aborted || signal.aborted) throw error;
      // The facts of what is executed are removed: a job that is left of it could only fail.
      await store.jobs.removeFrom(firstPriorityOf(range.to));
      return undefined;
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

const nameOf = ({ from, to }: Range): string => `wrap/${from}-${to}`;
