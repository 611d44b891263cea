/**
 * Records test/fixtures/settlement.json: a small chain run through the node's own pipeline on temporary data, with real proofs over two
 * ranges. To be run again whenever circuits/keys.json changes:
 *
 *   node test/contracts/record-settlement.ts        (some ten minutes on two cores)
 */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import { bigIntToHex, bytesToHex, type Hex, hexToBytes } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { BASE_TOKEN_ADDRESS, PRIORITY_KIND } from '../../src/chain/constants.ts';
import { type Genesis, genesisDigest } from '../../src/chain/genesis.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import { decodeTransaction } from '../../src/chain/transaction.ts';
import { loadConfig } from '../../src/config/load.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { createPolicyFacts } from '../../src/execution/policy-facts.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import { roleMask } from '../../src/node/dev-accounts.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { genesisTreeOf } from '../../src/node/genesis-tree.ts';
import { openKeys } from '../../src/node/keys.ts';
import { createLog } from '../../src/node/log.ts';
import { openNodeStore } from '../../src/node/open-node-store.ts';
import { openPipeline } from '../../src/node/pipeline.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { createWitnessSource } from '../../src/node/witness-source.ts';
import { createDenyAllButExits } from '../../src/policy/built-in.ts';
import { backendLimitsDefault } from '../../src/prover/keys/open-backend.ts';
import type { InnerProof } from '../../src/prover/port.ts';
import { prepareProver } from '../../src/prover/recursion/prepare-prover.ts';
import { predictAddresses } from '../../src/settlement/deploy.ts';
import type { SettlementFixture } from './settlement-fixture.ts';
import { CHAIN_ID, testAccount } from './stage.ts';

const interval = 60n;
const firstSlot = 30_000_000n;
const RANGES = [
  { from: 0n, to: 2n },
  { from: 2n, to: 3n },
] as const;

const data = mkdtempSync(join(tmpdir(), 'privity-record-'));
const say = (line: string): void => console.error(line);
try {
  const fixture = await record();
  const folder = resolve('test/fixtures');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'settlement.json'), `${JSON.stringify(fixture, undefined, 2)}\n`);
} finally {
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);

