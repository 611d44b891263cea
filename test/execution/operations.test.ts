/** PROTOCOL 7: priority operations are total; what is refused changes nothing. */

import { describe, expect, test } from 'vitest';
import { encodeBlockParameters } from '../../src/chain/block-context.ts';
import { BASE_TOKEN_ADDRESS, FLAG_FROZEN, PRIORITY_KIND, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { identityKey, listRootKey, systemKey } from '../../src/chain/keys.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { fromWord, toWord } from '../../src/chain/word.ts';
import { ALLOW_ALL, blockOf, executorOf, type MemoryState, stateOf } from './support.ts';

const executor = executorOf();
const operation = (kind: PriorityOperation['kind'], a: bigint, b: bigint, sender = 0x5e4de4n): PriorityOperation => ({
  index: 0n,
  kind,
  sender,
  a,
  b,
});
const run = (state: MemoryState, op: PriorityOperation, by = executor) => by.executeOperation(state, blockOf(), op);
const refused = (rule: string) => ({ status: 0, changes: [], logs: [], messages: [], ruleId: rule });

describe('a deposit', () => {
  test('is credited, also to somebody frozen, who stays frozen', () => {
    const state = stateOf().identify(9n, { flags: FLAG_FROZEN });
    const result = run(state, operation(PRIORITY_KIND.DEPOSIT_ETH, 9n, 70n));
    state.apply(result);
    expect([result.status, result.gasUsed, state.balance(9n), state.nonce(9n)]).toEqual([1, 0n, 70n, 0n]);
    expect(result.changes).toHaveLength(1);
  });

  test('of zero changes nothing', () => {
    expect(run(stateOf(), operation(PRIORITY_KIND.DEPOSIT_ETH, 9n, 0n))).toMatchObject({ status: 1, changes: [] });
  });

  test('above the supply cap, or to no address, stops the node: L1 is broken', () => {
    const rich = stateOf().fund(9n, 2n ** 128n - 1n);
    expect(() => run(rich, operation(PRIORITY_KIND.DEPOSIT_ETH, 9n, 1n))).toThrow(/supply cap/);
    expect(() => run(stateOf(), operation(PRIORITY_KIND.DEPOSIT_ETH, 2n ** 160n, 1n))).toThrow(/160 bits/);
  });
});

describe('governance', () => {
  test('sets the policy root', () => {
    const state = stateOf();
    state.apply(run(state, operation(PRIORITY_KIND.SET_POLICY_ROOT, 0x77n, 0n)));
    expect(state.get(systemKey(SYSTEM_NAME.POLICY))).toEqual(toWord(0x77n));
  });

  test('sets and clears a list root', () => {
    const state = stateOf();
    state.apply(run(state, operation(PRIORITY_KIND.SET_LIST_ROOT, 2n ** 64n - 1n, 5n)));
    expect(fromWord(state.get(listRootKey(2n ** 64n - 1n)))).toBe(5n);
    state.apply(run(state, operation(PRIORITY_KIND.SET_LIST_ROOT, 2n ** 64n - 1n, 0n)));
    expect(fromWord(state.get(listRootKey(2n ** 64n - 1n)))).toBe(0n);
    expect(() => run(state, operation(PRIORITY_KIND.SET_LIST_ROOT, 2n ** 64n, 5n))).toThrow(/64 bits/);
  });

  test('sets an identity whole, administrative roles and flags included', () => {
    const state = stateOf().identify(3n, { flags: FLAG_FROZEN, roles: 1n });
    const value = (2n << 192n) | (8n << 128n) | 0xffn;
    state.apply(run(state, operation(PRIORITY_KIND.SET_IDENTITY, 3n, value)));
    expect(fromWord(state.get(identityKey(3n)))).toBe(value);
  });
});

describe('a parameter', () => {
  const parameters = (fields: Partial<Parameters<typeof encodeBlockParameters>[0]>) =>
    fromWord(encodeBlockParameters({ gasLimit: 1n, baseFee: 2n, feeMode: 0n, batchIntervalSeconds: 600n, ...fields }));
  const set = (name: bigint, value: bigint) => operation(PRIORITY_KIND.SET_PARAMETER, name, value);

  test.each([
    ['BLOCK', 4n, parameters({})],
    ['COLLECTOR', 5n, 2n ** 160n - 1n],
    ['REGISTRAR_MASK', 6n, 2n ** 128n - 1n],
  ])('%s is set', (_, name, value) => {
    const state = stateOf();
    const result = run(state, set(name, value));
    state.apply(result);
    expect([result.status, fromWord(state.get(systemKey(Number(name))))]).toEqual([1, value]);
  });

  test.each([
    ['name 0', 0n, 1n, 'protocol:parameter-name'],
    ['POLICY', 1n, 1n, 'protocol:parameter-name'],
    ['PRIORITY', 2n, 1n, 'protocol:parameter-name'],
    ['BLIND', 3n, 1n, 'protocol:parameter-name'],
    ['LIST_ROOT', 7n, 1n, 'protocol:parameter-name'],
    ['a huge name', 2n ** 255n + 4n, 1n, 'protocol:parameter-name'],
    ['a fee mode of 2', 4n, parameters({ feeMode: 2n }), 'protocol:parameter-fee-mode'],
    ['another interval', 4n, parameters({ batchIntervalSeconds: 601n }), 'protocol:parameter-interval'],
    ['an interval of 0', 4n, parameters({ batchIntervalSeconds: 0n }), 'protocol:parameter-interval'],
    ['a collector of 161 bits', 5n, 2n ** 160n, 'protocol:parameter-collector'],
  ])('%s is refused', (_, name, value, rule) => {
    expect(run(stateOf(), set(name, value))).toMatchObject(refused(rule));
  });
});

describe('a forced withdrawal', () => {
  const SENDER = 0x5e4de4n;
  const exit = (amount: bigint) => operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 0xabn, amount, SENDER);

  test('leaves the chain like a withdrawal, without fee and nonce', () => {
    const state = stateOf().fund(SENDER, 10n, 4n);
    const result = run(state, exit(10n));
    state.apply(result);
    expect([state.balance(SENDER), state.nonce(SENDER)]).toEqual([0n, 4n]);
    expect(result.messages).toEqual([{ sender: BASE_TOKEN_ADDRESS, recipient: 0xabn, token: 0n, amount: 10n }]);
    expect(result.logs).toHaveLength(1);
    expect(result.ruleId).toBe('test.exit');
    expect(result.changes).toHaveLength(1);
  });

  test('of more than there is is refused', () => {
    expect(run(stateOf().fund(SENDER, 10n), exit(11n))).toMatchObject(refused('protocol:withdraw-balance'));
    expect(run(stateOf().fund(SENDER, 10n), exit(2n ** 256n - 1n))).toMatchObject(refused('protocol:withdraw-balance'));
  });

  test('is refused where the exit rule is not met', () => {
    const closed = executorOf({
      ...ALLOW_ALL,
      decideExit: () => ({
        allow: false,
        code: 'POLICY_DENIED',
        ruleId: 'exit',
        cause: 'role-missing',
        reason: 'no role',
      }),
    });
    expect(run(stateOf().fund(SENDER, 10n), exit(1n), closed)).toMatchObject(refused('exit'));
  });
});
