/** Edge values against edge values for every instruction of words, executed by our EVM: its results and gas satisfy the row checkers and the circuit. */

import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.ts';
import type { CircuitStruct } from '../../../src/prover/witness/circuit-value.ts';
import { checkFrame } from '../../../src/prover/witness/evm/check/frame.ts';
import { evmSource } from '../../../src/prover/witness/evm/evm-source.ts';
import type { FrameTables } from '../../../src/prover/witness/evm/frame-tables.ts';
import { evmProfileOf, frameWitness } from '../../../src/prover/witness/evm/frame-witness.ts';
import { OP, OP_INFO, TABLE } from '../../../src/prover/witness/evm/opcodes.ts';
import { assemble } from '../../execution/assemble.ts';
import { createSolver } from '../support/solve.ts';
import { tablesOf, traceCode } from './support/token.ts';

const TOP = 1n << 255n;
const MAX = (1n << 256n) - 1n;
const LIMB = 1n << 128n;
const EDGES = [
  0n,
  1n,
  2n,
  MAX,
  MAX - 1n,
  TOP,
  TOP - 1n,
  TOP + 1n,
  LIMB,
  LIMB - 1n,
  LIMB + 1n,
  (1n << 64n) - 1n,
  10n ** 18n,
];
const AMOUNTS = [
  0n,
  1n,
  7n,
  30n,
  31n,
  32n,
  33n,
  127n,
  128n,
  129n,
  248n,
  255n,
  256n,
  257n,
  300n,
  LIMB,
  LIMB + 255n,
  MAX,
];
const EXPONENTS = [0n, 1n, 2n, 3n, 18n, 255n, 256n, 65_535n, 65_536n, LIMB - 1n, LIMB, MAX];
const MODULI = [0n, 1n, 2n, 3n, MAX, TOP, LIMB, LIMB + 1n];

type Name = Exclude<keyof typeof OP, `${string}ARGS`>;

/** Operands in the order of the stack, the top first. */
function programOf(ops: readonly Name[], cases: readonly (readonly bigint[])[]): Uint8Array {
  const parts = ops.flatMap((op) =>
    cases.map((words) => concatBytes(assemble(...[...words].reverse()), Uint8Array.of(OP[op]), assemble('POP'))),
  );
  return concatBytes(...parts);
}

async function traced(program: Uint8Array): Promise<FrameTables> {
  return tablesOf(await traceCode(concatBytes(program, assemble('STOP'))));
}

const pairs = (first: readonly bigint[], second: readonly bigint[]) => first.flatMap((a) => second.map((b) => [a, b]));

const CASES: readonly (readonly [readonly Name[], readonly (readonly bigint[])[]])[] = [
  [['AND', 'OR', 'XOR'], pairs(EDGES, EDGES)],
  [['NOT'], EDGES.map((word) => [word])],
  [['MUL', 'DIV', 'MOD'], pairs(EDGES, EDGES)],
  [['SDIV', 'SMOD'], pairs(EDGES, EDGES)],
  [['SHL', 'SHR', 'SAR', 'BYTE', 'SIGNEXTEND'], pairs(AMOUNTS, EDGES)],
  [['ADDMOD', 'MULMOD'], pairs(EDGES, EDGES).flatMap(([a, b]) => MODULI.map((n) => [a!, b!, n]))],
  [['EXP'], pairs([0n, 1n, 2n, 3n, 10n, MAX, TOP], EXPONENTS)],
];

describe('edge values', () => {
  it('are tried for every instruction that is no longer of the boundary', () => {
    const tables: readonly number[] = [TABLE.BITWISE, TABLE.MULDIV, TABLE.SIGNED, TABLE.MODULAR, TABLE.EXP];
    const expected = OP_INFO.flatMap(({ table }, op) => (op < 0x100 && tables.includes(table) ? [op] : []));
    const tried = CASES.flatMap(([ops]) => ops.map((op) => OP[op]));
    expect([...tried].sort((a, b) => a - b)).toEqual(expected);
    expect(expected).toHaveLength(17);
  });

  // What our tables compute is compared with the EVM's stack and gas after each step (`trace-frame.ts`), then checked as the circuit does.
  it.each(CASES)(
    'of %j are those of the EVM, and satisfy the row checkers',
    async (ops, cases) => {
      for (const op of ops) {
        for (let from = 0; from < cases.length; from += 200) {
          const tables = await traced(programOf([op], cases.slice(from, from + 200)));
          const profile = evmProfileOf(tables);
          expect(checkFrame(frameWitness(tables, profile), profile)).toBeUndefined();
        }
      }
    },
    120_000,
  );
});

/** Every `step`th, and the last, from the whole list. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  Array.from({ length: count }, (_, i) => all[Math.floor(((i + 1) * (all.length - 1)) / count)]!);

describe('edge values in the circuit', () => {
  it('are accepted', async () => {
    const tables = await traced(concatBytes(...CASES.map(([ops, cases]) => programOf(ops, spread(cases, 6)))));
    const profile = evmProfileOf(tables);
    const solver = await createSolver(evmSource(profile));
    expect(await solver.solve(frameWitness(tables, profile) as unknown as CircuitStruct)).toEqual({ accepted: true });
  }, 300_000);
});
