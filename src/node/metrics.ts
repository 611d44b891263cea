/** What an operator watches (Prometheus). Counts and times only: who reads /metrics learns the chain's rhythm, so it is closed to others (G4). */

import { Counter, collectDefaultMetrics, Gauge, Histogram, type Registry } from 'prom-client';
import type { Audit } from '../audit/port.ts';
import type { Clock } from '../base/clock.ts';
import type { JobEvent } from '../prover/jobs/run-jobs.ts';
import { WITHDRAWAL_CAUSES, type WithdrawalCause } from '../sequencer/log-entries.ts';
import type { NodeKeys } from './keys.ts';
import type { L1 } from './l1.ts';
import type { Pipeline } from './pipeline.ts';
import type { Proving } from './proving.ts';
import type { Unwinder } from './unwinder.ts';

export interface NodeMetrics {
  /** Told of every proof that was made or failed. */
  onJob(event: JobEvent): void;
  /** Told of every withdrawal. */
  onWithdrawn(cause: WithdrawalCause, batches: number): void;
  /** Starts to show what the running parts say; looked up at each scrape. */
  watch(parts: MetricsParts): void;
}

export interface MetricsParts {
  readonly pipeline: Pick<Pipeline, 'sequencer' | 'book'>;
  readonly audit: Pick<Audit, 'sequence'>;
  readonly proving: Pick<Proving, 'halted'>;
  readonly unwinder: Pick<Unwinder, 'alarm'>;
  readonly client: Pick<L1['client'], 'getBalance'>;
  readonly keys: Pick<NodeKeys, 'commit' | 'prove' | 'execute'>;
  readonly clock: Clock;
}

const balanceMaxAgeMs = 30_000;
const weiPerEther = 1e18;

export function createNodeMetrics(registry: Registry): NodeMetrics {
  const registers = [registry];
  // Event loop lag, memory, garbage collection, under their usual names.
  collectDefaultMetrics({ register: registry });
  const proofs = new Counter({
    name: 'privity_proofs_total',
    help: 'Proofs by kind and result: made, queued (failed, to be tried again), poisoned or lost.',
    labelNames: ['kind', 'result'],
    registers,
  });
  const proofSeconds = new Histogram({
    name: 'privity_proof_seconds',
    help: 'Time to make a proof, witness included.',
    labelNames: ['kind'],
    buckets: [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200],
    registers,
  });
  const withdrawn = new Counter({
    name: 'privity_withdrawn_batches_total',
    help: 'Batches that were withdrawn and executed again, by cause: revocation of a policy root, or deep reorg of Ethereum.',
    labelNames: ['cause'],
    registers,
  });
  for (const cause of WITHDRAWAL_CAUSES) withdrawn.inc({ cause }, 0);
  return {
    onWithdrawn: (cause, batches) => withdrawn.inc({ cause }, batches),
    onJob(event) {
      proofs.inc({ kind: event.kind, result: event.event === 'done' ? 'made' : event.next });
      if (event.event === 'done') proofSeconds.observe({ kind: event.kind }, event.milliseconds / 1000);
    },
    watch({ pipeline: { sequencer, book }, audit, proving, unwinder, client, keys, clock }) {
      const gauge = (name: string, help: string, value: () => number): void => {
        new Gauge({
          name,
          help,
          registers,
          collect() {
            this.set(value());
          },
        });
      };
      let seen = sequencer.accepted;
      new Counter({
        name: 'privity_accepted_transactions_total',
        help: 'Transactions accepted since the start.',
        registers,
        collect() {
          this.inc(sequencer.accepted - seen);
          seen = sequencer.accepted;
        },
      });
      gauge('privity_waiting_transactions', 'Accepted transactions without an outcome.', () => sequencer.waiting);
      gauge('privity_backlog_gates', 'Gates accepted and not yet proven.', () => sequencer.backlogGates);
      gauge(
        'privity_unwinding',
        '1 while it is in doubt whether operations of Ethereum still stand, 2 while batches are withdrawn and executed again.',
        () => unwinder.alarm,
      );
      gauge('privity_block_number', 'Number of the last block.', () => Number(sequencer.head));
      gauge('privity_audit_entries', 'Sequence of the last durable audit entry.', () => Number(audit.sequence));
      gauge('privity_proving_halted', '1 when nothing more is proven until a person has looked.', () =>
        proving.halted === undefined ? 0 : 1,
      );
      const batches: Readonly<Record<string, () => bigint>> = {
        sealed: () => book.latest,
        committed: () => book.counts.committed,
        proved: () => book.counts.proven,
        executed: () => book.counts.executed,
      };
      new Gauge({
        name: 'privity_batches',
        help: 'Last batch that is sealed here, and committed, proved and executed on Ethereum.',
        labelNames: ['stage'],
        registers,
        collect() {
          for (const [stage, value] of Object.entries(batches)) this.set({ stage }, Number(value()));
        },
      });
      showBalances({ registry, client, keys, clock });
    },
  };
}

/** Asked of Ethereum at most every half minute, and never waited for: a scrape shows what the last answer was. */
function showBalances({
  registry,
  client,
  keys,
  clock,
}: Pick<MetricsParts, 'client' | 'keys' | 'clock'> & { readonly registry: Registry }): void {
  const accounts = Object.entries({ commit: keys.commit, prove: keys.prove, execute: keys.execute });
  const known = new Map<string, number>();
  let askedAt = Number.NEGATIVE_INFINITY;
  new Gauge({
    name: 'privity_l1_balance_ether',
    help: 'Ether left to each settlement key; absent until Ethereum has answered.',
    labelNames: ['key'],
    registers: [registry],
    collect() {
      for (const [key, ether] of known) this.set({ key }, ether);
      if (clock.now() - askedAt < balanceMaxAgeMs) return;
      askedAt = clock.now();
      for (const [key, { address }] of accounts) {
        client.getBalance({ address }).then(
          (wei) => known.set(key, Number(wei) / weiPerEther),
          () => known.delete(key),
        );
      }
    },
  });
}
