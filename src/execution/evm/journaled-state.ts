/**
 * The EVM's view of our leaves: accounts, code and storage over a StateReader, with an undo log. Nothing is written below; `changes` says what
 * a transaction came to. Transient storage and the warm sets are the EVM's own.
 */

import type { AccountFields, StateManagerInterface } from '@ethereumjs/common';
import { Account, type Address, KECCAK256_NULL, KECCAK256_RLP } from '@ethereumjs/util';
import { assert } from '../../base/assert.ts';
import { bigIntToBytes, bytesToBigInt } from '../../base/bytes.ts';
import { keccak256 } from '../../chain/keccak.ts';
import { storageKey } from '../../chain/keys.ts';
import { equalWords, fromWord, isZeroWord, toWord, type Word } from '../../chain/word.ts';
import type { LeafKeys } from '../leaf-keys.ts';
import type { CodeReader, LeafChange, StateReader } from '../port.ts';

interface AccountRecord {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Uint8Array;
}

const ABSENT: AccountRecord = { nonce: 0n, balance: 0n, codeHash: KECCAK256_NULL };
const NO_BYTES = new Uint8Array();
/** Any root but the empty one: what EIP-7610 looks at. */
const SOME_STORAGE = new Uint8Array(32);

/**
 * True when an account without code or nonce has storage (EIP-7610). On a chain that began after EIP-161 there is none; the official tests
 * make some.
 */
export type HoldsStorage = (address: bigint) => boolean;

export interface Deployed {
  readonly codeHash: bigint;
  readonly code: Uint8Array;
}

const keyOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
const addressOf = (key: string): bigint => bytesToBigInt(Buffer.from(key, 'latin1'));
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Storage values travel without leading zeros; zero is empty. */
function stripped(value: Uint8Array): Uint8Array {
  let start = 0;
  while (start < value.length && value[start] === 0) start += 1;
  return start === 0 ? value : value.subarray(start);
}

const unused = (): never => {
  throw new Error('roots are not the execution layer’s');
};

export class JournaledState implements StateManagerInterface {
  readonly #keys: LeafKeys;
  readonly #codes: CodeReader;
  readonly #holdsStorage: HoldsStorage;
  #reader: StateReader;
  #loaded = new Map<string, AccountRecord>();
  #accounts = new Map<string, AccountRecord>();
  #original = new Map<string, Map<string, Uint8Array>>();
  #storage = new Map<string, Map<string, Uint8Array>>();
  #code = new Map<string, Uint8Array>();
  #undo: (() => void)[] = [];
  #checkpoints: number[] = [];

  constructor(keys: LeafKeys, codes: CodeReader, holdsStorage: HoldsStorage = () => false) {
    this.#keys = keys;
    this.#codes = codes;
    this.#holdsStorage = holdsStorage;
    this.#reader = { get: unused };
  }

  /** Starts over on another state. */
  reset(reader: StateReader): void {
    this.#reader = reader;
    this.#loaded = new Map();
    this.#accounts = new Map();
    this.#original = new Map();
    this.#storage = new Map();
    this.#code = new Map();
    this.#undo = [];
    this.#checkpoints = [];
  }

  readonly originalStorageCache = {
    get: async (address: Address, slot: Uint8Array): Promise<Uint8Array> => this.#originalStorage(address.bytes, slot),
    clear: (): void => {},
  };

