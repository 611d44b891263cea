import { createMPT } from '@ethereumjs/mpt';
import { RLP } from '@ethereumjs/rlp';
import { expect, test } from 'vitest';
import { bigIntToBytes, bytesToBigInt } from '../../src/base/bytes.ts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { ethereumStateRoot } from './ethereum-trie.ts';

const minimal = (value: bigint): Uint8Array =>
  value === 0n ? new Uint8Array() : bigIntToBytes(value, Math.ceil(value.toString(16).length / 2));

test('no accounts have the root of the empty trie', () => {
  expect(ethereumStateRoot([])).toBe(0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421n);
});

test.each([1, 2, 17, 300])('%i accounts have the root that @ethereumjs/mpt gives', async (count) => {
  const hash = (i: number) => keccak256(Buffer.from(`account ${i}`));
  const accounts = Array.from({ length: count }, (_, i) => ({
    address: bytesToBigInt(hash(i).subarray(0, 20)),
    nonce: BigInt(i % 3),
    balance: bytesToBigInt(hash(i).subarray(0, (i % 15) + 1)),
    codeHash: hash(i + 1000),
    storage: Array.from({ length: i % 5 }, (_, slot) => ({ slot: BigInt(slot * slot), value: BigInt(i * 300 + 1) })),
  }));
  const trie = await createMPT({ useKeyHashing: true });
  for (const { address, nonce, balance, codeHash, storage } of accounts) {
    const slots = await createMPT({ useKeyHashing: true });
    for (const { slot, value } of storage) await slots.put(bigIntToBytes(slot, 32), RLP.encode(minimal(value)));
    await trie.put(bigIntToBytes(address, 20), RLP.encode([minimal(nonce), minimal(balance), slots.root(), codeHash]));
  }
  expect(ethereumStateRoot(accounts)).toBe(bytesToBigInt(trie.root()));
});
