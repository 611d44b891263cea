/** Memory, call data and environment against the EVM: what it has on the stack, charges and returns is what the tables prove. */

import { describe, expect, it } from 'vitest';
import { bigIntToBytes, concatBytes } from '../../../src/base/bytes.ts';
import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { evmProfileOf, frameWitness } from '../../../src/prover/witness/evm/frame-witness.ts';
import { assemble } from '../../execution/assemble.ts';
import { createRandom } from '../support/mutants.ts';
import { createSolver } from '../support/solve.ts';
import { compileToken, tablesOf, traceCode, traceTokenTransfer } from './support/token.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const PROGRAMS = 60;
const DATA = Uint8Array.from({ length: 70 }, (_, i) => 250 - i);
const BIG = 1n << 200n;

const returnedBy = ({ size, output }: EvmInputs): Uint8Array =>
  concatBytes(...output.flatMap(({ hi, lo }) => [bigIntToBytes(hi, 16), bigIntToBytes(lo, 16)])).slice(0, Number(size));

type Part = Parameters<typeof assemble>[number];

/** Some instructions on places and sizes around words' edges, then RETURN or REVERT of memory. */
function randomProgram(random: () => number): Part[] {
  const below = (end: number): bigint => BigInt(Math.floor(random() * end));
  const place = (): bigint => [0n, 1n, 31n, 32n, 33n, 64n, below(100)][Number(below(7))]!;
  const size = (): bigint => [0n, 1n, 16n, 17n, 31n, 32n, 33n, 64n, below(100)][Number(below(9))]!;
  const far = (): bigint => [place(), 70n, 93n, BIG][Number(below(4))]!;
  const word = (): bigint => (BigInt(Math.floor(random() * 2 ** 48)) << (8n * below(26))) + below(256);
  const choices: readonly (() => Part[])[] = [
    () => [word(), place(), 'MSTORE'],
    () => [word(), place(), 'MSTORE8'],
    () => [place(), 'MLOAD', 'POP'],
    () => ['MSIZE', 'POP'],
    () => [far(), 'CALLDATALOAD', place(), 'MSTORE'],
    () => [size(), far(), place(), 'CALLDATACOPY'],
    () => [size(), place(), place(), 'MCOPY'],
    () => [size(), place(), 'KECCAK256', 'POP'],
    () => [0n, BIG, BIG, 'MCOPY'],
  ];
  const body = Array.from({ length: 6 }, () => choices[Number(below(choices.length))]!()).flat();
  return [...body, size(), place(), random() < 0.5 ? 'RETURN' : 'REVERT'];
}

describe('random programs', () => {
  it('have rows that hold, and return what the EVM returns', async () => {
    console.log(`seed ${SEED}`);
    const random = createRandom(SEED);
    for (let i = 0; i < PROGRAMS; i++) {
      const call = await traceCode(assemble(...randomProgram(random)), DATA);
      const tables = tablesOf(call);
      const inputs = frameWitness(tables, evmProfileOf(tables));
      expect(returnedBy(inputs)).toEqual(call.result.returnData);
      expect(inputs.reverted).toBe(call.result.status === 1 ? 0n : 1n);
    }
  }, 120_000);
});

describe('the circuit', () => {
  it('accepts copies over their own source, in both directions, and at all edges', async () => {
    const code = assemble(
      ...([70n, 0n, 5n, 'CALLDATACOPY', 40n, 3n, 20n, 'MCOPY', 33n, 30n, 10n, 'MCOPY'] as const),
      ...([32n, 0n, 64n, 'MCOPY', 0n, BIG, BIG, 'MCOPY', 90n, 4n, 'RETURN'] as const),
    );
    const tables = tablesOf(await traceCode(code, DATA));
    const profile = evmProfileOf(tables);
    const solver = await createSolver(evmSource(profile));
    expect(await solver.solve(frameWitness(tables, profile) as unknown as CircuitStruct)).toEqual({ accepted: true });
  }, 300_000);

  it('is given every word of the environment', async () => {
    const code = assemble(
      ...([
        'ADDRESS',
        'ORIGIN',
        'CALLER',
        'CALLVALUE',
        'CALLDATASIZE',
        'CODESIZE',
        'GASPRICE',
        'RETURNDATASIZE',
      ] as const),
      ...(['COINBASE', 'TIMESTAMP', 'NUMBER', 'PREVRANDAO', 'GASLIMIT', 'CHAINID', 'BASEFEE'] as const),
      ...([5n, 'BLOBHASH', 'BLOBBASEFEE', 'PC', 'STOP'] as const),
    );
    const { environment, boundary } = tablesOf(await traceCode(code, DATA));
    expect(environment).toHaveLength(19);
    expect(boundary).toEqual([]);
  });
});

describe('an ERC-20 transfer', () => {
  it('returns true, has one size of memory, and what is left of its boundary is counted', async () => {
    const tables = tablesOf(await traceTokenTransfer((await compileToken()).bytecode));
    const inputs = frameWitness(tables, evmProfileOf(tables));
    expect(inputs).toMatchObject({ reverted: 0n, size: 32n, output: [{ hi: 0n, lo: 1n }] });
    expect(tables.memory.requests.length).toBe(16);
    const open = new Set(tables.boundary.map(({ op }) => op));
    expect([0x51, 0x52, 0xf3, 0x33, 0x34, 0x35, 0x36].filter((op) => open.has(op))).toEqual([]);
  });
});

describe('what cannot be proven yet', () => {
  it.each([
    ['memory beyond every profile', assemble(1n, 1n << 33n, 'LOG0', 'STOP')],
    ['out of gas while memory grows', assemble(1n, 4_000_000n, 'LOG0', 'STOP')],
    ['code copied to memory', assemble(5n, 0n, 0n, Uint8Array.of(0x39), 'STOP')],
    ['data of a call', assemble(0n, 0n, 4n, 0n, 0n, 77n, 'GAS', 'CALL', 'STOP')],
    ['return data beyond its end', assemble(1n, 0n, 0n, 'RETURNDATACOPY', 'STOP')],
  ])('is refused: %s', async (_what, code) => {
    const call = await traceCode(code);
    expect(() => tablesOf(call)).toThrow(/WITNESS_/);
  });
});