async function record(): Promise<SettlementFixture> {
  const config = loadConfig({
    environment: {},
    overrides: {
      mode: 'development',
      dataDir: data,
      'chain.id': Number(CHAIN_ID),
      'chain.batchIntervalSeconds': Number(interval),
    },
  });
  const cacheDirectory = join(process.env['PRIVITY_CACHE_DIR'] ?? resolve('.privity/cache'), 'privity-prover');
  const prover = await prepareProver({
    settings: { cacheDirectory, limits: backendLimitsDefault, slots: 1 },
    progress: ({ stage, what }) => say(`${stage} ${what}`),
  });
  const folders = foldersOf(config);
  const keys = await openKeys(config, folders, {});
  let now = Number(firstSlot * interval) * 1000 + 500;
  const clock = { now: () => now, sleep: systemClock.sleep };
  const log = createLog('warn');
  const fail = (error: unknown): never => {
    console.error(error);
    process.exit(1);
  };
  const store = await openNodeStore(config, folders, { keys, clock: systemClock, log });
  const policies = openPolicies(config, keys.policySalt);
  const audit = await openAuditLog({ writeEntriesMax: 10, onFailure: fail }, { store: createAuditStore(store), clock });
  const customer = testAccount('customer');
  const bridge = predictAddresses(testAccount('deployer').address, 0, true).bridge;
  const genesis: Genesis = {
    chainId: CHAIN_ID,
    l1ChainId: 31_337n,
    bridge: BigInt(bridge),
    timestamp: firstSlot * interval - 1n,
    saltSeed: `0x${'5a'.repeat(32)}`,
    context: {
      gasLimit: 1_000_000_000n,
      baseFee: 0n,
      feeMode: 1n,
      collector: 0xc011ec708n << 32n,
      batchIntervalSeconds: interval,
    },
    registrarMask: roleMask('CUSTOMER'),
    policyRoot: policies.current.root,
    identities: [
      { address: BigInt(customer.address), identity: { roles: roleMask('CUSTOMER'), flags: 0n, expiry: 0n } },
    ],
    balances: [],
  };
  const operations: PriorityOperation[] = [
    {
      index: 0n,
      kind: PRIORITY_KIND.DEPOSIT_ETH,
      sender: BigInt(customer.address),
      a: BigInt(customer.address),
      b: 10n ** 18n,
    },
  ];
  const pipeline = await openPipeline(config, {
    genesis,
    keys,
    store,
    audit,
    policies: policies.book,
    watcher: {
      confirmed: 1n,
      from: (index, limit) => operations.slice(Number(index), Number(index) + limit),
      poll: async () => {},
    },
    clock,
    log,
    fail,
  });
  const { sequencer, book } = pipeline;
  const facts = () => createPolicyFacts(sequencer.state, createLeafKeys(), policies.book.isInListRoot);
  for (let slot = firstSlot; slot < firstSlot + 3n; slot++) {
    now = Number(slot * interval) * 1000 + 500;
    await sequencer.open(slot);
    if (slot === firstSlot + 1n) await withdraw();
    await sequencer.close();
  }
  await pipeline.idle();

  async function withdraw(): Promise<void> {
    const raw = await customer.signTransaction({
      type: 'eip1559',
      chainId: Number(CHAIN_ID),
      nonce: 0,
      to: bigIntToHex(BASE_TOKEN_ADDRESS, 20),
      value: 10n ** 17n,
      data: bytesToHex(encodeSystemCall({ kind: 'withdraw', receiver: BigInt(customer.address) })),
      gas: 100_000n,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
    });
    const tx = decodeTransaction(hexToBytes(raw), CHAIN_ID);
    const principal = { kind: 'user', subject: 'recorder', roles: ['customer'], wallets: [tx.sender] } as const;
    const authorization = policies.current.authorizeWrite(
      principal,
      {
        hash: tx.hash,
        signer: tx.sender,
        to: tx.to,
        value: tx.value,
        data: tx.data,
        blockTimestamp: sequencer.currentBlock().timestamp,
      },
      facts(),
    );
    if ('denial' in authorization) throw new Error(authorization.denial.reason);
    await sequencer.submit(tx, authorization.permit);
    if (!(await sequencer.buildBlock())) throw new Error('the withdrawal was not included');
  }

  const source = createWitnessSource({ pipeline, policies: policies.book, keys });
  const proofs: { from: string; to: string; proof: Hex }[] = [];
  for (const { from, to } of RANGES) {
    const leaves: InnerProof[] = [];
    for (let batch = from + 1n; batch <= to; batch++) {
      const { length } = await source.leavesOf(batch);
      for (let i = 0; i < length; i++) {
        const witness = await source.witnessOf(batch, i);
        say(`proving ${witness.circuit} of batch ${batch}`);
        leaves.push(await (witness.circuit === 'seal' ? prover.proveSeal(witness) : prover.proveSegment(witness)));
      }
    }
    let range = leaves[0]!;
    for (const [i, leaf] of leaves.slice(1).entries()) {
      say(`merging ${i + 1} of ${leaves.length - 1}`);
      range = await prover.proveMerge(range, leaf, i === leaves.length - 2);
    }
    say(`wrapping batches ${from + 1n} to ${to}`);
    const wrap = await prover.proveWrap(range, await source.freshDigestAfter(from), await source.freshDigestAfter(to));
    proofs.push({ from: from.toString(), to: to.toString(), proof: bytesToHex(wrap.proof) });
  }

  const word = (value: bigint): Hex => bigIntToHex(value, 32);
  const batches: SettlementFixture['batches'][number][] = [];
  for (let number = 1n; number <= book.latest; number++) {
    const { stored, messages } = (await book.get(number))!;
    batches.push({
      batchNumber: stored.batchNumber.toString(),
      stateRoot: word(stored.stateRoot),
      recordsRoot: word(stored.recordsRoot),
      messagesRoll: word(stored.messagesRoll),
      priorityIndex: stored.priorityIndex.toString(),
      policyRoot: word(stored.policyRoot),
      slot: stored.slot.toString(),
      commitment: word(stored.commitment),
      sealed: word(stored.sealed),
      messages: messages.map(({ sender, recipient, token, amount }) => ({
        sender: bigIntToHex(sender, 20),
        recipient: bigIntToHex(recipient, 20),
        token: bigIntToHex(token, 20),
        amount: amount.toString(),
      })),
    });
  }
  const tree = await genesisTreeOf(genesis);
  const result: SettlementFixture = {
    chainId: CHAIN_ID.toString(),
    l1ChainId: genesis.l1ChainId.toString(),
    bridge,
    batchIntervalSeconds: interval.toString(),
    genesis: {
      stateRoot: word(genesisDigest(genesis, tree).digest.prevStateRoot),
      policyRoot: word(genesis.policyRoot),
    },
    exitOnlyPolicyRoot: word(createDenyAllButExits().root),
    proofSystemId: prover.proofSystemId,
    operations: operations.map(({ kind, sender, a, b }) => ({
      kind,
      sender: bigIntToHex(sender, 20),
      a: word(a),
      b: word(b),
    })),
    batches,
    proofs,
  };
  await pipeline.close();
  await store.close();
  return result;
}
