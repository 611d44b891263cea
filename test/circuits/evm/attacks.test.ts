/** Whole lies, not single cells: each is what a prover would write, and circuit and row checkers reject it for the reason that is meant. */

import { beforeAll, describe, expect, it } from 'vitest';
import { FR_MODULUS } from '../../../src/chain/constants.ts';
import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { checkFrame } from '../../../src/prover/witness/evm/check/frame.ts';
import { createCodeTree } from '../../../src/prover/witness/evm/code-pages.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { frameWitness } from '../../../src/prover/witness/evm/frame-witness.ts';
import { traceFrame } from '../../../src/prover/witness/evm/trace-frame.ts';
import { assemble } from '../../execution/assemble.ts';
import { createSolver } from '../support/solve.ts';
import { sourceWith } from '../support/source-with.ts';
import { createAttack, OUT_OF_RANGE, profileWith, replace, withFrame } from './support/attack.ts';
import { tablesOf, traceCode } from './support/token.ts';

const PROFILE = profileWith({
  steps: 12,
  stack: 8,
  values: 20,
  pushInstructions: 4,
  plainInstructions: 8,
  arithmetic: 2,
  flow: 2,
  boundary: 4,
  memory: 6,
  accesses: 8,
  windows: 4,
  merges: 3,
  copies: 4,
  memoryWords: 8,
  output: 2,
  calldata: 2,
  dataWords: 3,
  environment: 4,
});

const { prepare, inputsOf, solve, expectRejected } = createAttack(PROFILE);

/** The same rows under other code: what a prover has who wishes it were that code. */
function underCode(inputs: EvmInputs, code: Uint8Array): EvmInputs {
  const tree = createCodeTree(code);
  const page = { ...tree.page(0), index: 0n, siblings: tree.siblings(0) };
  return { ...withFrame(inputs, { pages: [page] }), code_root: tree.root };
}

beforeAll(prepare, 300_000);

describe('a jump', () => {
  // PUSH1 4, JUMP, INVALID, JUMPDEST, STOP.
  const honest = Uint8Array.of(0x60, 4, 0x56, 0xfe, 0x5b, 0x00);

  it('to a JUMPDEST is accepted', async () => {
    expect(await solve(await inputsOf(honest))).toEqual({ accepted: true });
  });

  it('into the data of a PUSH is not', async () => {
    const pushed = Uint8Array.of(0x60, 4, 0x56, 0x60, 0x5b, 0x00);
    await expectRejected(underCode(await inputsOf(honest), pushed), /in the data of a PUSH/);
  });

  it('cannot be saved by a page that says otherwise', async () => {
    const inputs = underCode(await inputsOf(honest), Uint8Array.of(0x60, 4, 0x56, 0x60, 0x5b, 0x00));
    const pages = replace(inputs.frame.pages, 0, { begins: inputs.frame.pages[0]!.begins | 16n });
    await expectRejected(withFrame(inputs, { pages }), /code: page/);
  });

  it('to another instruction is not', async () => {
    const inputs = underCode(await inputsOf(honest), Uint8Array.of(0x60, 4, 0x56, 0xfe, 0x50, 0x00));
    const others = inputs.frame.others.map((it) => (it.raw === 0x5b ? { ...it, raw: 0x50, op: 0x50 } : it));
    await expectRejected(withFrame(inputs, { others }), /landing that is no JUMPDEST/);
  });

  it('that is not taken cannot be claimed, nor the reverse', async () => {
    const inputs = await inputsOf(assemble(0n, 9n, 'JUMPI', 'STOP'));
    expect(await solve(inputs)).toEqual({ accepted: true });
    const flow = replace(inputs.frame.flow, 0, { jump: true, jumpi: false });
    await expectRejected(withFrame(inputs, { flow }), /row of another request/);
  });
});

