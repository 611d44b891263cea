import { Account, Address, KECCAK256_NULL, KECCAK256_RLP } from '@ethereumjs/util';
import { expect, test } from 'vitest';
import { bigIntToBytes, bytesToBigInt } from '../../src/base/bytes.ts';
import { keccakWord } from '../../src/chain/keccak.ts';
import { accountKey, codeHashKey, storageKey } from '../../src/chain/keys.ts';
import { toWord, ZERO_WORD } from '../../src/chain/word.ts';
import { JournaledState } from '../../src/execution/evm/journaled-state.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { MemoryState } from './support.ts';

const A = 0xaaaa_0000n;
const address = new Address(bigIntToBytes(A, 20));
const slot = (value: bigint) => bigIntToBytes(value, 32);
const codes = new Map<bigint, Uint8Array>();

function journal(leaves = new MemoryState(), holdsStorage?: (address: bigint) => boolean): JournaledState {
  const state = new JournaledState(createLeafKeys(), codes, holdsStorage);
  state.reset(leaves);
  return state;
}

test('an absent account is undefined; one that was put is there, even empty', async () => {
  const state = journal();
  expect(await state.getAccount(address)).toBeUndefined();
  await state.putAccount(address, new Account());
  expect((await state.getAccount(address))?.isEmpty()).toBe(true);
  expect(state.changes()).toEqual([]);
});

test('nested checkpoints revert accounts, code and storage, and commit into the outer one', async () => {
  const leaves = new MemoryState().fund(A, 5n, 1n).set(storageKey(A, 1n), toWord(11n));
  const state = journal(leaves);
  await state.checkpoint();
  await state.putStorage(address, slot(1n), slot(12n));
  await state.checkpoint();
  await state.putAccount(address, new Account(9n, 9n));
  await state.putCode(address, Uint8Array.of(1, 2));
  await state.putStorage(address, slot(1n), slot(13n));
  await state.putStorage(address, slot(2n), slot(1n));
  await state.revert();
  expect(bytesToBigInt(await state.getStorage(address, slot(1n)))).toBe(12n);
  expect(await state.getStorage(address, slot(2n))).toHaveLength(0);
  expect(await state.getCode(address)).toHaveLength(0);
  expect((await state.getAccount(address))?.balance).toBe(5n);
  await state.checkpoint();
  await state.putStorage(address, slot(3n), slot(3n));
  await state.commit();
  await state.revert();
  expect(state.changes()).toEqual([]);
  await expect(state.revert()).rejects.toThrow(/without a checkpoint/);
  await expect(state.commit()).rejects.toThrow(/without a checkpoint/);
});

test('original storage stays what it was before the transaction', async () => {
  const state = journal(new MemoryState().set(storageKey(A, 1n), toWord(11n)));
  await state.putStorage(address, slot(1n), slot(12n));
  expect(bytesToBigInt(await state.originalStorageCache.get(address, slot(1n)))).toBe(11n);
});

test('changes are ascending, whole and only real', async () => {
  const leaves = new MemoryState()
    .fund(A, 5n, 1n)
    .set(storageKey(A, 1n), toWord(11n))
    .set(storageKey(A, 2n), toWord(7n));
  const state = journal(leaves);
  const code = Uint8Array.of(0x60);
  await state.putCode(address, code);
  await state.putStorage(address, slot(1n), new Uint8Array());
  await state.putStorage(address, slot(2n), slot(8n));
  await state.putStorage(address, slot(2n), slot(7n));
  state.addBalance(address.bytes, 2n ** 100n);
  const changes = state.changes()!;
  expect(new Map(changes.map(({ key, after }) => [key, after]))).toEqual(
    new Map([
      [accountKey(A), { hi: 1n, lo: 2n ** 100n + 5n }],
      [codeHashKey(A), toWord(keccakWord(code))],
      [storageKey(A, 1n), ZERO_WORD],
    ]),
  );
  expect(changes.map(({ key }) => key)).toEqual(changes.map(({ key }) => key).sort((a, b) => (a < b ? -1 : 1)));
  expect(state.deployed()).toEqual([{ codeHash: keccakWord(code), code }]);
});

test('a balance of 2^128 has no leaf', () => {
  const state = journal(new MemoryState().fund(A, 2n ** 128n - 1n));
  state.addBalance(address.bytes, 1n);
  expect(state.changes()).toBeUndefined();
});

test('an account deleted in the transaction that made it leaves no leaf', async () => {
  const state = journal();
  await state.putAccount(address, new Account(1n, 5n));
  await state.putCode(address, Uint8Array.of(1));
  await state.putStorage(address, slot(1n), slot(1n));
  await state.deleteAccount(address);
  expect(state.changes()).toEqual([]);
  expect(state.deployed()).toEqual([]);
});

test('only an account without nonce and code can be said to hold storage (EIP-7610)', async () => {
  const leaves = new MemoryState().fund(A, 1n, 0n);
  expect((await journal(leaves).getAccount(address))?.storageRoot).toEqual(KECCAK256_RLP);
  expect((await journal(leaves, () => true).getAccount(address))?.storageRoot).not.toEqual(KECCAK256_RLP);
  const used = new MemoryState().fund(A, 1n, 1n);
  expect((await journal(used, () => true).getAccount(address))?.storageRoot).toEqual(KECCAK256_RLP);
  expect((await journal(used).getAccount(address))?.codeHash).toEqual(KECCAK256_NULL);
});
