/** A sequencer on the real executor and policies/minimal.yaml; the tree and the log are maps that a test can hold up or break. */

import { bytesToBigInt, bytesToHex } from '../../src/base/bytes.ts';
import { Secret } from '../../src/base/secret.ts';
import type { Block } from '../../src/chain/block.ts';
import { ROLE_BIT } from '../../src/chain/constants.ts';
import type { SignedDenial } from '../../src/chain/denial.ts';
import { type Genesis, genesisDigest, genesisLeaves } from '../../src/chain/genesis.ts';
import { decodeIdentity } from '../../src/chain/identity.ts';
import { identityKey, listKey } from '../../src/chain/keys.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { createSalts } from '../../src/chain/salts.ts';
import type { SignedTransaction, UnsignedTransaction } from '../../src/chain/transaction.ts';
import { ZERO_WORD } from '../../src/chain/word.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import type { PolicyFacts, PolicyPort } from '../../src/policy/port.ts';
import type { ClosedBatch } from '../../src/sequencer/batch.ts';
import { createDenialSigner } from '../../src/sequencer/denial-signer.ts';
import { genesisStart } from '../../src/sequencer/genesis-start.ts';
import { decodeEntry, type LogEntry } from '../../src/sequencer/log-entries.ts';
import type { Outcome } from '../../src/sequencer/port.ts';
import { Sequencer, type SequencerOptions } from '../../src/sequencer/sequencer.ts';
import { storeError } from '../../src/store/errors.ts';
import { BLOCK_LOG_DEFAULTS } from '../../src/store/log/block-log.ts';
import { entrySize } from '../../src/store/log/log-codec.ts';
import { CHAIN_ID, roles, type Signer, signerOf, transactionOf } from '../execution/support.ts';
import { readPolicyFile, TEST_SALT } from '../policy/fixtures.ts';

export { CHAIN_ID };

export const INTERVAL = 600n;
export const GENESIS_SLOT = 3_000_000n;
export const ETHER = 10n ** 18n;
export const GATES = 1_000;

export const alice = signerOf(1);
export const bob = signerOf(2);
export const carol = signerOf(3);
export const compliance = signerOf(4);
export const outsider = signerOf(5);

const policyText = readPolicyFile('minimal.yaml');
export const minimal = createPolicy(compilePolicy(policyText, { salt: TEST_SALT }));
/** The same rules under another root. */
export const successor = createPolicy(
  compilePolicy(policyText.replace('version: 1', 'version: 2'), { salt: new Secret(new Uint8Array(32).fill(9)) }),
);

export const DENIAL_SIGNER = createDenialSigner(new Secret(new Uint8Array(32).fill(5)));

export const GENESIS: Genesis = {
  chainId: CHAIN_ID,
  l1ChainId: 31337n,
  bridge: 0xb41d6en,
  timestamp: GENESIS_SLOT * INTERVAL + 17n,
  saltSeed: bytesToHex(new Uint8Array(32).fill(1)),
  context: { gasLimit: 30_000_000n, baseFee: 0n, feeMode: 1n, collector: 0xfee5n, batchIntervalSeconds: INTERVAL },
  registrarMask: roles(ROLE_BIT.CUSTOMER),
  policyRoot: minimal.root,
  identities: [
    ...[alice, bob, carol].map(({ address }) => ({
      address,
      identity: { roles: roles(ROLE_BIT.CUSTOMER), flags: 0n, expiry: 0n },
    })),
    { address: compliance.address, identity: { roles: roles(ROLE_BIT.COMPLIANCE), flags: 0n, expiry: 0n } },
  ],
  balances: [alice, bob, compliance].map(({ address }) => ({ address, wei: 100n * ETHER })),
};

export const OPTIONS: SequencerOptions = {
  chainId: CHAIN_ID,
  mempoolTransactionsMax: 100,
  mempoolPerSenderMax: 8,
  nonceAheadMax: 16,
  provingBacklogMaxGates: 1_000 * GATES,
  replacementFeePercent: 10,
  blockTransactionsMax: 1_000,
  batchTransactionsMax: 10_000,
  operationsPerBatchMax: 256,
  nonceGapMs: 60_000,
  denialsPerMinuteMax: 5,
};

export interface SceneOptions {
  readonly genesis?: Partial<Genesis>;
  readonly options?: Partial<SequencerOptions>;
  readonly policies?: readonly PolicyPort[];
  /** Whether the log has no room for an append that leaves the reserve free, or for any. */
  readonly logFull?: (leavesReserve: boolean) => boolean;
  /** Roots of lists whose members this node would hold; all of them are empty here. */
  readonly listRoots?: readonly bigint[];
}

export type Scene = ReturnType<typeof openScene>;

