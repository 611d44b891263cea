/** The node without its HTTP side: every part that a transfer meets between the sequencer and Ethereum, on the bench's own data. */

import { join } from 'node:path';
import pino from 'pino';
import { openAuditLog } from '../../../src/audit/audit-log.ts';
import type { Clock } from '../../../src/base/clock.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { verifyConfig } from '../../../src/config/verify.ts';
import { createLeafKeys } from '../../../src/execution/leaf-keys.ts';
import { createPolicyFacts } from '../../../src/execution/policy-facts.ts';
import { createAuditStore } from '../../../src/node/audit-store.ts';
import { roleMask } from '../../../src/node/dev-accounts.ts';
import { openDevelopmentChain } from '../../../src/node/development-chain.ts';
import { foldersOf } from '../../../src/node/folders.ts';
import { openKeys } from '../../../src/node/keys.ts';
import { openL1 } from '../../../src/node/l1.ts';
import { L1Moment } from '../../../src/node/l1-moment.ts';
import { createLog } from '../../../src/node/log.ts';
import { openNodeStore } from '../../../src/node/open-node-store.ts';
import { openProving } from '../../../src/node/open-proving.ts';
import { operationsPerBatchMax } from '../../../src/node/pipeline/sequencer-options.ts';
import { openPipeline } from '../../../src/node/pipeline.ts';
import { openPolicies } from '../../../src/node/policies.ts';
import { watchPriorityQueue } from '../../../src/node/priority-queue.ts';
import { requireFit } from '../../../src/node/require-fit.ts';
import { runLoops } from '../../../src/node/run-loops.ts';
import { createSubmitter } from '../../../src/node/services/submitter.ts';
import { Unwinder } from '../../../src/node/unwinder.ts';
import type { JobEvent } from '../../../src/prover/jobs/run-jobs.ts';
import { senderAddresses } from './transfers.ts';
import type { BenchFolder } from './work-folder.ts';

export interface BenchNodeDeps {
  readonly clock: Clock;
  readonly report: (line: string) => void;
  readonly onJob: (event: JobEvent) => void;
  readonly fail: (error: unknown) => void;
}

export type BenchNode = Awaited<ReturnType<typeof openBenchNode>>;

const project = join(import.meta.dirname, '../../..');
const hourMs = 3_600_000;
/** Proofs made at the same time. */
export const provingWorkers = 2;

export async function openBenchNode(folder: BenchFolder, { clock, report, onJob, fail }: BenchNodeDeps) {
  const config = loadConfig({
    environment: {},
    overrides: {
      mode: 'development',
      dataDir: folder.dataDir,
      cacheDir: process.env['PRIVITY_CACHE_DIR'] ?? join(project, 'node_modules/.cache'),
      'l1.url': `http://127.0.0.1:${folder.l1Port}`,
      'l1.confirmationsMin': 1,
      'l1.pollIntervalMs': 500,
      'chain.batchIntervalSeconds': folder.batchIntervalSeconds,
      'chain.proveDelaySlots': 1,
      'chain.provingBacklogMaxGates': Number.MAX_SAFE_INTEGER,
      'policy.file': join(project, 'policies/large.yaml'),
      // One prover alone does not keep two cores busy.
      'prover.workers': provingWorkers,
      // Whoever stops the bench for a while must not make its proofs fail.
      'prover.attemptsMax': 100,
      'prover.proofTimeoutMs': 6 * hourMs,
    },
  });
  verifyConfig(config);
  const folders = foldersOf(config);
  const log = createLog('info', pino.destination({ dest: folder.logFile, mkdir: true, sync: true, mode: 0o600 }));
  const keys = await openKeys(config, folders, {});
  const policies = openPolicies(config, keys.policySalt);
  const l1 = await openL1(config, folders, { clock });
  const foundation = await openDevelopmentChain(config, folders, {
    client: l1.client,
    policyRoot: policies.current.root,
    clock,
    report,
    more: genesisOf(senderAddresses(folder.transfers)),
  });
  requireFit(config, foundation.genesis);
  const store = await openNodeStore(config, folders, { keys, clock, log });
  const audit = await openAuditLog(
    { writeEntriesMax: 1000, onFailure: fail },
    { store: createAuditStore(store), clock },
  );
  const watcher = watchPriorityQueue(config, foundation, l1);
  const pipeline = await openPipeline(config, {
    ...{ genesis: foundation.genesis, watcher },
    ...{ keys, store, audit, policies: policies.book, clock, log, fail },
  });
  const proving = openProving(config, {
    ...{ pipeline, store, folders, policies: policies.book, keys, clock, log, report, onJob },
  });
  const withoutProving = (from: bigint, work: () => Promise<void>) => proving.withdraw(from, work);
  const unwinder = new Unwinder(
    { operationsPerBatchMax },
    { pipeline, watcher, withoutProving, moment: new L1Moment(store), log, onWithdrawn: () => undefined },
  );
  const leafKeys = createLeafKeys();
  const submitter = createSubmitter({
    chainId: foundation.genesis.chainId,
    sequencer: pipeline.sequencer,
    policies: policies.book,
    facts: () => createPolicyFacts(pipeline.sequencer.state, leafKeys, policies.book.isInListRoot),
  });
  return {
    ...{ folders, foundation, keys, l1, policies, store, pipeline, submitter },
    run: (signal: AbortSignal) =>
      runLoops(config, { place: foundation.place, pipeline, watcher, unwinder, proving, keys, l1, clock, log }, signal),
    async close() {
      pipeline.sequencer.stop();
      await audit.flush();
      await pipeline.close();
      await store.close();
      await l1.embedded?.stop();
    },
  };
}

const genesisOf = (customers: readonly bigint[]) => ({
  identities: customers.map((address) => ({
    address,
    identity: { roles: roleMask('CUSTOMER'), flags: 0n, expiry: 0n },
  })),
  balances: customers.map((address) => ({ address, wei: 10n ** 24n })),
});
