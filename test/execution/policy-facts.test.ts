import { expect, test } from 'vitest';
import { FLAG_FROZEN, TAG } from '../../src/chain/constants.ts';
import { listKey, listRootKey, remembered } from '../../src/chain/keys.ts';
import { toWord } from '../../src/chain/word.ts';
import { createLeafKeys } from '../../src/execution/leaf-keys.ts';
import { createPolicyFacts } from '../../src/execution/policy-facts.ts';
import { MemoryState } from './support.ts';

const keys = createLeafKeys();
const unknown = () => {
  throw new Error('this node does not hold the list');
};

test('identities come from their leaves; nobody is known before', () => {
  const state = new MemoryState().identify(5n, { roles: 9n, flags: FLAG_FROZEN, expiry: 3n });
  const facts = createPolicyFacts(state, keys, unknown);
  expect(facts.identity(5n)).toEqual({ roles: 9n, flags: FLAG_FROZEN, expiry: 3n });
  expect(facts.identity(6n)).toEqual({ roles: 0n, flags: 0n, expiry: 0n });
});

test('a list without a root is empty, without asking for it', () => {
  expect(createPolicyFacts(new MemoryState(), keys, unknown).isInListRoot(1n, 5n)).toBe(false);
});

test('a list with a root is asked for by that root; an unknown one is not guessed', () => {
  const state = new MemoryState().set(listRootKey(1n), toWord(77n));
  const asked: bigint[][] = [];
  const facts = createPolicyFacts(state, keys, (root, list, address) => {
    asked.push([root, list, address]);
    return address === 5n;
  });
  expect([facts.isInListRoot(1n, 5n), facts.isInListRoot(1n, 6n)]).toEqual([true, false]);
  expect(asked).toEqual([
    [77n, 1n, 5n],
    [77n, 1n, 6n],
  ]);
  expect(() => createPolicyFacts(state, keys, unknown).isInListRoot(1n, 5n)).toThrow(/does not hold/);
});

test('LIST leaves are per list and address', () => {
  const facts = createPolicyFacts(new MemoryState().set(listKey(2n, 5n), toWord(1n)), keys, unknown);
  expect([facts.isInListLeaf(2n, 5n), facts.isInListLeaf(2n, 6n), facts.isInListLeaf(3n, 5n)]).toEqual([
    true,
    false,
    false,
  ]);
});

test('keys are forgotten oldest first and computed again alike', () => {
  const small = remembered(TAG.K_ACCOUNT, 2);
  const first = [1n, 2n, 3n, 1n, 2n, 3n].map((address) => small(address));
  expect(first).toEqual([1n, 2n, 3n, 1n, 2n, 3n].map((address) => keys.account(address)));
  expect(new Set(first).size).toBe(3);
});