export function openScene({
  genesis: changes = {},
  options = {},
  policies = [minimal],
  listRoots = [],
  logFull = () => false,
}: SceneOptions = {}) {
  const genesis = { ...GENESIS, ...changes };
  const leaves = new Map(genesisLeaves(genesis).map(({ key, value }) => [key, value]));
  const { ring } = genesisDigest(genesis, { root: 1n, nextIndex: leaves.size + 1 });
  const book = new Map(
    policies.map((policy) => [
      policy.root,
      { policy, executor: createExecutor({ policy, isInListRoot: () => false }) },
    ]),
  );
  const written: LogEntry[] = [];
  const blocks: Block[] = [];
  const denials: { readonly denial: SignedDenial; readonly accepted: boolean }[] = [];
  const batches: ClosedBatch[] = [];
  const operations: PriorityOperation[] = [];
  const outcomes = new Map<bigint, Outcome>();
  let time = Number((GENESIS_SLOT + 1n) * INTERVAL) * 1000;
  /** What the next append does before it is durable. */
  let hold: Promise<void> = Promise.resolve();

  const sequencer: Sequencer = new Sequencer(
    { ...OPTIONS, ...options },
    {
      log: {
        async append(entries, { leaveReserve = false } = {}) {
          if (logFull(leaveReserve)) throw storeError('STORE_BUSY', 'the queue of the block log is full');
          const size = entries.reduce((sum, entry) => sum + entrySize(entry), 0);
          if (size > BLOCK_LOG_DEFAULTS.groupBytesMax) throw storeError('STORE_TOO_LARGE', `${size} bytes`);
          const decoded = entries.map(({ kind, payload }) => decodeEntry(kind, payload));
          await hold;
          written.push(...decoded);
        },
      },
      tree: { get: (key) => leaves.get(key) ?? ZERO_WORD },
      executorOf: (root) => book.get(root)?.executor,
      findUnknownList: (root, rootOf) =>
        [...(book.get(root)?.policy.lists.keys() ?? [])].find((list) => ![0n, ...listRoots].includes(rootOf(list))),
      operationsFrom: (from, limit) => operations.slice(Number(from), Number(from) + limit),
      gatesOf: () => GATES,
      findOutcome: async (hash) => outcomes.get(hash),
      signer: DENIAL_SIGNER,
      salts: createSalts(new Secret(new Uint8Array(32).fill(3))),
      clock: { now: () => time, sleep: async () => undefined },
      events: {
        onBlock(block) {
          blocks.push(block);
          block.items.forEach((item, index) => {
            if (item.kind !== 'transaction') return;
            const at = { kind: 'included', block: block.number, batch: block.batch, index } as const;
            outcomes.set(bytesToBigInt(item.transaction.hash), at);
          });
        },
        onDenial(denial, accepted) {
          denials.push({ denial, accepted });
          if (accepted) outcomes.set(denial.transactionHash, { kind: 'denied', denial });
        },
        onBatch: (batch) => void batches.push(batch),
      },
    },
    genesisStart(genesis, ring),
  );

  const facts: PolicyFacts = {
    identity: (address) => decodeIdentity(sequencer.state.get(identityKey(address))),
    isInListRoot: () => false,
    isInListLeaf: (list, address) => sequencer.state.get(listKey(list, address)).lo !== 0n,
  };

  const permitFor = (transaction: SignedTransaction) => {
    const { policy } = book.get(sequencer.policyRoot)!;
    const answer = policy.authorizeWrite(
      { kind: 'user', subject: 'someone', roles: [], wallets: [transaction.sender] },
      {
        hash: transaction.hash,
        signer: transaction.sender,
        to: transaction.to,
        value: transaction.value,
        data: transaction.data,
        blockTimestamp: sequencer.currentBlock().timestamp,
      },
      facts,
    );
    if ('denial' in answer) throw new Error(`no permit: ${answer.denial.ruleId}`);
    return answer.permit;
  };

  return {
    sequencer,
    written,
    blocks,
    denials,
    batches,
    operations,
    permitFor,
    submit: (transaction: SignedTransaction) => sequencer.submit(transaction, permitFor(transaction)),
    open: (slot = GENESIS_SLOT + 1n) => sequencer.open(slot),
    passTime(ms: number) {
      time += ms;
    },
    /** Appends wait until the returned function is called; with an error they fail with it. */
    holdLog(): (error?: Error) => void {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      hold = promise;
      promise.catch(() => undefined);
      return (error) => {
        hold = Promise.resolve();
        if (error === undefined) resolve();
        else reject(error);
      };
    },
  };
}

/** A transfer of 1 wei to Bob unless told otherwise. */
export const transfer = (signer: Signer, fields: Partial<UnsignedTransaction> = {}): SignedTransaction =>
  transactionOf(signer, { to: bob.address, value: 1n, gasLimit: 21_000n, ...fields });

export const hashOf = ({ hash }: SignedTransaction): bigint => bytesToBigInt(hash);

/** Feeds the log of one life to another. */
export function replay(from: readonly LogEntry[], options: SceneOptions = {}): Scene {
  const scene = openScene(options);
  for (const entry of from) scene.sequencer.replay(entry);
  return scene;
}
