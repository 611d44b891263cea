/**
 * A program that uses every table, both outcomes of JUMPI, a constant across two pages, an instruction of three operands, memory at places that are no
 * multiple of 32, and copies of more than one word.
 */

import { concatBytes } from '../../../../src/base/bytes.ts';
import type { EvmProfile } from '../../../../src/prover/witness/evm/evm-profile.ts';
import type { EvmInputs } from '../../../../src/prover/witness/evm/frame-inputs.ts';
import { evmProfileOf, frameWitness } from '../../../../src/prover/witness/evm/frame-witness.ts';
import { assemble } from '../../../execution/assemble.ts';
import { type TracedCall, tablesOf, traceCode } from './token.ts';

/** JUMPDEST on the last but four byte of the first page, so that the constant behind it ends on the second. */
const FAR = 243n;
const INVALID = 0xfe;
/** Two words, the last not full. */
const SAMPLE_DATA = Uint8Array.from({ length: 50 }, (_, i) => 201 - 4 * i);
const BIG = (1n << 255n) + 12_345n;

function sampleCode(): Uint8Array {
  const arithmetic = assemble(
    3n,
    5n,
    'ADD',
    BIG,
    'SUB',
    ...(['LT', 'GT', 'SLT', 'SGT', 'EQ'] as const).flatMap((op) => ['DUP1', 7n, op, 'POP'] as const),
    0n,
    'ISZERO',
    'SWAP1',
    'DUP2',
  );
  const rest = assemble(3n, 'SLOAD', 'POP', 'GAS', 'CALLER', 9n, 0n, 0n, 'LOG1', 'SWAP2', 'POP', 0n, 255n, 'JUMPI', 1n);
  const memory = assemble(
    ...(['CALLDATASIZE', 'PC', 'POP', 'POP'] as const),
    ...([2n, 'CALLDATALOAD', 19n, 'MSTORE', 'MSIZE', 3n, 'MLOAD', 77n, 'MSTORE8'] as const),
    ...([33n, 7n, 64n, 'CALLDATACOPY', 40n, 16n, 41n, 'MCOPY', 0n, 'CALLDATALOAD', 96n, 'MSTORE'] as const),
  );
  const near = BigInt(arithmetic.length + rest.length + memory.length + 4);
  const start = concatBytes(arithmetic, memory, rest, assemble(near, 'JUMPI', 'INVALID', 'JUMPDEST', FAR, 'JUMP'));
  const gap = new Uint8Array(Number(FAR) - start.length).fill(INVALID);
  const end = assemble(45n, 30n, 'RETURN');
  return concatBytes(start, gap, assemble('JUMPDEST', (1n << 159n) + 77n, 'SUB'), wordsCode(), end);
}

/** With the word on top: every operation of words, and what is special of some: divisors 0, signs, a shift too far. */
function wordsCode(): Uint8Array {
  const over = (...ops: Parameters<typeof assemble>) => assemble('DUP1', ...ops, 'POP');
  return concatBytes(
    ...(['AND', 'OR', 'XOR', 'MUL'] as const).map((op) => over(0xf0n, op)),
    assemble('NOT'),
    ...([7n, 0n] as const).flatMap((divisor) =>
      (['DIV', 'MOD', 'SDIV'] as const).map((op) => over(divisor, 'SWAP1', op)),
    ),
    over(7n, 'NOT', 'SWAP1', 'SDIV'),
    over(7n, 'SWAP1', 'SMOD'),
    ...(['SHL', 'SHR', 'SAR'] as const).map((op) => over(9n, op)),
    over(300n, 'SHR'),
    over(30n, 'BYTE'),
    over(2n, 'SIGNEXTEND'),
    ...(['ADDMOD', 'MULMOD'] as const).map((op) => over(9n, 'DUP2', 'DUP1', op, 'POP')),
    assemble(258n, 'DUP2', 'EXP', 'POP', 0n, 'DUP2', 'EXP', 'POP'),
  );
}

export interface Sample {
  readonly inputs: EvmInputs;
  readonly profile: EvmProfile;
}

/** With `spare` unused rows in every table. */
export async function buildSample(spare: number): Promise<Sample> {
  return sampleOf(await traceCode(sampleCode(), SAMPLE_DATA), spare);
}

export function sampleOf(call: TracedCall, spare: number): Sample {
  const tables = tablesOf(call);
  const profile = Object.fromEntries(
    Object.entries(evmProfileOf(tables)).map(([table, rows]) => [table, rows + spare]),
  ) as unknown as EvmProfile;
  return { inputs: frameWitness(tables, profile), profile };
}