describe('the stack', () => {
  it('is not read below its bottom', async () => {
    const inputs = underCode(
      await inputsOf(assemble('JUMPDEST', 'JUMPDEST', 'STOP')),
      assemble('JUMPDEST', 'POP', 'STOP'),
    );
    const others = inputs.frame.others.map((it) => (it.byte === 1 ? { ...it, raw: 0x50, op: 0x50 } : it));
    const steps = inputs.frame.steps.map((step, i) => {
      if (i === 1) return { ...step, to: 0 };
      return i < 2 ? step : { ...step, a: 0, b: 0, to: 0 };
    });
    await expectRejected(withFrame(inputs, { others, steps }), /stack underflow/, OUT_OF_RANGE);
  });

  it('is not higher than its limit', async () => {
    // The limit of 1,024 lowered to 2: a circuit of a thousand steps says nothing else.
    const overlay = await sourceWith('evm/src/steps.nr', 'HEIGHT_MAX: Field = 1024', 'HEIGHT_MAX: Field = 2');
    const low = await createSolver(evmSource(PROFILE, overlay));
    const two = await inputsOf(assemble(3n, 4n, 'STOP'));
    const three = await inputsOf(assemble(3n, 4n, 5n, 'STOP'));
    expect(await low.solve(two as unknown as CircuitStruct)).toEqual({ accepted: true });
    expect(await low.solve(three as unknown as CircuitStruct)).toMatchObject({ accepted: false });
    expect(await solve(three)).toEqual({ accepted: true });
  }, 300_000);

  it('of 1,024 words is the limit of the row checkers', async () => {
    const full = assemble(...Array<bigint>(1024).fill(0n), 'STOP');
    const traced = await traceCode(full);
    const { trace } = traced;
    const tables = tablesOf(traced);
    const profile = { ...PROFILE, steps: 1100, stack: 1100, plainInstructions: 1100, pages: 8 };
    expect(checkFrame(frameWitness(tables, profile), profile)).toBeUndefined();
    const last = trace.steps.at(-1)!;
    const over = [
      ...trace.steps.slice(0, -1),
      { ...last, opcode: 0x5f, cost: 2n },
      { ...last, pc: last.pc + 1, gas: last.gas - 2n, stack: [...last.stack, 0n] },
    ];
    const code = assemble(...Array<bigint>(1025).fill(0n), 'STOP');
    expect(() => frameWitness(traceFrame(over, code, traced.context), profile)).toThrow(/stack overflow/);
  });
});

describe('rows of tables', () => {
  const code = assemble(3n, 5n, 'ADD', 'CALLER', 'NUMBER', 'STOP');

  it('cannot be left unread', async () => {
    const inputs = await inputsOf(code);
    const [caller] = inputs.frame.environment;
    const environment = replace(inputs.frame.environment, 3, caller!);
    await expectRejected(withFrame(inputs, { environment }), /environment: rows left over/);
  });

  it('cannot be read twice', async () => {
    const inputs = await inputsOf(assemble('CALLER', 'CALLER', 'STOP'));
    const first = inputs.frame.steps[0]!.row;
    await expectRejected(
      withFrame(inputs, { steps: replace(inputs.frame.steps, 1, { row: first }) }),
      /row out of order/,
    );
  });

  it('cannot change places', async () => {
    const inputs = await inputsOf(code);
    const [caller, number, ...rest] = inputs.frame.environment;
    await expectRejected(withFrame(inputs, { environment: [number!, caller!, ...rest] }), /row of another request/);
  });

  it('cannot answer for another table', async () => {
    const inputs = await inputsOf(assemble(3n, 'SLOAD', 'STOP'));
    const boundary = replace(inputs.frame.boundary, 0, { op: 0x01 });
    await expectRejected(withFrame(inputs, { boundary }), /operation of another table/);
  });
});

describe('gas', () => {
  const code = assemble('GAS', 'POP', 'STOP');
  const withGas = ({ frame }: EvmInputs, change: (gas: bigint) => bigint): bigint[] =>
    frame.values.lo.map((lo, i) => (i === frame.gas[0]!.result ? change(lo) : lo));

  it('is never below zero at the end', async () => {
    const inputs = await inputsOf(code);
    const used = inputs.gas_before - inputs.gas_after;
    const values = { ...inputs.frame.values, lo: withGas(inputs, () => used - 3n) };
    const poor = { ...withFrame(inputs, { values }), gas_before: used - 1n, gas_after: FR_MODULUS - 1n };
    await expectRejected(poor, /frame: out of gas/, OUT_OF_RANGE);
  });

  it('cannot be reported otherwise', async () => {
    const inputs = await inputsOf(code);
    const values = { ...inputs.frame.values, lo: withGas(inputs, (gas) => gas + 1n) };
    await expectRejected(withFrame(inputs, { values }), /row of another request/);
  });
});

describe('the end', () => {
  it('cannot be left out', async () => {
    const inputs = await inputsOf(assemble(3n, 'STOP'));
    const halted = inputs.frame.steps.at(-1)!;
    await expectRejected(
      withFrame(inputs, { steps: replace(inputs.frame.steps, 1, halted) }),
      /not the instruction at this position/,
    );
  });
});

describe('two ids of one word', () => {
  it('prove nothing else than one id does', async () => {
    const inputs = await inputsOf(assemble(3n, 3n, 'ADD', 'STOP'));
    const [spare, three] = [PROFILE.values - 1, inputs.frame.values.lo.indexOf(3n)];
    const values = { ...inputs.frame.values, lo: inputs.frame.values.lo.map((lo, i) => (i === spare ? 3n : lo)) };
    const aliased = withFrame(inputs, {
      values,
      pushes: replace(inputs.frame.pushes, 1, { constant: spare }),
      arithmetic: replace(inputs.frame.arithmetic, 0, { a: spare, p: spare }),
    });
    expect(three).not.toBe(spare);
    expect(checkFrame(aliased, PROFILE)).toBeUndefined();
    expect(await solve(aliased)).toEqual({ accepted: true });
  });
});
