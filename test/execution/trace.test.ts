import { describe, expect, test } from 'vitest';
import { keccakWord } from '../../src/chain/keccak.ts';
import { codeHashKey } from '../../src/chain/keys.ts';
import { toWord } from '../../src/chain/word.ts';
import { createEvmEngine } from '../../src/execution/evm/evm-engine.ts';
import type { EvmTransaction } from '../../src/execution/port.ts';
import { assemble } from './assemble.ts';
import { blockOf, CHAIN_ID, stateOf } from './support.ts';

const CALLER = 0x1111n;
const OUTER = 0x2222_0000n;
const INNER = 0x3333_0000n;
const INTRINSIC = 21_000n;

const transaction: EvmTransaction = {
  type: 2,
  chainId: CHAIN_ID,
  nonce: 0n,
  maxPriorityFeePerGas: 0n,
  maxFeePerGas: 0n,
  gasLimit: 100_000n,
  to: OUTER,
  value: 0n,
  data: new Uint8Array(),
  accessList: [],
  sender: CALLER,
};

async function world() {
  const inner = assemble(7n, 'POP', 'STOP');
  const outer = assemble(0n, 0n, 0n, 0n, INNER, 5_000n, 'DELEGATECALL', 'STOP');
  const codes = new Map([inner, outer].map((code) => [keccakWord(code), code]));
  const state = stateOf()
    .set(codeHashKey(INNER), toWord(keccakWord(inner)))
    .set(codeHashKey(OUTER), toWord(keccakWord(outer)));
  return { state, engine: await createEvmEngine({ chainId: CHAIN_ID, callGasMax: 1_000_000n }, { codes }) };
}

describe('a traced transaction', () => {
  test('ends as the same transaction does untraced', async () => {
    const { state, engine } = await world();
    const untraced = await engine.executeTransaction(state, blockOf(), transaction, () => ({ allow: true }));
    const { outcome } = await engine.traceTransaction(state, blockOf(), transaction, () => ({ allow: true }));
    expect(outcome).toEqual(untraced);
    expect(outcome).toMatchObject({ kind: 'executed', result: { status: 1 } });
  });

  test('has every instruction of every frame, with what is left before it', async () => {
    const { state, engine } = await world();
    const { steps, outcome } = await engine.traceTransaction(state, blockOf(), transaction, () => ({ allow: true }));
    expect(steps.map(({ depth, pc }) => [depth, pc])).toEqual([
      ...[0, 1, 2, 3, 4, 9, 12].map((pc) => [0, pc]),
      ...[0, 2, 3].map((pc) => [1, pc]),
      [0, 13],
    ]);
    expect(steps[0]!.gas).toBe(transaction.gasLimit - INTRINSIC);
    expect(steps[7]).toMatchObject({ gas: 5_000n, cost: 3n, opcode: 0x60, code: INNER, storage: OUTER, stack: [] });
    expect(steps[8]!.stack).toEqual([7n]);
    const end = steps.at(-1)!;
    if (outcome.kind !== 'executed') throw new Error(outcome.kind);
    expect(transaction.gasLimit - end.gas - end.cost).toBe(outcome.result.gasUsed);
  });

  test('is not remembered by the next run, and a denied one has no steps', async () => {
    const { state, engine } = await world();
    const denied = await engine.traceTransaction(state, blockOf(), transaction, () => ({
      allow: false,
      ruleId: 'r',
      reason: 'no',
    }));
    expect(denied).toEqual({ outcome: { kind: 'denied', ruleId: 'r', reason: 'no' }, steps: [] });
    const again = await engine.traceTransaction(state, blockOf(), transaction, () => ({ allow: true }));
    expect(again.steps).toHaveLength(11);
  });
});
