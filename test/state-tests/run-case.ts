/**
 * One official case on our engine and our leaves. Ethereum's root is built from the leaves afterwards; the leaf keys hide addresses and
 * slots, so the harness remembers which ones there are.
 */

import { KECCAK256_NULL } from '@ethereumjs/util';
import secp256k1 from 'secp256k1';
import { bigIntToBytes, bytesToBigInt } from '../../src/base/bytes.ts';
import { keccakWord } from '../../src/chain/keccak.ts';
import { accountKey, codeHashKey, publicKeyKey, storageKey } from '../../src/chain/keys.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { fromWord, isZeroWord, toWord, type Word, ZERO_WORD } from '../../src/chain/word.ts';
import { createEvmEngine, type EvmEngine } from '../../src/execution/evm/evm-engine.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import { createLeafKeys, type LeafKeys } from '../../src/execution/leaf-keys.ts';
import { classify } from '../../src/execution/native/provable-action.ts';
import { createPolicyFacts } from '../../src/execution/policy-facts.ts';
import type {
  BlockContext,
  ExecutionPolicy,
  ExecutionPort,
  LeafChange,
  StateReader,
} from '../../src/execution/port.ts';
import { ethereumStateRoot, logsHash, type TrieAccount } from './ethereum-trie.ts';
import type { FixtureCase } from './fixture.ts';

export type SkipReason =
  | 'blob transaction (type 3)'
  | 'a balance of 2^127 or more'
  | 'BLAKE2F with 2^32 - 1 rounds takes about an hour in JavaScript';

/** 4.3 billion gas in one precompile call: no block of this chain has room for it. */
const ENDLESS = 'stTimeConsuming/CALLBlake2f_MaxRounds.json:';

export type CaseOutcome =
  | { readonly kind: 'passed'; readonly native: boolean; readonly refused: boolean }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'failed'; readonly detail: string };

export interface CaseRunner {
  run(fixture: FixtureCase): Promise<CaseOutcome>;
}

const CHAIN_ID = 1n;
const BALANCE_END = 1n << 127n;

class Leaves implements StateReader {
  readonly values = new Map<bigint, Word>();

  get(key: bigint): Word {
    return this.values.get(key) ?? ZERO_WORD;
  }
}

export async function createCaseRunner(policy: ExecutionPolicy): Promise<CaseRunner> {
  const keys = createLeafKeys();
  const codes = new Map<bigint, Uint8Array>();
  let withStorage = new Set<bigint>();
  const engine = await createEvmEngine(
    { chainId: CHAIN_ID, callGasMax: 1n },
    { codes, keys, holdsStorage: (address) => withStorage.has(address) },
  );
  const unknownList = () => {
    throw new Error('the allow-all policy names no list');
  };
  const native = createExecutor({ policy, keys, isInListRoot: unknownList });

  return {
    async run(fixture) {
      if (fixture.transaction.isBlob) return { kind: 'skipped', reason: 'blob transaction (type 3)' };
      if (fixture.pre.some(({ balance }) => balance >= BALANCE_END)) {
        return { kind: 'skipped', reason: 'a balance of 2^127 or more' };
      }
      if (fixture.name.startsWith(ENDLESS)) {
        return { kind: 'skipped', reason: 'BLAKE2F with 2^32 - 1 rounds takes about an hour in JavaScript' };
      }
      codes.clear();
      const leaves = load(fixture, keys, codes);
      withStorage = new Set(fixture.pre.filter(({ storage }) => storage.length > 0).map(({ address }) => address));
      return runCase(fixture, leaves, { engine, native, policy, keys, codes });
    },
  };
}

interface Parts {
  readonly engine: EvmEngine;
  readonly native: ExecutionPort;
  readonly policy: ExecutionPolicy;
  readonly keys: LeafKeys;
  readonly codes: Map<bigint, Uint8Array>;
}

async function runCase(fixture: FixtureCase, leaves: Leaves, parts: Parts): Promise<CaseOutcome> {
  const { engine, policy, keys, codes } = parts;
  const block = blockOf(fixture);
  const { transaction, expected } = fixture;
  const facts = createPolicyFacts(leaves, keys, () => false);
  const tx = { ...transaction, chainId: CHAIN_ID };
  const outcome = await engine.executeTransaction(leaves, block, tx, (frame) => policy.decideWrite(frame, facts));
  const native = differential(fixture, leaves, block, parts);
  if (outcome.kind === 'denied') return { kind: 'failed', detail: `denied by ${outcome.ruleId}` };
  if (outcome.kind === 'invalid') {
    if (outcome.code === 'TX_BALANCE_RANGE') return { kind: 'skipped', reason: 'a balance of 2^127 or more' };
    if (expected.exception === undefined) return { kind: 'failed', detail: `refused: ${outcome.code}` };
    if (native !== undefined && native.kind !== 'invalid')
      return { kind: 'failed', detail: 'native path: not refused' };
    const root = rootOf(leaves, addressesOf(fixture), slotsOf(fixture));
    if (root !== expected.root) return { kind: 'failed', detail: 'state root of a refused transaction' };
    return { kind: 'passed', native: native !== undefined, refused: true };
  }
  if (expected.exception !== undefined) return { kind: 'failed', detail: `executed, expected ${expected.exception}` };
  const { result } = outcome;
  for (const { codeHash, code } of result.deployed) codes.set(codeHash, code);
  const addresses = addressesOf(fixture);
  for (const address of engine.journal.touchedAccounts()) addresses.add(address);
  const slots = slotsOf(fixture);
  for (const { address, slot } of engine.journal.touchedStorage()) remember(slots, address, slot);
  if (native !== undefined) {
    if (native.kind !== 'executed') return { kind: 'failed', detail: `native path: ${native.kind}` };
    const keyLeaf = publicKeyKey(transaction.sender);
    const same = sameChanges(
      native.result.changes.filter(({ key }) => key !== keyLeaf),
      result.changes,
    );
    if (!same || native.result.gasUsed !== result.gasUsed)
      return { kind: 'failed', detail: 'native path: other result' };
  }
  apply(leaves, result.changes);
  if (logsHash(result.logs) !== expected.logs) return { kind: 'failed', detail: 'logs' };
  if (rootOf(leaves, addresses, slots) !== expected.root) {
    return { kind: 'failed', detail: `state root (gas ${result.gasUsed}, ${result.error ?? 'no error'})` };
  }
  return { kind: 'passed', native: native !== undefined, refused: false };
}

