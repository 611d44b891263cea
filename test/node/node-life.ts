/** A node's inner half on real parts in a folder of its own: keys, encrypted store, policy, pipeline; no Ethereum, no HTTP. */

import type { Logger } from 'pino';
import { createPublicClient, custom } from 'viem';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { bytesToHex } from '../../src/base/bytes.ts';
import { ROLE_BIT } from '../../src/chain/constants.ts';
import type { Genesis } from '../../src/chain/genesis.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Config } from '../../src/config/schema.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { createPolicyFacts } from '../../src/execution/policy-facts.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import { openCheckpointStore } from '../../src/node/checkpoint-store.ts';
import { writePlaceFile } from '../../src/node/deployment-file.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { writeGenesisFile } from '../../src/node/genesis-file.ts';
import { openKeys } from '../../src/node/keys.ts';
import { createLog } from '../../src/node/log.ts';
import { openNodeStore } from '../../src/node/open-node-store.ts';
import { openPipeline } from '../../src/node/pipeline.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { readFoundation } from '../../src/node/read-foundation.ts';
import type { Store } from '../../src/store/port.ts';
import { roles, signerOf } from '../execution/support.ts';

export const alice = signerOf(1);
export const bob = signerOf(2);
export const INTERVAL = 600n;
export const SLOT = 3_000_000n;
export const silent = createLog('silent');

export const configIn = (folder: string, changes: Partial<Config> = {}): Config =>
  loadConfig({ environment: {}, overrides: { mode: 'development', dataDir: folder, 'prover.workers': 0, ...changes } });

const BRIDGE = '0x00000000000000000000000000000000000000b1';

/** Makes keys, genesis file and deployment file, as a first start does. */
export async function found(config: Config, fields: Partial<Genesis> = {}): Promise<Genesis> {
  const folders = foldersOf(config);
  const keys = await openKeys(config, folders, {});
  const { current } = openPolicies(config, keys.policySalt);
  const genesis: Genesis = {
    chainId: BigInt(config['chain.id']),
    l1ChainId: BigInt(config['l1.chainId']),
    bridge: BigInt(BRIDGE),
    timestamp: SLOT * INTERVAL,
    saltSeed: bytesToHex(new Uint8Array(32).fill(1)),
    context: { gasLimit: 30_000_000n, baseFee: 0n, feeMode: 1n, collector: 0xfee5n, batchIntervalSeconds: INTERVAL },
    registrarMask: roles(ROLE_BIT.CUSTOMER),
    policyRoot: current.root,
    identities: [alice, bob].map(({ address }) => ({
      address,
      identity: { roles: roles(ROLE_BIT.CUSTOMER), flags: 0n, expiry: 0n },
    })),
    balances: [{ address: alice.address, wei: 10n ** 18n }],
    ...fields,
  };
  writeGenesisFile(folders.genesis, genesis);
  writePlaceFile(folders.deployment, { chain: BRIDGE, bridge: BRIDGE, governor: BRIDGE, startBlock: 0n });
  return genesis;
}

export type Life = Awaited<ReturnType<typeof openLife>>;

export interface LifeOptions {
  /** Whether it starts from a checkpoint and writes some. */
  readonly checkpoints?: boolean;
  /** What L1 has queued and confirmed. */
  readonly operations?: readonly PriorityOperation[];
  /** Instead, by how many have been taken. */
  readonly operationsFrom?: (index: bigint) => readonly PriorityOperation[];
  readonly wrapStore?: (store: Store) => Store;
  readonly log?: Logger;
}

export async function openLife(config: Config, options: LifeOptions = {}) {
  const { operations = [], log = silent, wrapStore = (store) => store } = options;
  const operationsFrom = options.operationsFrom ?? (() => operations);
  const folders = foldersOf(config);
  const { genesis } = readFoundation(config, folders);
  const keys = await openKeys(config, folders, {});
  let time = Number((SLOT + 1n) * INTERVAL) * 1000;
  const clock = { now: () => time, sleep: async () => undefined };
  const store = wrapStore(await openNodeStore(config, folders, { keys, clock, log: silent }));
  const policies = openPolicies(config, keys.policySalt);
  const failures: unknown[] = [];
  const fail = (error: unknown) => void failures.push(error);
  const audit = await openAuditLog(
    { writeEntriesMax: 100, onFailure: fail },
    { store: createAuditStore(store), clock },
  );
  const pipeline = await openPipeline(config, {
    genesis,
    keys,
    store,
    audit,
    policies: policies.book,
    watcher: {
      confirmed: BigInt(operations.length),
      from: (index, limit) => operationsFrom(index).slice(Number(index), Number(index) + limit),
      poll: async () => undefined,
    },
    clock,
    log,
    fail,
    ...(options.checkpoints === false ? {} : { checkpoints: await openCheckpointStore(store) }),
  });
  // The clock of the test goes on where the last life's stopped.
  const { lastSlot, openBatch } = pipeline.sequencer;
  time = Math.max(time, Number((openBatch === undefined ? lastSlot + 1n : lastSlot) * INTERVAL) * 1000);
  const { sequencer } = pipeline;
  const leafKeys = createLeafKeys();
  return {
    config,
    folders,
    genesis,
    keys,
    store,
    audit,
    pipeline,
    failures,
    client: createPublicClient({ transport: custom({ request: async () => '0xde0b6b3a7640000' }) }),
    clock,
    passTime(ms: number) {
      time += ms;
    },
    submit(transaction: SignedTransaction): Promise<bigint> {
      const answer = policies.current.authorizeWrite(
        { kind: 'user', subject: 'someone', roles: [], wallets: [transaction.sender] },
        { ...transaction, signer: transaction.sender, blockTimestamp: sequencer.currentBlock().timestamp },
        createPolicyFacts(sequencer.state, leafKeys, policies.book.isInListRoot),
      );
      if (!('permit' in answer)) throw new Error(answer.denial.reason);
      return sequencer.submit(transaction, answer.permit);
    },
    /** Opens the next slot's batch. */
    open: () => sequencer.open(sequencer.lastSlot + 1n),
    async close() {
      await sequencer.close();
      time += Number(INTERVAL) * 1000;
      await pipeline.idle();
    },
    async stop() {
      await audit.flush();
      await pipeline.close();
      await store.close();
    },
  };
}