  async getAccount(address: Address): Promise<Account | undefined> {
    const record = this.account(address.bytes);
    if (isAbsent(record) && !this.#accounts.has(keyOf(address.bytes))) return undefined;
    const bare = record.nonce === 0n && sameBytes(record.codeHash, KECCAK256_NULL);
    const root = bare && this.#holdsStorage(bytesToBigInt(address.bytes)) ? SOME_STORAGE : KECCAK256_RLP;
    return new Account(record.nonce, record.balance, root, record.codeHash);
  }

  async putAccount(address: Address, account: Account | undefined): Promise<void> {
    const { nonce, balance, codeHash } = account ?? ABSENT;
    this.#putRecord(address.bytes, { nonce, balance, codeHash });
  }

  async modifyAccountFields(address: Address, fields: AccountFields): Promise<void> {
    const record = this.account(address.bytes);
    this.#putRecord(address.bytes, {
      nonce: fields.nonce ?? record.nonce,
      balance: fields.balance ?? record.balance,
      codeHash: fields.codeHash ?? record.codeHash,
    });
  }

  /** Also clears what the account stored since the transaction began: accounts die only in the transaction that made them (EIP-6780). */
  async deleteAccount(address: Address): Promise<void> {
    this.#putRecord(address.bytes, ABSENT);
    await this.clearStorage(address);
  }

  async putCode(address: Address, code: Uint8Array): Promise<void> {
    const codeHash = code.length === 0 ? KECCAK256_NULL : keccak256(code);
    if (code.length > 0) this.#code.set(keyOf(codeHash), code);
    this.#putRecord(address.bytes, { ...this.account(address.bytes), codeHash });
  }

  async getCode(address: Address): Promise<Uint8Array> {
    const { codeHash } = this.account(address.bytes);
    if (sameBytes(codeHash, KECCAK256_NULL)) return NO_BYTES;
    const code = this.#code.get(keyOf(codeHash)) ?? this.#codes.get(bytesToBigInt(codeHash));
    assert(code !== undefined, 'the code of a CODEHASH leaf is not in the code store');
    return code;
  }

  async getCodeSize(address: Address): Promise<number> {
    return (await this.getCode(address)).length;
  }

  async getStorage(address: Address, slot: Uint8Array): Promise<Uint8Array> {
    return this.#storage.get(keyOf(address.bytes))?.get(keyOf(slot)) ?? this.#originalStorage(address.bytes, slot);
  }

  async putStorage(address: Address, slot: Uint8Array, value: Uint8Array): Promise<void> {
    const addressKey = keyOf(address.bytes);
    let slots = this.#storage.get(addressKey);
    if (slots === undefined) {
      slots = new Map();
      this.#storage.set(addressKey, slots);
    }
    setUndoably(slots, keyOf(slot), stripped(value), this.#undo);
  }

  /** The storage below is empty whenever the EVM clears: creation over old storage collides (EIP-7610). */
  async clearStorage(address: Address): Promise<void> {
    const slots = this.#storage.get(keyOf(address.bytes));
    if (slots === undefined) return;
    for (const slot of [...slots.keys()]) setUndoably(slots, slot, NO_BYTES, this.#undo);
  }

  async checkpoint(): Promise<void> {
    this.#checkpoints.push(this.#undo.length);
  }

  async commit(): Promise<void> {
    assert(this.#checkpoints.pop() !== undefined, 'a commit without a checkpoint');
  }

  async revert(): Promise<void> {
    const height = this.#checkpoints.pop();
    assert(height !== undefined, 'a revert without a checkpoint');
    while (this.#undo.length > height) this.#undo.pop()!();
  }

  /** What the account is now, without copying. */
  account(address: Uint8Array): AccountRecord {
    const key = keyOf(address);
    return this.#accounts.get(key) ?? this.#load(key, address);
  }

  hasCode(address: Uint8Array): boolean {
    return !sameBytes(this.account(address).codeHash, KECCAK256_NULL);
  }

  addBalance(address: Uint8Array, wei: bigint): void {
    const record = this.account(address);
    this.#putRecord(address, { ...record, balance: record.balance + wei });
  }

  bumpNonce(address: Uint8Array): void {
    const record = this.account(address);
    this.#putRecord(address, { ...record, nonce: record.nonce + 1n });
  }

  /** Leaves that differ from the state below, ascending by key; undefined when a balance does not fit a leaf. */
  changes(): LeafChange[] | undefined {
    const changes: LeafChange[] = [];
    const add = (key: bigint, before: Word, after: Word) => {
      if (!equalWords(before, after)) changes.push({ key, before, after });
    };
    for (const [key, record] of this.#accounts) {
      if (record.balance >> 128n !== 0n) return undefined;
      const address = addressOf(key);
      const before = this.#load(key, Buffer.from(key, 'latin1'));
      add(this.#keys.account(address), accountWord(before), accountWord(record));
      add(this.#keys.codeHash(address), codeHashWord(before.codeHash), codeHashWord(record.codeHash));
    }
    for (const [key, slots] of this.#storage) {
      const bytes = Buffer.from(key, 'latin1');
      for (const [slot, value] of slots) {
        const slotBytes = Buffer.from(slot, 'latin1');
        const before = this.#originalStorage(bytes, slotBytes);
        if (sameBytes(before, value)) continue;
        add(
          storageKey(addressOf(key), bytesToBigInt(slotBytes)),
          toWord(bytesToBigInt(before)),
          toWord(bytesToBigInt(value)),
        );
      }
    }
    return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Codes that accounts have now and had not before. */
  deployed(): Deployed[] {
    const hashes = new Set([...this.#accounts.values()].map(({ codeHash }) => keyOf(codeHash)));
    return [...this.#code]
      .filter(([hash]) => hashes.has(hash))
      .map(([hash, code]) => ({ codeHash: bytesToBigInt(Buffer.from(hash, 'latin1')), code }));
  }

  /** Storage that was written and is not what it was, for a harness that needs the slots themselves. */
  *touchedStorage(): Generator<{ address: bigint; slot: bigint }> {
    for (const [key, slots] of this.#storage) {
      for (const slot of slots.keys()) {
        yield { address: addressOf(key), slot: bytesToBigInt(Buffer.from(slot, 'latin1')) };
      }
    }
  }

  *touchedAccounts(): Generator<bigint> {
    for (const key of this.#accounts.keys()) yield addressOf(key);
  }

  clearCaches(): void {}
  readonly getStateRoot = async (): Promise<Uint8Array> => unused();
  readonly setStateRoot = async (): Promise<void> => unused();
  readonly hasStateRoot = async (): Promise<boolean> => unused();
  readonly shallowCopy = (): StateManagerInterface => unused();

  #putRecord(address: Uint8Array, record: AccountRecord): void {
    setUndoably(this.#accounts, keyOf(address), record, this.#undo);
  }

  #load(key: string, address: Uint8Array): AccountRecord {
    const known = this.#loaded.get(key);
    if (known !== undefined) return known;
    const number = bytesToBigInt(address);
    const account = this.#reader.get(this.#keys.account(number));
    const codeHash = this.#reader.get(this.#keys.codeHash(number));
    const record = {
      nonce: account.hi,
      balance: account.lo,
      codeHash: isZeroWord(codeHash) ? KECCAK256_NULL : bigIntToBytes(fromWord(codeHash), 32),
    };
    this.#loaded.set(key, record);
    return record;
  }

  #originalStorage(address: Uint8Array, slot: Uint8Array): Uint8Array {
    const addressKey = keyOf(address);
    let slots = this.#original.get(addressKey);
    if (slots === undefined) {
      slots = new Map();
      this.#original.set(addressKey, slots);
    }
    const slotKey = keyOf(slot);
    const known = slots.get(slotKey);
    if (known !== undefined) return known;
    const word = this.#reader.get(storageKey(bytesToBigInt(address), bytesToBigInt(slot)));
    const value = isZeroWord(word) ? NO_BYTES : stripped(bigIntToBytes(fromWord(word), 32));
    slots.set(slotKey, value);
    return value;
  }
}

const isAbsent = ({ nonce, balance, codeHash }: AccountRecord): boolean =>
  nonce === 0n && balance === 0n && sameBytes(codeHash, KECCAK256_NULL);

const accountWord = ({ nonce, balance }: AccountRecord): Word => ({ hi: nonce, lo: balance });

const codeHashWord = (codeHash: Uint8Array): Word =>
  sameBytes(codeHash, KECCAK256_NULL) ? toWord(0n) : toWord(bytesToBigInt(codeHash));

function setUndoably<K, V>(map: Map<K, V>, key: K, value: V, undo: (() => void)[]): void {
  const had = map.has(key);
  const old = map.get(key);
  undo.push(() => {
    if (had) map.set(key, old as V);
    else map.delete(key);
  });
  map.set(key, value);
}