/** The native path on what it covers: plain transfers between accounts without code. */
function differential(fixture: FixtureCase, leaves: Leaves, block: BlockContext, { native }: Parts) {
  const { transaction, pre } = fixture;
  const hasCode = (address: bigint) => pre.some((account) => account.address === address && account.code.length > 0);
  if (transaction.to === undefined || hasCode(transaction.to) || hasCode(transaction.sender)) return undefined;
  const classified = classify(transaction);
  if (classified.kind !== 'provable' || classified.action.kind !== 'transfer') return undefined;
  const publicKey = secp256k1.publicKeyCreate(transaction.secretKey, false);
  const signed: SignedTransaction = {
    ...transaction,
    chainId: CHAIN_ID,
    publicKey: { x: bytesToBigInt(publicKey.subarray(1, 33)), y: bytesToBigInt(publicKey.subarray(33)) },
    signature: { r: 1n, s: 1n, yParity: 0 },
    raw: new Uint8Array(),
    hash: new Uint8Array(32),
    sighash: new Uint8Array(32),
    signedBytes: new Uint8Array(),
  };
  return native.executeTransaction(leaves, block, signed);
}

const blockOf = ({ env }: FixtureCase): BlockContext => ({
  prevrandao: env.prevrandao,
  gasLimit: env.gasLimit,
  baseFee: env.baseFee,
  feeMode: 0n,
  collector: env.coinbase,
  batchIntervalSeconds: 600n,
  chainId: CHAIN_ID,
  number: env.number,
  timestamp: env.timestamp,
  // The convention of the tests: keccak of the number in decimal.
  blockHash: (number) => keccakWord(Buffer.from(number.toString())),
});

function load({ pre }: FixtureCase, keys: LeafKeys, codes: Map<bigint, Uint8Array>): Leaves {
  const leaves = new Leaves();
  for (const { address, nonce, balance, code, storage } of pre) {
    leaves.values.set(keys.account(address), { hi: nonce, lo: balance });
    if (code.length > 0) {
      const codeHash = keccakWord(code);
      codes.set(codeHash, code);
      leaves.values.set(keys.codeHash(address), toWord(codeHash));
    }
    for (const { slot, value } of storage) leaves.values.set(storageKey(address, slot), toWord(value));
  }
  return leaves;
}

function apply(leaves: Leaves, changes: readonly LeafChange[]): void {
  for (const { key, before, after } of changes) {
    if (fromWord(leaves.get(key)) !== fromWord(before)) throw new Error('a change starts from another value');
    leaves.values.set(key, after);
  }
}

function sameChanges(a: readonly LeafChange[], b: readonly LeafChange[]): boolean {
  const line = ({ key, before, after }: LeafChange) => [key, fromWord(before), fromWord(after)].join(' ');
  return a.map(line).join('\n') === b.map(line).join('\n');
}

const addressesOf = ({ pre }: FixtureCase): Set<bigint> => new Set(pre.map(({ address }) => address));

type Slots = Map<bigint, Set<bigint>>;

function remember(slots: Slots, address: bigint, slot: bigint): void {
  const known = slots.get(address);
  if (known === undefined) slots.set(address, new Set([slot]));
  else known.add(slot);
}

function slotsOf({ pre }: FixtureCase): Slots {
  const slots: Slots = new Map();
  for (const { address, storage } of pre) for (const { slot } of storage) remember(slots, address, slot);
  return slots;
}

/** An account without nonce, balance and code does not exist (EIP-161), whatever it stored. */
function rootOf(leaves: Leaves, addresses: ReadonlySet<bigint>, slots: Slots): bigint {
  const accounts: TrieAccount[] = [];
  for (const address of addresses) {
    const { hi: nonce, lo: balance } = leaves.get(accountKey(address));
    const codeHash = leaves.get(codeHashKey(address));
    if (nonce === 0n && balance === 0n && isZeroWord(codeHash)) continue;
    accounts.push({
      address,
      nonce,
      balance,
      codeHash: isZeroWord(codeHash) ? KECCAK256_NULL : bigIntToBytes(fromWord(codeHash), 32),
      storage: [...(slots.get(address) ?? [])]
        .map((slot) => ({ slot, value: fromWord(leaves.get(storageKey(address, slot))) }))
        .filter(({ value }) => value !== 0n),
    });
  }
  return ethereumStateRoot(accounts);
}
