/** Builds the node out of its layers and runs it. The only place that knows them all; `pipeline.ts` is the way of a transaction through it. */

import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { openAuditLog } from '../audit/audit-log.ts';
import type { Audit } from '../audit/port.ts';
import { bigIntToHex } from '../base/bytes.ts';
import type { Clock } from '../base/clock.ts';
import { isPrivityError } from '../base/errors.ts';
import type { Genesis } from '../chain/genesis.ts';
import type { Config } from '../config/schema.ts';
import { verifyConfig } from '../config/verify.ts';
import { createAuditStore } from './audit-store.ts';
import { openCheckpointStore } from './checkpoint-store.ts';
import { type ChainFoundation, openDevelopmentChain } from './development-chain.ts';
import { type Folders, foldersOf } from './folders.ts';
import { openKeys } from './keys.ts';
import { type L1, openL1 } from './l1.ts';
import { L1Moment } from './l1-moment.ts';
import { listen } from './listen.ts';
import { createNodeMetrics } from './metrics.ts';
import { openNodeStore } from './open-node-store.ts';
import { openProving } from './open-proving.ts';
import { operationsPerBatchMax } from './pipeline/sequencer-options.ts';
import { openPipeline, type Pipeline } from './pipeline.ts';
import { openPolicies } from './policies.ts';
import { watchPriorityQueue } from './priority-queue.ts';
import { readFoundation } from './read-foundation.ts';
import { requireBridge } from './require-bridge.ts';
import { requireFit } from './require-fit.ts';
import { runLoops } from './run-loops.ts';
import { createServices } from './services/create-services.ts';
import { Unwinder } from './unwinder.ts';
import { createWeb, publicUrlOf } from './web.ts';

export interface NodeDeps {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly log: Logger;
  /** One line of progress for a person who watches. */
  readonly report: (line: string) => void;
}

export interface RunningNode {
  readonly url: string;
  readonly genesis: Genesis;
  readonly place: ChainFoundation['place'];
  /** Resolves when the node has stopped; rejects with what stopped it. */
  readonly stopped: Promise<void>;
  /** Orderly: no new work, blocks and tables written, children ended. */
  stop(): Promise<void>;
}

export async function startNode(config: Config, deps: NodeDeps): Promise<RunningNode> {
  verifyConfig(config);
  const { clock, log, report } = deps;
  const cleanup: (() => Promise<void>)[] = [];
  const abort = new AbortController();
  const failures = Promise.withResolvers<never>();
  failures.promise.catch(() => undefined);
  const fail = (error: unknown): void => {
    log.fatal({ err: error, code: isPrivityError(error) ? error.code : 'INTERNAL' }, 'node.failed');
    failures.reject(error);
  };
  try {
    const folders = foldersOf(config);
    const keys = await openKeys(config, folders, deps.environment);
    const store = await openNodeStore(config, folders, { keys, clock, log });
    cleanup.push(() => store.close());
    const policies = openPolicies(config, keys.policySalt);
    for (const { list, root, size } of policies.book.lists.roots) {
      log.info({ list: Number(list), root: bigIntToHex(root, 32), size }, 'policy.list_opened');
    }
    const l1 = await openL1(config, folders, { clock });
    cleanup.push(async () => l1.embedded?.stop());
    const foundation = await openFoundation(config, folders, l1, policies.current.root, deps);
    requireFit(config, foundation.genesis);
    await requireBridge(config, foundation.place, l1.client);
    const audit = await openAuditLog(
      { writeEntriesMax: 1000, onFailure: fail },
      { store: createAuditStore(store), clock },
    );
    // After the HTTP side has closed and before the store does.
    cleanup.push(() => audit.flush());
    report('replaying the block log');
    const watcher = watchPriorityQueue(config, foundation, l1);
    const pipeline = await openPipeline(config, {
      genesis: foundation.genesis,
      watcher,
      keys,
      store,
      audit,
      policies: policies.book,
      clock,
      log,
      fail,
      checkpoints: await openCheckpointStore(store),
    });
    cleanup.push(() => pipeline.close());
    const registry = new Registry();
    const metrics = createNodeMetrics(registry);
    const proving = openProving(config, {
      pipeline,
      onJob: metrics.onJob,
      store,
      folders,
      policies: policies.book,
      keys,
      clock,
      log,
      report,
    });
    const unwinder = new Unwinder(
      { operationsPerBatchMax },
      {
        pipeline,
        watcher,
        withoutProving: (from, work) => proving.withdraw(from, work),
        moment: new L1Moment(store),
        log,
        onWithdrawn: metrics.onWithdrawn,
      },
    );
    metrics.watch({ pipeline, audit, proving, unwinder, client: l1.client, keys, clock });
    const { close: closeServices, ...services } = await createServices(config, {
      ...foundation,
      pipeline,
      proving,
      unwinder,
      store,
      policies: policies.book,
      l1,
      clock,
    });
    cleanup.push(closeServices);
    const web = await createWeb({
      ...services,
      config,
      folders,
      genesis: foundation.genesis,
      keys,
      store,
      audit,
      registry,
      clock,
      log,
    });
    await listen(web, config['http.host'], config['http.port']);
    cleanup.push(() => web.close());
    const loops = runLoops(
      config,
      { place: foundation.place, pipeline, watcher, unwinder, proving, keys, l1, clock, log },
      abort.signal,
    );
    const stopped = Promise.race([loops, failures.promise]);
    // What a stop interrupts has not failed.
    stopped.catch((error: unknown) => (abort.signal.aborted ? undefined : fail(error)));
    let stopping: Promise<void> | undefined;
    const stop = (): Promise<void> => {
      stopping ??= shutDown(abort, pipeline, loops, audit, cleanup);
      return stopping;
    };
    return { url: publicUrlOf(config), ...foundation, stopped, stop };
  } catch (error) {
    abort.abort();
    await endAll(cleanup);
    throw error;
  }
}

const openFoundation = (
  config: Config,
  folders: Folders,
  l1: L1,
  policyRoot: bigint,
  { clock, report }: NodeDeps,
): Promise<ChainFoundation> | ChainFoundation =>
  config.mode === 'development'
    ? openDevelopmentChain(config, folders, { client: l1.client, policyRoot, clock, report })
    : readFoundation(config, folders);

async function shutDown(
  abort: AbortController,
  pipeline: Pipeline,
  loops: Promise<void>,
  audit: Audit,
  cleanup: (() => Promise<void>)[],
): Promise<void> {
  pipeline.sequencer.stop();
  abort.abort();
  await loops.catch(() => undefined);
  await audit.flush();
  await endAll(cleanup);
}

/** In reverse order of opening; one that fails does not keep the others. */
async function endAll(cleanup: (() => Promise<void>)[]): Promise<void> {
  for (const end of cleanup.splice(0).reverse()) await end().catch(() => undefined);
}
