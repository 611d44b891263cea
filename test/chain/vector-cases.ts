/**
 * The hashes of docs/PROTOCOL.md over fixed inputs: beside what src/chain computes stands the preimage as the text lists it, written out by
 * hand. vectors.json keeps preimage and result, so that any language can check its own encoder without ours.
 */

import { createHash } from 'node:crypto';
import { encodeBlockParameters, hashContext } from '../../src/chain/block-context.ts';
import { hashBlock } from '../../src/chain/block-hash.ts';
import { hashCommitment, hashRecords, rollSealed } from '../../src/chain/commitment.ts';
import { CONDITION, PATH, TAG } from '../../src/chain/constants.ts';
import { type Denial, denialDigest } from '../../src/chain/denial.ts';
import { DIGEST_FIELDS, type Digest, environmentOf, hashDigest, stateRootOf } from '../../src/chain/digest.ts';
import { hashFrontier } from '../../src/chain/frontier.ts';
import { encodeIdentity } from '../../src/chain/identity.ts';
import {
  accountKey,
  identityKey,
  listKey,
  publicKeyHash,
  publicKeyKey,
  storageKey,
  systemKey,
} from '../../src/chain/keys.ts';
import { hashBytes, hashLog, hashLogs } from '../../src/chain/log.ts';
import { hashMessage, rollMessage } from '../../src/chain/message.ts';
import { node, p2 as p2Of } from '../../src/chain/poseidon2.ts';
import { rollPriority } from '../../src/chain/priority-operation.ts';
import { hashOperationRecord, hashSignature, hashTransactionRecord } from '../../src/chain/record.ts';
import { hashStoredBatch } from '../../src/chain/stored-batch.ts';
import { fromWord, toWord } from '../../src/chain/word.ts';
import { hashExit, hashPolicySalt, hashRule, padConditions } from '../../src/policy/compile/leaf.ts';
import { hashListLeaf } from '../../src/policy/lists/list-tree.ts';
import type { RuleFields } from '../../src/policy/port.ts';
import { hashLeaf } from '../../src/state/leaf.ts';

export type Preimage =
  | { readonly hash: 'p2'; readonly tag: bigint; readonly inputs: readonly bigint[] }
  | { readonly hash: 'sha256' | 'keccak256'; readonly bytes: string }
  /** No hash: fields from the highest bits down, 256 together. */
  | { readonly hash: 'packed'; readonly fields: readonly { readonly bits: number; readonly value: bigint }[] };

export interface VectorCase {
  readonly name: string;
  readonly preimage: Preimage;
  readonly computed: bigint;
}

/** Bits of a number that nobody chose. */
const number = (name: string, bits: number): bigint =>
  BigInt(`0x${createHash('sha256').update(`privity vector ${name}`).digest('hex')}`) >> BigInt(256 - bits);
const fr = (name: string) => number(name, 253);
const word = (name: string) => number(name, 256);
const address = (name: string) => number(name, 160);
const limbs = (value: bigint): bigint[] => [value >> 128n, value & ((1n << 128n) - 1n)];
const be = (value: bigint | number, bytes: number): string =>
  BigInt(value)
    .toString(16)
    .padStart(bytes * 2, '0');
const p2 = (tag: bigint | number, ...inputs: bigint[]): Preimage => ({ hash: 'p2', tag: BigInt(tag), inputs });
const keccak256 = (...parts: string[]): Preimage => ({ hash: 'keccak256', bytes: parts.join('') });
const packed = (...fields: (readonly [number, bigint])[]): Preimage => ({
  hash: 'packed',
  fields: fields.map(([bits, value]) => ({ bits, value })),
});
const sha256 = (...parts: string[]): Preimage => ({ hash: 'sha256', bytes: parts.join('') });

