/** A small chain before its first batch: genesis, tree, policy, lists, people; and batches on it as witnesses. */

import { randomInt } from 'node:crypto';
import { Secret } from '../../../src/base/secret.ts';
import { FR_MODULUS, IDENTITY_REGISTRY_ADDRESS, ROLE_BIT, TREE_DEPTH } from '../../../src/chain/constants.ts';
import { emptySubtrees } from '../../../src/chain/frontier.ts';
import { type Genesis, genesisDigest, genesisLeaves, genesisSalts } from '../../../src/chain/genesis.ts';
import { encodeIdentity, type Identity } from '../../../src/chain/identity.ts';
import { identityKey } from '../../../src/chain/keys.ts';
import { node } from '../../../src/chain/poseidon2.ts';
import { encodeSystemCall, type SystemCall } from '../../../src/chain/system-call.ts';
import type { SignedTransaction, UnsignedTransaction } from '../../../src/chain/transaction.ts';
import { fromWord, toWord } from '../../../src/chain/word.ts';
import { createExecutor } from '../../../src/execution/executor.ts';
import type { StateReader } from '../../../src/execution/port.ts';
import { compilePolicy } from '../../../src/policy/compile/compile-policy.ts';
import { createPolicy } from '../../../src/policy/create-policy.ts';
import { createListTree } from '../../../src/policy/lists/list-tree.ts';
import { buildBatchWitness, traceForWitness } from '../../../src/prover/witness/batch-witness.ts';
import type { BatchItem, BatchStart, WitnessDeps } from '../../../src/prover/witness/port.ts';
import type { ProfileName } from '../../../src/prover/witness/profiles.ts';
import { HEAD, hashLeaf } from '../../../src/state/leaf.ts';
import type { TreeFork } from '../../../src/state/port.ts';
import { OverlayFork } from '../../../src/state/tree-fork.ts';
import { cosign, signerOf, transactionOf } from '../../execution/support.ts';

export const CHAIN_ID = 9_270n;
export const ETHER = 10n ** 18n;
export const INTERVAL = 600n;
export const GENESIS_TIME = 1_800_000_000n;
export const SLOT = GENESIS_TIME / INTERVAL + 1n;
export const SLOT_START = SLOT * INTERVAL;

export const role = (bit: number): bigint => 1n << BigInt(bit);
const CUSTOMER = role(ROLE_BIT.CUSTOMER);
const REGISTRAR = role(ROLE_BIT.REGISTRAR);
const COMPLIANCE = role(ROLE_BIT.COMPLIANCE);
export const ROLES = { CUSTOMER, REGISTRAR, COMPLIANCE };

const POLICY = `name: circuits
version: 1
salt: circuits
lists:
  sanctions: { id: 1, kind: deny }
  payees: { id: 2, kind: allow }
exits: { roles: [customer] }
writes:
  - to: native.transfer
    anyOf:
      - name: customer
        roles: [customer]
        conditions:
          - valueAtMost: 250 ether
          - { account: to, holdsRole: [customer] }
          - { account: to, notInList: sanctions }
      - name: open
        roles: [compliance]
        conditions:
          - { account: to, notFrozen: true }
  - to: baseToken.withdraw
    anyOf:
      - name: payee
        roles: [customer]
        conditions:
          - { account: signer, inList: payees }
  - to: identityRegistry.setIdentity
    anyOf: [{ name: registrar, roles: [registrar] }]
  - to: identityRegistry.freeze
    anyOf: [{ name: compliance, roles: [compliance] }]
  - to: identityRegistry.unfreeze
    anyOf: [{ name: compliance, roles: [compliance] }]
  - to: listRegistry.insert
    anyOf: [{ name: compliance, roles: [compliance] }]
reads:
  - { name: everybody, who: [anonymous], methods: [public] }
`;

export const PEOPLE = {
  alice: signerOf(1),
  bob: signerOf(2),
  carol: signerOf(3),
  rita: signerOf(4),
  ruth: signerOf(5),
  cleo: signerOf(6),
  cora: signerOf(7),
  frank: signerOf(8),
};
export type Person = keyof typeof PEOPLE;
export const COLLECTOR = 0xc0ffee00000000000000n;
export const STRANGER = 0x5742a6e4ffffff0000000001n;

