/** A real ERC-20 transfer, compiled by solc and traced by our EVM: its stack, flow, gas and additions satisfy the circuit. */

import { beforeAll, describe, expect, it } from 'vitest';
import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { EVM_STEPS_MAX } from '../../../src/prover/witness/evm/evm-profile.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import type { FrameTables } from '../../../src/prover/witness/evm/frame-tables.ts';
import { evmProfileOf, frameWitness } from '../../../src/prover/witness/evm/frame-witness.ts';
import { traceFrame } from '../../../src/prover/witness/evm/trace-frame.ts';
import { assemble } from '../../execution/assemble.ts';
import { createSolver } from '../support/solve.ts';
import { compileToken, type TracedCall, tablesOf, traceCode, traceTokenTransfer } from './support/token.ts';

const TRANSFER_GAS_MAX = 40_000n;
const CALLDATA_BYTES = 68;

let call: TracedCall;
let tables: FrameTables;

beforeAll(async () => {
  call = await traceTokenTransfer((await compileToken()).bytecode);
  tables = tablesOf(call);
});

describe('the trace of an ERC-20 transfer', () => {
  it('is that of a transfer', () => {
    expect(call.result).toMatchObject({ status: 1 });
    expect(call.result.logs).toHaveLength(1);
    expect(call.result.gasUsed).toBeLessThan(TRANSFER_GAS_MAX);
    expect(call.trace.steps.length).toBeGreaterThan(150);
  });

  it('comes to the gas that the transaction is charged', () => {
    const intrinsic = 3_000_000n - tables.gasBefore;
    expect(intrinsic).toBeLessThan(21_000n + 16n * BigInt(CALLDATA_BYTES));
    // Slots that were non-zero and stay so: nothing is refunded.
    expect(intrinsic + tables.gasBefore - tables.gasAfter).toBe(call.result.gasUsed);
  });

  it('satisfies the circuit', async () => {
    const profile = evmProfileOf(tables);
    const solver = await createSolver(evmSource(profile));
    const inputs = frameWitness(tables, profile) as unknown as CircuitStruct;
    expect(await solver.solve(inputs)).toEqual({ accepted: true });
  }, 300_000);

  it('does not fit a profile with too few rows, and the table is named', () => {
    const profile = evmProfileOf(tables);
    expect(() => frameWitness(tables, { ...profile, arithmetic: profile.arithmetic - 1 })).toThrow(
      /arithmetic: 21 of 20/,
    );
  });
});

describe('a profile', () => {
  it('with more steps than the proving binary can take is refused by name', () => {
    const profile = evmProfileOf(tables);
    expect(() => evmSource({ ...profile, steps: EVM_STEPS_MAX })).not.toThrow();
    expect(() => evmSource({ ...profile, steps: EVM_STEPS_MAX + 1 })).toThrow(RangeError);
  });
});

describe('a trace that the tables cannot express yet', () => {
  it('is refused when it has a second frame', () => {
    const steps = call.trace.steps.map((step, i) => (i === 9 ? { ...step, depth: 1 } : step));
    expect(() => traceFrame(steps, call.code, call.context)).toThrow(/more than one frame/);
  });

  it('is refused when an instruction is unknown', () => {
    const steps = call.trace.steps.map((step, i) => (i === 9 ? { ...step, opcode: 0x0c } : step));
    expect(() => traceFrame(steps, call.code, call.context)).toThrow(/opcode 12/);
  });

  it.each([
    ['an empty stack is popped', assemble('POP', 'STOP')],
    ['a jump leads nowhere', assemble(9n, 'JUMP', 'STOP')],
  ])('is refused when %s', async (_what, code) => {
    const traced = await traceCode(code);
    expect(() => tablesOf(traced)).toThrow(/WITNESS_TRACE/);
  });

  it('is refused when the EVM and our stack or gas disagree', () => {
    const steps = call.trace.steps.map((step, i) => (i === 40 ? { ...step, gas: step.gas + 1n } : step));
    expect(() => traceFrame(steps, call.code, call.context)).toThrow(/does not follow/);
  });
});

describe('an instruction of seven operands', () => {
  it('runs as four steps', async () => {
    const traced = await traceCode(assemble(0n, 0n, 0n, 0n, 0n, 77n, 'GAS', 'CALL', 'STOP'));
    const { boundary, gas } = tablesOf(traced);
    expect(boundary.map(({ op }) => op)).toEqual([0x100, 0x100, 0x100, 0xf1]);
    expect(gas).toHaveLength(1);
  });
});
