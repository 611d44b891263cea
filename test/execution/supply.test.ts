/** The sum of all balances moves only by deposits, withdrawals and burnt fees; the same input gives the same bytes. */

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { BASE_TOKEN_ADDRESS, PRIORITY_KIND } from '../../src/chain/constants.ts';
import { accountKey } from '../../src/chain/keys.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import type { ExecutionResult } from '../../src/execution/port.ts';
import { randomOf } from './random.ts';
import { blockOf, COLLECTOR, executorOf, type MemoryState, signerOf, stateOf, transactionOf } from './support.ts';

const stepsMax = 1500;
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

const people = Array.from({ length: 6 }, (_, i) => signerOf(100 + i));
const everybody = [...people.map(({ address }) => address), COLLECTOR, 0x20000n, 0xdead_beef_cafen];

function totalOf(state: MemoryState): bigint {
  return everybody.reduce((sum, address) => sum + state.get(accountKey(address)).lo, 0n);
}

/** JSON of a result with integers in decimal and bytes in hex. */
const textOf = (value: unknown): string =>
  JSON.stringify(value, (_, v) =>
    typeof v === 'bigint' ? v.toString() : v instanceof Uint8Array ? Buffer.from(v).toString('hex') : v,
  );

test(`supply is conserved over random steps (SEED=${seed})`, () => {
  console.log(`supply property: SEED=${seed}, ${stepsMax} steps`);
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
  const state = stateOf();
  const executor = executorOf();
  const again = executorOf();
  let expected = 0n;
  let executed = 0;
  const seen = new Set<string>();
  const apply = (first: ExecutionResult, second: ExecutionResult) => {
    expect(textOf(second)).toBe(textOf(first));
    const keys = first.changes.map(({ key }) => key);
    expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(keys).size).toBe(keys.length);
    state.apply(first);
    executed += 1;
  };
  for (let step = 0; step < stepsMax; step++) {
    const block = blockOf({
      baseFee: BigInt(random(3) * 7),
      feeMode: BigInt(random(2)),
      collector: random(4) === 0 ? pick(people).address : COLLECTOR,
    });
    const amount = pick([0n, 1n, BigInt(random(10 ** 9)), 10n ** 9n]);
    if (random(4) === 0) {
      const kind = pick([PRIORITY_KIND.DEPOSIT_ETH, PRIORITY_KIND.FORCED_WITHDRAWAL]);
      const sender = pick(people).address;
      const deposit = kind === PRIORITY_KIND.DEPOSIT_ETH;
      const wei = deposit ? amount * 1000n : amount;
      const op = { index: 0n, kind, sender, a: deposit ? sender : 0xabn, b: wei };
      const result = executor.executeOperation(state, block, op);
      seen.add(`operation ${kind} ${result.status}`);
      if (result.status === 1) expected += deposit ? wei : -wei;
      apply(result, again.executeOperation(state, block, op));
    } else {
      const signer = pick(people);
      const withdrawal = random(3) === 0;
      const price = BigInt(random(3) * 7 + random(2));
      const tx: SignedTransaction = transactionOf(signer, {
        type: pick([0, 1, 2] as const),
        nonce: state.nonce(signer.address),
        maxFeePerGas: price,
        maxPriorityFeePerGas: price,
        to: withdrawal ? BASE_TOKEN_ADDRESS : pick(everybody),
        value: amount,
        data: withdrawal ? encodeSystemCall({ kind: 'withdraw', receiver: 0xabn }) : new Uint8Array(),
      });
      const outcome = executor.executeTransaction(state, block, tx);
      const repeated = again.executeTransaction(state, block, tx);
      seen.add(outcome.kind);
      expect(textOf(repeated)).toBe(textOf(outcome));
      if (outcome.kind !== 'executed' || repeated.kind !== 'executed') continue;
      const { gasUsed } = outcome.result;
      if (withdrawal) expected -= amount;
      if (block.feeMode === 0n) expected -= gasUsed * block.baseFee;
      apply(outcome.result, repeated.result);
    }
    expect(totalOf(state)).toBe(expected);
  }
  expect(executed).toBeGreaterThan(stepsMax / 3);
  expect([...seen].sort()).toEqual([
    'denied',
    'executed',
    'invalid',
    'operation 1 1',
    'operation 6 0',
    'operation 6 1',
  ]);
});