const policy = createPolicy(compilePolicy(POLICY, { salt: new Secret(new Uint8Array(32).fill(7)) }));
const REGISTRAR_RULE = 'write.identityRegistry.setIdentity#registrar';
const listSalt = new Secret(new Uint8Array(32).fill(9));
export const LISTS = {
  payees: createListTree(2n, [PEOPLE.alice.address, PEOPLE.bob.address, 0xdddd0000000000000000n], listSalt),
  sanctions: createListTree(1n, [0x1234n, 0xffff00000000000000000000000000000000n], listSalt),
};

const identity = (roles: bigint, fields: Partial<Identity> = {}): Identity => ({
  roles,
  flags: 0n,
  expiry: 0n,
  ...fields,
});

export const IDENTITIES: Record<Person, Identity> = {
  alice: identity(CUSTOMER, { expiry: GENESIS_TIME + 10_000_000n }),
  bob: identity(CUSTOMER),
  carol: identity(CUSTOMER),
  rita: identity(REGISTRAR),
  ruth: identity(REGISTRAR),
  cleo: identity(COMPLIANCE),
  cora: identity(COMPLIANCE),
  frank: identity(CUSTOMER, { flags: 1n }),
};

export interface WorldOptions {
  readonly identities?: Partial<Record<Person, Identity>>;
  readonly balances?: Partial<Record<Person, bigint>>;
  readonly baseFee?: bigint;
  readonly feeMode?: bigint;
  /** Root in SYSTEM(POLICY) when it is not that of the policy the batch is judged by. */
  readonly policyInForce?: bigint;
  /** What the state transition is told of a person, whatever the tree says: for witnesses that must be rejected. */
  readonly pretend?: {
    readonly identities?: Partial<Record<Person, Identity>>;
    readonly leaves?: ReadonlyMap<bigint, bigint>;
  };
}

export interface World {
  readonly start: BatchStart;
  readonly tree: TreeFork;
  readonly deps: WitnessDeps;
  readonly policyRoot: bigint;
  /** Id of the rule for setIdentity. */
  readonly registrarRule: string;
}

export function createWorld(options: WorldOptions = {}): World {
  const people = Object.keys(PEOPLE) as Person[];
  const genesis: Genesis = {
    chainId: CHAIN_ID,
    l1ChainId: 31_337n,
    bridge: 0xb41d6en,
    timestamp: GENESIS_TIME,
    saltSeed: `0x${'42'.repeat(32)}`,
    context: {
      gasLimit: 30_000_000n,
      baseFee: options.baseFee ?? 7n,
      feeMode: options.feeMode ?? 1n,
      collector: COLLECTOR,
      batchIntervalSeconds: INTERVAL,
    },
    registrarMask: CUSTOMER | (0xffffn << 16n),
    policyRoot: options.policyInForce ?? policy.root,
    identities: people.map((name) => ({
      address: PEOPLE[name].address,
      identity: options.identities?.[name] ?? IDENTITIES[name],
    })),
    balances: people.map((name) => ({ address: PEOPLE[name].address, wei: options.balances?.[name] ?? 10n * ETHER })),
  };
  const salts = genesisSalts(genesis);
  const tree = emptyTree();
  for (const { key, value } of genesisLeaves(genesis)) {
    const low = tree.lowIndexOf(key);
    tree.insert({ key, ...value }, { low: salts.leaf(0n, low), leaf: salts.leaf(0n, tree.nextIndex) });
  }
  const { digest, ring, blind } = genesisDigest(genesis, tree);
  const lists = Object.values(LISTS);
  const executor = createExecutor({
    policy,
    isInListRoot: (root, list, address) =>
      lists.some((tree) => tree.list === list && tree.root === root && tree.has(address)),
  });
  const pretended = pretendedLeaves(options);
  const reader = (state: StateReader): StateReader => ({
    get: (key) => (pretended.has(key) ? toWord(pretended.get(key)!) : state.get(key)),
  });
  let entropy = BigInt(randomInt(2 ** 40));
  return {
    start: { digest, ring, context: { ...genesis.context, prevrandao: 0n }, blind },
    tree,
    policyRoot: policy.root,
    registrarRule: REGISTRAR_RULE,
    deps: {
      execution: {
        executeTransaction: (state, block, tx) => executor.executeTransaction(reader(state), block, tx),
        executeOperation: (state, block, operation) => executor.executeOperation(reader(state), block, operation),
      },
      policy,
      listWitness: (list, root, account) =>
        lists.find((tree) => tree.list === list && tree.root === root)?.witness(account),
      salts,
      random: () => {
        entropy += 1n;
        return entropy % FR_MODULUS;
      },
    },
  };
}

