import { describe, expect, test } from 'vitest';
import { FLAG_FROZEN, RESERVED_ADDRESS_END } from '../../src/chain/constants.ts';
import { accountKey, publicKeyHash, publicKeyKey } from '../../src/chain/keys.ts';
import { toWord } from '../../src/chain/word.ts';
import type { TransactionOutcome } from '../../src/execution/port.ts';
import type { PolicyPort } from '../../src/policy/port.ts';
import {
  ALLOW_ALL,
  blockOf,
  COLLECTOR,
  executorOf,
  type MemoryState,
  signerOf,
  stateOf,
  transactionOf,
} from './support.ts';

const alice = signerOf(1);
const BOB = 0xb0b_0000_0000n;
const executor = executorOf();
const LIMIT = 21_000n;

const run = (state: MemoryState, fields: Parameters<typeof transactionOf>[1] = {}, block = blockOf(), signer = alice) =>
  executor.executeTransaction(state, block, transactionOf(signer, { to: BOB, gasLimit: LIMIT, ...fields }));

function executed(outcome: TransactionOutcome) {
  if (outcome.kind !== 'executed') throw new Error(`${outcome.kind}: ${JSON.stringify(outcome)}`);
  return outcome.result;
}

describe('a native transfer', () => {
  test('moves value, bumps the nonce, and writes the KEY leaf at the first use only', () => {
    const state = stateOf().fund(alice.address, 100n);
    const tx = transactionOf(alice, { to: BOB, value: 40n, gasLimit: LIMIT });
    const first = executed(executor.executeTransaction(state, blockOf(), tx));
    expect(first.changes.map((change) => change.key)).toEqual(
      [...first.changes.map(({ key }) => key)].sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(first.changes).toHaveLength(3);
    state.apply(first);
    expect([state.balance(alice.address), state.nonce(alice.address), state.balance(BOB)]).toEqual([60n, 1n, 40n]);
    expect(state.get(publicKeyKey(alice.address))).toEqual(toWord(publicKeyHash(tx.publicKey.x, tx.publicKey.y)));
    const second = executed(run(state, { nonce: 1n, value: 1n }));
    expect(second.changes).toHaveLength(2);
    expect(second.ruleId).toBe('test.all');
  });

  test('leaves an absent recipient of zero wei absent', () => {
    const state = stateOf();
    const result = executed(run(state));
    expect(result.changes.some(({ key }) => key === accountKey(BOB))).toBe(false);
  });

  test('to oneself only pays the fee', () => {
    const state = stateOf().fund(alice.address, 10_000_000n);
    state.apply(executed(run(state, { to: alice.address, value: 9n, maxFeePerGas: 3n, maxPriorityFeePerGas: 3n })));
    expect(state.balance(alice.address)).toBe(10_000_000n - 3n * LIMIT);
    expect(state.nonce(alice.address)).toBe(1n);
  });

  test('of everything but the fee leaves exactly zero; one wei more is refused', () => {
    const fee = LIMIT * 5n;
    const state = stateOf().fund(alice.address, fee + 7n);
    const fees = { maxFeePerGas: 5n, maxPriorityFeePerGas: 5n };
    expect(run(state, { ...fees, value: 8n })).toMatchObject({ kind: 'invalid', code: 'TX_INSUFFICIENT_FUNDS' });
    state.apply(executed(run(state, { ...fees, value: 7n })));
    expect(state.balance(alice.address)).toBe(0n);
  });

  test('reserves gasLimit * maxFee although it pays less', () => {
    const block = blockOf({ baseFee: 1n });
    const fields = { gasLimit: 50_000n, maxFeePerGas: 10n, maxPriorityFeePerGas: 1n };
    expect(run(stateOf().fund(alice.address, 499_999n), fields, block)).toMatchObject({
      code: 'TX_INSUFFICIENT_FUNDS',
    });
    const result = executed(run(stateOf().fund(alice.address, 500_000n), fields, block));
    expect([result.gasUsed, result.effectiveGasPrice]).toEqual([21_000n, 2n]);
  });

  test.each([2n ** 127n, 2n ** 128n - 1n])('carries balances up to %s', (wei) => {
    const state = stateOf().fund(alice.address, wei);
    state.apply(executed(run(state, { value: wei })));
    expect([state.balance(alice.address), state.balance(BOB)]).toEqual([0n, wei]);
  });

  test('that would lift a balance to 2^128 is refused, for recipient and collector', () => {
    const full = stateOf()
      .fund(alice.address, 1n)
      .fund(BOB, 2n ** 128n - 1n);
    expect(run(full, { value: 1n })).toMatchObject({ kind: 'invalid', code: 'TX_BALANCE_RANGE' });
    const rich = stateOf()
      .fund(alice.address, LIMIT)
      .fund(COLLECTOR, 2n ** 128n - 1n);
    const fees = { maxFeePerGas: 1n, maxPriorityFeePerGas: 1n };
    expect(run(rich, fees)).toMatchObject({ kind: 'invalid', code: 'TX_BALANCE_RANGE' });
  });
});

describe('fees', () => {
  const cases = [
    { type: 0, max: 9n, tip: 9n, base: 4n, feeMode: 0n, paid: 9n, collected: 5n },
    { type: 1, max: 9n, tip: 9n, base: 4n, feeMode: 1n, paid: 9n, collected: 9n },
    { type: 2, max: 9n, tip: 2n, base: 4n, feeMode: 0n, paid: 6n, collected: 2n },
    { type: 2, max: 9n, tip: 2n, base: 4n, feeMode: 1n, paid: 6n, collected: 6n },
    { type: 2, max: 5n, tip: 2n, base: 4n, feeMode: 0n, paid: 5n, collected: 1n },
    { type: 2, max: 4n, tip: 0n, base: 4n, feeMode: 0n, paid: 4n, collected: 0n },
    { type: 2, max: 0n, tip: 0n, base: 0n, feeMode: 1n, paid: 0n, collected: 0n },
  ] as const;
  test.each(cases)(
    'type $type, max $max, tip $tip, base fee $base, mode $feeMode',
    ({ type, max, tip, base, feeMode, paid, collected }) => {
      const state = stateOf().fund(alice.address, 10n ** 9n);
      const fields = { type, maxFeePerGas: max, maxPriorityFeePerGas: tip, value: 1n };
      const result = executed(run(state, fields, blockOf({ baseFee: base, feeMode })));
      state.apply(result);
      expect(result.effectiveGasPrice).toBe(paid);
      expect(state.balance(alice.address)).toBe(10n ** 9n - 1n - LIMIT * paid);
      expect(state.balance(COLLECTOR)).toBe(LIMIT * collected);
    },
  );

  test('go to a collector who is the recipient or the sender', () => {
    const fees = { maxFeePerGas: 2n, maxPriorityFeePerGas: 2n, value: 5n };
    const toBob = stateOf().fund(alice.address, 10n ** 6n);
    toBob.apply(executed(run(toBob, fees, blockOf({ collector: BOB }))));
    expect(toBob.balance(BOB)).toBe(5n + 2n * LIMIT);
    const toAlice = stateOf().fund(alice.address, 10n ** 6n);
    toAlice.apply(executed(run(toAlice, fees, blockOf({ collector: alice.address }))));
    expect(toAlice.balance(alice.address)).toBe(10n ** 6n - 5n);
  });
});

describe('what is not valid', () => {
  const cases = [
    ['nonce used', { nonce: 4n }, 'TX_NONCE_TOO_LOW'],
    ['nonce ahead', { nonce: 6n }, 'TX_NONCE_TOO_HIGH'],
    ['gas above the block', { gasLimit: 30_000_001n }, 'TX_GAS_LIMIT'],
    ['gas one short', { gasLimit: 20_999n }, 'TX_INTRINSIC_GAS'],
    ['below the base fee', { maxFeePerGas: 6n, maxPriorityFeePerGas: 0n }, 'TX_FEE_TOO_LOW'],
    ['tip above the cap', { maxFeePerGas: 8n, maxPriorityFeePerGas: 9n }, 'TX_PRIORITY_FEE_ABOVE_MAX'],
    ['more than there is', { value: 2n ** 200n }, 'TX_INSUFFICIENT_FUNDS'],
    ['fees beyond 128 bits', { maxFeePerGas: 2n ** 128n - 1n, gasLimit: 30_000_000n }, 'TX_INSUFFICIENT_FUNDS'],
  ] as const;
  test.each(cases)('%s', (_, fields, code) => {
    const state = stateOf().fund(alice.address, 10n ** 9n, 5n);
    const block = blockOf({ baseFee: 7n });
    const outcome = run(state, { nonce: 5n, maxFeePerGas: 7n, ...fields }, block);
    expect(outcome).toMatchObject({ kind: 'invalid', code });
  });

  test('the last nonce there is (EIP-2681)', () => {
    const last = 2n ** 64n - 1n;
    expect(run(stateOf().fund(alice.address, 1n, last), { nonce: last })).toMatchObject({ code: 'TX_NONCE_MAX' });
    expect(executed(run(stateOf().fund(alice.address, 1n, last - 1n), { nonce: last - 1n })).status).toBe(1);
  });
});

describe('what is not provable (G2)', () => {
  const cases = [
    ['a deployment', { to: undefined, data: Uint8Array.of(0x60) }, 'UNPROVABLE_DEPLOYMENT'],
    ['an access list', { accessList: [{ address: 1n, storageKeys: [] }] }, 'UNPROVABLE_ACCESS_LIST'],
    ['a precompile', { to: 4n }, 'UNPROVABLE_RESERVED_RECIPIENT'],
    ['a system contract paid', { to: 0x800an }, 'UNPROVABLE_RESERVED_RECIPIENT'],
    ['the last reserved address', { to: RESERVED_ADDRESS_END - 1n }, 'UNPROVABLE_RESERVED_RECIPIENT'],
    ['calldata', { data: Uint8Array.of(0) }, 'UNPROVABLE_CONTRACT_CALL'],
    ['calldata for a precompile', { to: 4n, data: Uint8Array.of(0) }, 'UNPROVABLE_CONTRACT_CALL'],
    ['an unknown function of a system contract', { to: 0xa002n, data: new Uint8Array(4) }, 'UNPROVABLE_CALLDATA'],
  ] as const;
  test.each(cases)('%s', (_, fields, code) => {
    expect(run(stateOf().fund(alice.address, 10n ** 9n), fields)).toMatchObject({ kind: 'unprovable', code });
  });

  test('the first address above the reserved ones is paid', () => {
    expect(run(stateOf(), { to: RESERVED_ADDRESS_END }).kind).toBe('executed');
  });
});

describe('policy', () => {
  test('is asked for exactly the outer call, and its denial is passed on with the rule', () => {
    const asked: unknown[] = [];
    const deny: PolicyPort['decideWrite'] = (request) => {
      asked.push(request);
      return { allow: false, code: 'POLICY_DENIED', ruleId: 'r1', cause: 'no-rule', reason: 'nothing allows it' };
    };
    const outcome = executorOf({ ...ALLOW_ALL, decideWrite: deny }).executeTransaction(
      stateOf().fund(alice.address, 10n),
      blockOf(),
      transactionOf(alice, { to: BOB, value: 3n }),
    );
    expect(outcome).toEqual({ kind: 'denied', ruleId: 'r1', reason: 'nothing allows it' });
    expect(asked).toEqual([
      {
        signer: alice.address,
        to: BOB,
        code: undefined,
        value: 3n,
        data: new Uint8Array(),
        blockTimestamp: 1_800_000_000n,
      },
    ]);
  });

  test('cannot allow a frozen signer', () => {
    const state = stateOf().fund(alice.address, 10n).identify(alice.address, { roles: 1n, flags: FLAG_FROZEN });
    expect(run(state, { value: 1n })).toMatchObject({ kind: 'denied', ruleId: 'protocol:signer-frozen' });
  });

  test('a frozen recipient is for the policy to judge', () => {
    const state = stateOf().fund(alice.address, 10n).identify(BOB, { flags: FLAG_FROZEN });
    expect(run(state, { value: 1n }).kind).toBe('executed');
  });
});
