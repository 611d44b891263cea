/** The instruction properties against the EVM we execute with, and the generated Noir against both. */

import { getOpcodesForHF } from '@ethereumjs/evm';
import { describe, expect, it } from 'vitest';
import { TAG } from '../../../src/chain/constants.ts';
import { createCancunCommon } from '../../../src/execution/evm/cancun-common.ts';
import { CALLDATA_TAG } from '../../../src/prover/witness/evm/calldata-hash.ts';
import { CODE_PAGE_TAG, instructionStarts } from '../../../src/prover/witness/evm/code-pages.ts';
import { isKnown, OP, OP_INFO, TABLE } from '../../../src/prover/witness/evm/opcodes.ts';

const { opcodes, dynamicGasHandlers } = getOpcodesForHF(createCancunCommon(1n));
const known = Array.from({ length: 256 }, (_, op) => op).filter(isKnown);

describe('instruction properties', () => {
  it('know the instructions of Cancun, INVALID excepted', () => {
    const cancun = [...opcodes.values()].filter(({ isInvalid }) => !isInvalid).map(({ code }) => code);
    expect(known).toEqual(cancun.filter((code) => code !== 0xfe).sort((a, b) => a - b));
    expect(known.length).toBeGreaterThan(140);
  });

  it('have the gas of every instruction whose gas is fixed', () => {
    const fixed = known.filter((op) => !dynamicGasHandlers.has(op));
    const differing = fixed.filter((op) => opcodes.get(op)!.fee !== OP_INFO[op]!.gas);
    expect(fixed.length).toBeGreaterThan(110);
    expect(differing).toEqual([]);
  });

  it('never have more static gas than the EVM takes at least', () => {
    const above = known.filter((op) => OP_INFO[op]!.gas > opcodes.get(op)!.fee && !(op >= 0xa0 && op <= 0xa4));
    expect(above).toEqual([]);
    // A LOG's topics are dynamic gas for the EVM and static for us.
    expect([0, 1, 2, 3, 4].map((topics) => OP_INFO[0xa0 + topics]!.gas)).toEqual([375, 750, 1125, 1500, 1875]);
  });

  it('give every instruction to one table, and what has no table of its own to the boundary', () => {
    const of = (table: number) => known.filter((op) => OP_INFO[op]!.table === table);
    expect(of(TABLE.ARITHMETIC)).toEqual([1, 3, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15]);
    expect(of(TABLE.FLOW)).toEqual([OP.JUMP, OP.JUMPI]);
    expect(of(TABLE.GAS)).toEqual([OP.GAS]);
    expect(of(TABLE.NONE)).toHaveLength(3 + 32 + 16 + 16);
    expect(of(TABLE.MEMORY)).toEqual([0x37, 0x3e, 0x51, 0x52, 0x53, OP.MSIZE, OP.MCOPY, OP.RETURN, OP.REVERT]);
    expect(of(TABLE.CALLDATA)).toEqual([OP.CALLDATALOAD]);
    const environment = [0x30, 0x32, 0x33, 0x34, 0x36, 0x38, 0x3a, 0x3d, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46];
    expect(of(TABLE.ENVIRONMENT)).toEqual([OP.STOP, ...environment, 0x48, 0x49, 0x4a, OP.PC]);
    expect(of(TABLE.BITWISE)).toEqual([0x16, 0x17, 0x18, 0x19]);
    expect(of(TABLE.MULDIV)).toEqual([2, 4, 6, 0x1b, 0x1c]);
    expect(of(TABLE.SIGNED)).toEqual([5, 7, 0x0b, 0x1a, 0x1d]);
    expect(of(TABLE.MODULAR)).toEqual([8, 9]);
    expect(of(TABLE.EXP)).toEqual([0x0a]);
    expect(of(TABLE.BOUNDARY)).toHaveLength(known.length - 8 - 2 - 1 - 67 - 9 - 1 - 19 - 17);
  });

  it('cannot run what is unknown', () => {
    expect(OP_INFO[0xfe]!.needs).toBeGreaterThan(1024);
    expect(OP_INFO[0x0c]!.needs).toBeGreaterThan(1024);
  });
});

describe('code', () => {
  it('has its own hash tag', () => {
    expect([...Object.values(TAG), CODE_PAGE_TAG, CALLDATA_TAG]).toHaveLength(
      new Set([...Object.values(TAG), CODE_PAGE_TAG, CALLDATA_TAG]).size,
    );
  });

  it('begins no instruction in the data of a PUSH, and none is cut by the end', () => {
    const starts = instructionStarts(Uint8Array.of(0x61, 0x5b, 0x5b, 0x5b, 0x7f, 0x5b));
    expect(starts.slice(0, 6)).toEqual([true, false, false, true, true, false]);
    expect(starts.slice(6, 37)).not.toContain(true);
    expect(starts[37]).toBe(true);
  });
});