function pretendedLeaves({ pretend }: WorldOptions): Map<bigint, bigint> {
  const leaves = new Map(pretend?.leaves ?? []);
  for (const [name, value] of Object.entries(pretend?.identities ?? {})) {
    leaves.set(identityKey(PEOPLE[name as Person].address), fromWord(encodeIdentity(value)));
  }
  return leaves;
}

/** A tree with nothing but its head. */
function emptyTree(): TreeFork {
  const zeros = emptySubtrees(TREE_DEPTH);
  const path = [hashLeaf(HEAD)];
  for (let level = 0; level < TREE_DEPTH; level++) path.push(node(path[level]!, zeros[level]!));
  return new OverlayFork({
    nextIndex: 1,
    node: (level) => path[level]!,
    leaf: () => HEAD,
    floorIndex: () => 0,
  });
}

export const RECORDS = { auditRoot: 11n << 200n, denialRoot: 12n, dataHash: 13n << 250n };

export const witnessOf = (world: World, items: readonly BatchItem[], profiles?: readonly ProfileName[]) => {
  const traced = traceForWitness(world.start, items, world.tree, world.deps);
  return buildBatchWitness(traced, world.tree, RECORDS, world.deps, profiles);
};

export const begin = (world: World): BatchItem => ({ kind: 'begin', policyRoot: world.policyRoot, slot: SLOT });

export const transaction = (transaction: SignedTransaction): BatchItem => ({ kind: 'transaction', transaction });

export const transfer = (
  from: Person,
  to: bigint,
  value: bigint,
  fields: Partial<UnsignedTransaction> = {},
): BatchItem =>
  transaction(
    transactionOf(PEOPLE[from], {
      to,
      value,
      maxFeePerGas: 20n,
      maxPriorityFeePerGas: 2n,
      gasLimit: 50_000n,
      ...fields,
    }),
  );

export function call(
  from: Person,
  to: bigint,
  system: SystemCall,
  fields: Partial<UnsignedTransaction> = {},
): BatchItem {
  const data = encodeSystemCall(system);
  return transaction(transactionOf(PEOPLE[from], { to, data, maxFeePerGas: 20n, maxPriorityFeePerGas: 2n, ...fields }));
}

export function cosignedCall(
  from: Person,
  by: Person,
  kind: 'unfreeze' | 'setIdentity',
  change: {
    readonly subject: bigint;
    readonly oldValue: bigint;
    readonly newValue: bigint;
    readonly nonce?: bigint;
    readonly deadline?: bigint;
  },
): BatchItem {
  const { subject, newValue, oldValue } = change;
  const deadline = change.deadline ?? SLOT_START + 3_600n;
  const nonce = change.nonce ?? 0n;
  const signer = PEOPLE[from].address;
  const { r, vs } = cosign(PEOPLE[by], { signer, signerNonce: nonce, subject, oldValue, newValue, deadline }, CHAIN_ID);
  const system: SystemCall =
    kind === 'unfreeze' ? { kind, subject, deadline, r, vs } : { kind, subject, newValue, deadline, r, vs };
  return call(from, IDENTITY_REGISTRY_ADDRESS, system, { nonce });
}

export const identityWord = (person: Person, fields: Partial<Identity> = {}): bigint =>
  fromWord(encodeIdentity({ ...IDENTITIES[person], ...fields }));