const domain = { l1ChainId: number('l1ChainId', 32), bridge: address('bridge'), chainId: number('chainId', 48) };
const domainBytes = be(domain.l1ChainId, 8) + be(domain.bridge, 20) + be(domain.chainId, 8);
const signature = { r: word('r'), s: word('s'), yParity: 1 } as const;
const log = {
  address: address('log'),
  topics: [word('t0'), word('t1')],
  data: Uint8Array.from({ length: 40 }, (_, i) => i + 1),
};
const chunks = [log.data.subarray(0, 31), log.data.subarray(31)].map((chunk) =>
  BigInt(`0x${Buffer.from(chunk).toString('hex').padEnd(62, '0')}`),
);
const digest = Object.fromEntries(
  DIGEST_FIELDS.map((field) => [field, number(`digest ${field}`, 120)]),
) as unknown as Digest;
const blind = fr('blind');
const context = {
  prevrandao: 0n,
  gasLimit: 30_000_000n,
  baseFee: 7n,
  feeMode: 1n,
  collector: address('collector'),
  batchIntervalSeconds: 600n,
};
const batch = {
  chainId: domain.chainId,
  batchNumber: 5n,
  prevStateRoot: fr('prevStateRoot'),
  stateRoot: fr('stateRoot'),
  recordsRoot: fr('recordsRoot'),
  messagesRoll: word('messagesRoll'),
  priorityRoll: word('priorityRoll'),
  policyRoot: fr('policyRoot'),
  slot: 3_000_001n,
};
const records = {
  txRoot: fr('txRoot'),
  auditRoot: word('audit'),
  denialRoot: word('denials'),
  dataHash: word('data'),
  batchSalt: fr('salt'),
};
const operation = {
  index: 3n,
  kind: 1,
  sender: address('depositor'),
  a: address('recipient'),
  b: number('amount', 100),
} as const;
const message = {
  batch: 5n,
  index: 2,
  sender: 0x800an,
  recipient: address('receiver'),
  token: 0n,
  amount: number('out', 120),
};
const denial: Denial = {
  chainId: domain.chainId,
  transactionHash: word('hash'),
  sender: address('sender'),
  nonce: 9n,
  code: 'expired',
  batch: 5n,
  timestamp: 1_800_000_000n,
  ruleId: 'sequencer.nonce-gap',
  reason: 'an earlier nonce never came',
  salt: word('denial salt'),
};
const denialDetail = createHash('sha256')
  .update(Buffer.from(be(denial.salt, 32), 'hex'))
  .update('["sequencer.nonce-gap","an earlier nonce never came"]')
  .digest('hex');
const block = {
  number: 7n,
  timestamp: 1_800_000_123n,
  blockHashes: fr('ring'),
  txFrontier: fr('frontier'),
  txCount: 12n,
  txIndex: 3n,
  cumulativeGas: 63_000n,
  logIndex: 1n,
};
const transactionRecord = {
  sighash: word('sighash'),
  signature,
  sender: address('sender'),
  status: 1,
  gasUsed: 21_000n,
  logs: hashLogs([log]),
  salt: fr('record salt'),
} as const;
const operationRecord = { roll: word('roll'), index: 3n, status: 0, logs: 0n, salt: fr('operation salt') } as const;
const environment = [
  digest.nextIndex,
  digest.blockNumber,
  digest.timestamp,
  digest.blockHashes,
  digest.priorityHi,
  digest.priorityLo,
  digest.priorityIndex,
  digest.chainId,
  digest.l1ChainId,
  digest.bridge,
  digest.context,
  blind,
];

const leaf = {
  key: fr('leaf key'),
  hi: number('leaf hi', 128),
  lo: number('leaf lo', 128),
  nextKey: fr('next key'),
  salt: fr('leaf salt'),
};
const frontier = {
  count: 5,
  nodes: Array.from({ length: 20 }, (_, i) => (i === 0 || i === 2 ? fr(`frontier ${i}`) : 0n)),
};
const rule: RuleFields = {
  storage: address('contract'),
  code: address('contract'),
  selector: 0xa9059cbbn,
  rolesMask: number('roles', 128),
  conditions: padConditions([
    { kind: CONDITION.VALUE_AT_MOST, path: 0, a: number('most', 100), b: 0n },
    { kind: CONDITION.ACCOUNT_IN_LIST, path: PATH.ARGUMENT, a: 4n, b: 0n },
  ]),
};
const conditions = rule.conditions.flatMap(({ kind, path, a, b }) => [BigInt(kind), BigInt(path), a, b]);
const identity = { roles: number('identity roles', 128), flags: 1n, expiry: 1_900_000_000n };
const stored = {
  batchNumber: 5n,
  stateRoot: fr('stateRoot'),
  recordsRoot: fr('recordsRoot'),
  messagesRoll: word('messagesRoll'),
  priorityIndex: 9n,
  policyRoot: fr('policyRoot'),
  slot: 3_000_001n,
  commitment: word('commitment'),
  sealed: word('sealed'),
};

