import type { Logger } from 'pino';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import type { JobEvent } from '../prover/jobs/run-jobs.ts';
import { backendLimitsDefault } from '../prover/keys/open-backend.ts';
import type { PrepareProgress } from '../prover/port.ts';
import { prepareProver } from '../prover/recursion/prepare-prover.ts';
import type { Store } from '../store/port.ts';
import type { Folders } from './folders.ts';
import type { NodeKeys } from './keys.ts';
import { onlyChanges } from './only-changes.ts';
import type { Pipeline } from './pipeline.ts';
import type { PolicyBook } from './policy-book.ts';
import { Proving } from './proving.ts';
import { createWitnessSource } from './witness-source.ts';

export interface OpenProvingDeps {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly folders: Folders;
  readonly policies: PolicyBook;
  readonly keys: NodeKeys;
  readonly clock: Clock;
  readonly log: Logger;
  readonly report: (line: string) => void;
  readonly onJob: (event: JobEvent) => void;
}

const leaseMs = 60_000;
const pollMs = 500;
const retryAfterMs = 5_000;

/** Proving on this machine: circuits and keys from the cache folder, jobs from the store, witnesses from the pipeline. */
export function openProving(config: Config, deps: OpenProvingDeps): Proving {
  const { pipeline, store, folders, clock, log, report } = deps;
  const progress = onlyChanges(report);
  const imported = config['prover.string'];
  return new Proving(
    {
      batchesPerProof: BigInt(config['chain.batchesPerProof']),
      workers: config['prover.workers'],
      leaseMs,
      pollMs,
      retryAfterMs,
    },
    {
      store,
      book: pipeline.book,
      source: createWitnessSource(deps),
      clock,
      prepare: (signal) =>
        prepareProver({
          settings: {
            cacheDirectory: folders.prover,
            ...(imported === 'development' ? {} : { stringDirectory: imported }),
            limits: { ...backendLimitsDefault, timeoutMs: config['prover.proofTimeoutMs'] },
            slots: Math.max(1, config['prover.workers']),
          },
          progress: (step) => progress(`preparing the prover: ${describe(step)}`),
          signal,
        }),
      onJob(event) {
        deps.onJob(event);
        if (event.event === 'done') {
          log.info({ kind: event.kind, seconds: Math.round(event.milliseconds / 100) / 10 }, 'proof.made');
        } else {
          const code = isPrivityError(event.error) ? event.error.code : 'INTERNAL';
          log.error({ kind: event.kind, next: event.next, code, err: event.error }, 'proof.failed');
        }
      },
      onProgress: ({ from, to }, done, total) =>
        progress(`proving batches ${from + 1n} to ${to}: ${done} of ${total} proofs`),
      onProven({ from, to }, fresh) {
        pipeline.sequencer.proven(to);
        if (fresh) log.info({ from: Number(from + 1n), to: Number(to) }, 'proof.range_proven');
      },
      onHalted(error) {
        log.fatal({ code: error.code, err: error }, 'proof.halted');
        report(`PROVING IS HALTED (${error.code}): transactions are taken until the backlog is full, nothing settles`);
      },
    },
  );
}

const NAMES = { string: 'reference string', circuits: 'compiling', keys: 'key of', verifier: 'verifier' } as const;

/** The string has millions of points and is told in tenths. */
const describe = ({ stage, what, done, total }: PrepareProgress): string =>
  stage === 'string'
    ? `${NAMES[stage]}, ${Math.floor((10 * done) / total) * 10} %`
    : `${NAMES[stage]} ${what} (${done} of ${total} done)`;