const of = (name: string, computed: bigint, preimage: Preimage): VectorCase => ({ name, computed, preimage });

export const VECTOR_CASES: readonly VectorCase[] = [
  of('key of an account', accountKey(address('a')), p2(TAG.K_ACCOUNT, address('a'))),
  of('key of an identity', identityKey(address('a')), p2(TAG.K_IDENTITY, address('a'))),
  of('key of a public key', publicKeyKey(address('a')), p2(TAG.K_KEY, address('a'))),
  of('key of a list member', listKey(4n, address('a')), p2(TAG.K_LIST, 4n, address('a'))),
  of('key of a system value', systemKey(7, 4n), p2(TAG.K_SYSTEM, 7n, 4n)),
  of(
    'key of a storage slot',
    storageKey(address('a'), word('slot')),
    p2(TAG.K_STORAGE, address('a'), ...limbs(word('slot'))),
  ),
  of(
    'value of a KEY leaf',
    publicKeyHash(word('x'), word('y')),
    p2(TAG.PUBKEY, ...limbs(word('x')), ...limbs(word('y'))),
  ),
  of('value half of a leaf', p2Of(TAG.KV, leaf.key, leaf.hi, leaf.lo), p2(TAG.KV, leaf.key, leaf.hi, leaf.lo)),
  of('next half of a leaf', p2Of(TAG.NEXT, leaf.nextKey, leaf.salt), p2(TAG.NEXT, leaf.nextKey, leaf.salt)),
  of(
    'leaf',
    hashLeaf(leaf),
    p2(TAG.LEAF, p2Of(TAG.KV, leaf.key, leaf.hi, leaf.lo), p2Of(TAG.NEXT, leaf.nextKey, leaf.salt)),
  ),
  of('node', node(fr('left'), fr('right')), p2(TAG.NODE, fr('left'), fr('right'))),
  of(
    'word of an account',
    fromWord({ hi: 7n, lo: number('balance', 100) }),
    packed([128, 7n], [128, number('balance', 100)]),
  ),
  of(
    'word of an identity',
    fromWord(encodeIdentity(identity)),
    packed([64, identity.flags], [64, identity.expiry], [128, identity.roles]),
  ),
  of('word of an address', fromWord(toWord(address('a'))), packed([96, 0n], [160, address('a')])),
  of(
    'word of the block parameters',
    fromWord(encodeBlockParameters(context)),
    packed([64, 30_000_000n], [64, 7n], [64, 1n], [64, 600n]),
  ),
  of('conditions of a rule', p2Of(TAG.CONDS, ...conditions), p2(TAG.CONDS, ...conditions)),
  of(
    'rule',
    hashRule(rule),
    p2(TAG.RULE, rule.storage, rule.code, rule.selector, rule.rolesMask, p2Of(TAG.CONDS, ...conditions)),
  ),
  of('exit rule', hashExit(number('roles', 128)), p2(TAG.EXIT, number('roles', 128))),
  of('salt of a policy', hashPolicySalt(fr('policy salt')), p2(TAG.POLICY_SALT, fr('policy salt'))),
  of(
    'member of a list',
    hashListLeaf({ address: address('a'), nextAddress: address('b'), salt: fr('list salt') }),
    p2(TAG.LIST_LEAF, address('a'), address('b'), fr('list salt')),
  ),
  of('frontier of the records', hashFrontier(frontier), p2(TAG.FRONTIER, ...frontier.nodes)),
  of('context', hashContext(context), p2(TAG.CONTEXT, 0n, 30_000_000n, 7n, 1n, address('collector'), 600n)),
  of('environment', environmentOf(digest, blind), p2(TAG.STATE_ENV, ...environment)),
  of('state root', stateRootOf(digest, blind), p2(TAG.STATE, digest.treeRoot, environmentOf(digest, blind))),
  of('digest', hashDigest(digest), p2(TAG.DIGEST, ...DIGEST_FIELDS.map((field) => digest[field]))),
  of('block', hashBlock(block), p2(TAG.BLOCK, 7n, 1_800_000_123n, fr('ring'), fr('frontier'), 12n, 3n, 63_000n, 1n)),
  of('signature', hashSignature(signature), p2(TAG.SIG, ...limbs(word('r')), ...limbs(word('s')), 1n)),
  of('bytes of a log', hashBytes(log.data), p2(TAG.BYTES, ...chunks)),
  of(
    'log',
    hashLog(log),
    p2(
      TAG.LOG,
      address('log'),
      2n,
      ...limbs(word('t0')),
      ...limbs(word('t1')),
      0n,
      0n,
      0n,
      0n,
      40n,
      hashBytes(log.data),
    ),
  ),
  of('logs of a transaction', hashLogs([log]), p2(TAG.LOGS, 0n, hashLog(log))),
  of(
    'record of a transaction',
    hashTransactionRecord(transactionRecord),
    p2(
      TAG.TX,
      ...limbs(word('sighash')),
      hashSignature(signature),
      address('sender'),
      (1n << 64n) + 21_000n,
      hashLogs([log]),
      fr('record salt'),
    ),
  ),
  of(
    'record of an operation',
    hashOperationRecord(operationRecord),
    p2(TAG.OP, ...limbs(word('roll')), 3n, 0n, 0n, fr('operation salt')),
  ),
  of(
    'records root',
    hashRecords(records),
    p2(TAG.REC, fr('txRoot'), ...limbs(word('audit')), ...limbs(word('denials')), ...limbs(word('data')), fr('salt')),
  ),
  of(
    'roll of the priority queue',
    rollPriority(word('before'), domain, operation),
    sha256(
      be(word('before'), 32),
      domainBytes,
      be(3, 8),
      '01',
      be(operation.sender, 20),
      be(operation.a, 32),
      be(operation.b, 32),
    ),
  ),
  of(
    'message',
    hashMessage(domain, message),
    sha256(
      domainBytes,
      be(5, 8),
      be(2, 4),
      be(0x800a, 20),
      be(message.recipient, 20),
      be(0, 20),
      be(message.amount, 16),
    ),
  ),
  of('roll of the first message', rollMessage(0n, word('n')), sha256(be(0, 32), be(word('n'), 32))),
  of(
    'stored batch',
    BigInt(hashStoredBatch(stored)),
    keccak256(
      ...[
        ...[5n, stored.stateRoot, stored.recordsRoot, stored.messagesRoll, 9n, stored.policyRoot, 3_000_001n],
        ...[stored.commitment, stored.sealed],
      ].map((value) => be(value, 32)),
    ),
  ),
  of('roll of messages', rollMessage(word('m'), word('n')), sha256(be(word('m'), 32), be(word('n'), 32))),
  of(
    'commitment',
    hashCommitment(batch),
    sha256(
      ...[
        1n,
        batch.chainId,
        5n,
        batch.prevStateRoot,
        batch.stateRoot,
        batch.recordsRoot,
        batch.messagesRoll,
        batch.priorityRoll,
        batch.policyRoot,
        batch.slot,
      ].map((value) => be(value, 32)),
    ),
  ),
  of('roll of sealed commitments', rollSealed(word('m'), word('n')), sha256(be(word('m'), 32), be(word('n'), 32))),
  of(
    'digest of a denial',
    denialDigest(denial),
    sha256(
      Buffer.from('privity denial 1').toString('hex'),
      be(domain.chainId, 8),
      be(denial.transactionHash, 32),
      be(2, 8),
      be(5, 8),
      be(1_800_000_000, 8),
      denialDetail,
    ),
  ),
  of(
    'digest of a denial that takes back a receipt',
    denialDigest({
      ...denial,
      code: 'revoked',
      withdrawn: { block: 7n, blockHash: word('withdrawn block'), index: 11 },
    }),
    sha256(
      Buffer.from('privity denial 2').toString('hex'),
      be(domain.chainId, 8),
      be(denial.transactionHash, 32),
      be(5, 8),
      be(5, 8),
      be(1_800_000_000, 8),
      denialDetail,
      be(7, 8),
      be(word('withdrawn block'), 32),
      be(11, 8),
    ),
  ),
];
