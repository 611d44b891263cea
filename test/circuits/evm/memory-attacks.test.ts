/** Lies about memory, call data and what a frame is given: circuit and row checkers reject each for the reason that is meant. */

import { beforeAll, describe, expect, it } from 'vitest';
import { calldataHash } from '../../../src/prover/witness/evm/calldata-hash.ts';
import { checkFrame } from '../../../src/prover/witness/evm/check/frame.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { assemble } from '../../execution/assemble.ts';
import { createAttack, MEMORY_PROFILE, OUT_OF_RANGE, replace, withFrame, withMemory } from './support/attack.ts';

const { prepare, inputsOf: inputsFor, solve, expectRejected, named } = createAttack(MEMORY_PROFILE);
const WORD = 0x1122_3344_5566_7788_99aa_bbcc_ddee_ff00n << 128n;
const DATA = Uint8Array.from({ length: 40 }, (_, i) => i + 1);

const inputsOf = (code: Uint8Array, data = DATA): Promise<EvmInputs> => inputsFor(code, data);

/** A word of the sample's own that nothing else names. */
function withWord(inputs: EvmInputs, word: bigint): readonly [EvmInputs, number] {
  const own = named(inputs, word);
  return [own.inputs, own.ids[0]!];
}

beforeAll(prepare, 300_000);

describe('a read of memory', () => {
  const code = assemble(WORD, 32n, 'MSTORE', 32n, 'MLOAD', 'STOP');

  it('gives what was written', async () => {
    expect(await solve(await inputsOf(code))).toEqual({ accepted: true });
  });

  it('cannot give another word, in its request or in its access', async () => {
    const [inputs, id] = withWord(await inputsOf(code), WORD + 1n);
    const requests = replace(inputs.frame.memory.requests, 1, { result: id });
    await expectRejected(withMemory(inputs, { requests }), /memory: another access/);
    const accesses = replace(inputs.frame.memory.accesses, 1, { value: id });
    await expectRejected(withMemory(inputs, { requests, accesses }), /access: another word/);
    const changed = replace(accesses, 1, { new0: id });
    await expectRejected(withMemory(inputs, { requests, accesses: changed }), /a read that changes its first word/);
  });

  it('cannot change the word behind it', async () => {
    const [inputs, id] = withWord(await inputsOf(code), WORD + 1n);
    const read = replace(inputs.frame.memory.accesses, 1, { new1: id });
    await expectRejected(withMemory(inputs, { accesses: read }), /a read that changes its second word/);
    const write = replace(inputs.frame.memory.accesses, 0, { new1: id });
    await expectRejected(withMemory(inputs, { accesses: write }), /access: the word behind it/);
  });

  it('finds zeros where nothing was written', async () => {
    const [inputs, id] = withWord(await inputsOf(assemble(0n, 'MLOAD', 'STOP')), WORD);
    const requests = replace(inputs.frame.memory.requests, 0, { result: id });
    const accesses = replace(inputs.frame.memory.accesses, 0, { value: id, new0: id });
    await expectRejected(withMemory(inputs, { requests, accesses }), /a read that changes its first word/);
  });

  it('of another place is none of this one', async () => {
    const inputs = await inputsOf(code);
    const accesses = replace(inputs.frame.memory.accesses, 1, { word: 2 });
    await expectRejected(withMemory(inputs, { accesses }), /changes its first word/);
  });

  it('cannot come before the write', async () => {
    const inputs = await inputsOf(code);
    const [write, read, ...rest] = inputs.frame.memory.accesses;
    await expectRejected(withMemory(inputs, { accesses: [read!, write!, ...rest] }), /changes its first word/);
  });
});

describe('a place that is no multiple of 32', () => {
  const code = assemble(WORD, 5n, 'MSTORE', 21n, 'MLOAD', 'STOP');

  it('is read and written', async () => {
    expect(await solve(await inputsOf(code))).toEqual({ accepted: true });
  });

  it('cannot be read one byte off', async () => {
    const inputs = await inputsOf(code);
    const accesses = replace(inputs.frame.memory.accesses, 1, { byte: 20 });
    await expectRejected(withMemory(inputs, { accesses }), /window of another access/);
    const windows = replace(inputs.frame.memory.windows, 1, { t: 4 });
    await expectRejected(withMemory(inputs, { accesses, windows }), /window: (first|middle|last) limb/);
    const aligned = replace(inputs.frame.memory.accesses, 1, { aligned: true });
    await expectRejected(withMemory(inputs, { accesses: aligned }), /place is not aligned/);
  });

  it('cannot move a byte from one side of a cut to the other', async () => {
    const inputs = await inputsOf(code);
    const { before1, before2 } = inputs.frame.memory.windows[1]!;
    const windows = replace(inputs.frame.memory.windows, 1, { before1: before1 + 1n });
    await expectRejected(withMemory(inputs, { windows }), /window/, /window|bit|range/i);
    const wrapped = replace(inputs.frame.memory.windows, 1, { before2: before2 + (1n << 125n) });
    await expectRejected(withMemory(inputs, { windows: wrapped }), /bytes before a cut/, OUT_OF_RANGE);
  });

  it('cannot be written beyond its 32 bytes', async () => {
    const [inputs, id] = withWord(await inputsOf(code), (WORD >> 40n) | (1n << 255n));
    const { windows, accesses } = inputs.frame.memory;
    const lie = {
      windows: replace(windows, 0, { new0: id, before0: 0x80_0000_0000n }),
      accesses: replace(accesses, 0, { new0: id }),
    };
    await expectRejected(withMemory(inputs, lie), /bytes before it/);
  });
});

describe('one byte', () => {
  it('changes no other', async () => {
    const inputs = await inputsOf(assemble(WORD, 0n, 'MSTORE', 0x1ffn, 3n, 'MSTORE8', 'STOP'));
    expect(await solve(inputs)).toEqual({ accepted: true });
    const merges = replace(inputs.frame.memory.merges, 0, { kept: inputs.frame.memory.merges[0]!.kept + 1n });
    await expectRejected(withMemory(inputs, { merges }), /bytes that stay/);
    const taken = replace(inputs.frame.memory.merges, 0, { taken: 0x1ffn, left_out: 0n });
    await expectRejected(withMemory(inputs, { merges: taken }), /bytes of the result/);
    const whole = replace(inputs.frame.memory.merges, 0, { byte: false });
    await expectRejected(withMemory(inputs, { merges: whole }), /bytes of the source|end of another copy/);
  });
});

describe('growth', () => {
  const code = assemble(1n, 160n, 'MSTORE', 'MSIZE', 'STOP');

  it('is not charged for less than is touched', async () => {
    const inputs = await inputsOf(code);
    const requests = replace(inputs.frame.memory.requests, 0, { end: 5 });
    const cheaper = { ...withMemory(inputs, { requests }), gas_after: inputs.gas_after + 3n };
    await expectRejected(cheaper, /memory: end/, OUT_OF_RANGE);
    const none = replace(inputs.frame.memory.requests, 0, { grows: false });
    await expectRejected(withMemory(inputs, { requests: none }), /memory: growth/, OUT_OF_RANGE);
  });

  it('is charged by its square', async () => {
    const inputs = await inputsOf(assemble(32_000n, 0n, 'LOG0', 'STOP'));
    expect(await solve(inputs)).toEqual({ accepted: true });
    expect(inputs.frame.memory.requests[0]!.square).toBe(Math.floor(1000 ** 2 / 512));
    const requests = replace(inputs.frame.memory.requests, 0, { square: 1952 });
    await expectRejected(withMemory(inputs, { requests }), /memory: square/, OUT_OF_RANGE);
  });

  it('cannot be hidden behind a size that is said to be 0', async () => {
    const inputs = await inputsOf(assemble(64n, 0n, 'LOG0', 'STOP'));
    const requests = replace(inputs.frame.memory.requests, 0, {
      inverse: 0n,
      end: 0,
      grows: false,
      words: 0,
      square: 0,
    });
    await expectRejected(withMemory(inputs, { requests }), /zero test/);
  });

  it('is seen by MSIZE', async () => {
    const [inputs, id] = withWord(await inputsOf(code), 160n);
    const requests = replace(inputs.frame.memory.requests, 1, { result: id });
    await expectRejected(withMemory(inputs, { requests }), /memory: another size/);
  });
});

describe('a copy', () => {
  const code = assemble(40n, 0n, 3n, 'CALLDATACOPY', 35n, 10n, 50n, 'MCOPY', 40n, 48n, 'RETURN');

  it('of call data, of memory, and to what is returned is accepted', async () => {
    expect(await solve(await inputsOf(code))).toEqual({ accepted: true });
  });

  it('cannot end early or go on', async () => {
    const inputs = await inputsOf(code);
    const copies = replace(inputs.frame.memory.copies, 0, { more: false });
    await expectRejected(withMemory(inputs, { copies }), /at most 32 bytes left/, OUT_OF_RANGE);
    const further = replace(inputs.frame.memory.copies, 1, { more: true });
    await expectRejected(withMemory(inputs, { copies: further }), /copy/, /copy|bit|range/i);
    const less = replace(inputs.frame.memory.copies, 0, { left: 39 });
    await expectRejected(withMemory(inputs, { copies: less }), /bytes left/);
  });

  it('cannot read elsewhere, nor write elsewhere', async () => {
    const inputs = await inputsOf(code);
    const { copies } = inputs.frame.memory;
    const at = copies.findIndex(({ memory }) => memory);
    await expectRejected(withMemory(inputs, { copies: replace(copies, at, { source: 11 }) }), /copy: (source|read)/);
    await expectRejected(withMemory(inputs, { copies: replace(copies, at, { target: 51 }) }), /copy: (target|write)/);
    await expectRejected(
      withMemory(inputs, { copies: replace(copies, at, { from: 0 }) }),
      /access of the source|read of the source/,
    );
  });

  it('of a lower place over a higher cannot be charged for the lower', async () => {
    const inputs = await inputsOf(assemble(32n, 0n, 160n, 'MCOPY', 'STOP'));
    const requests = replace(inputs.frame.memory.requests, 1, { higher: true });
    await expectRejected(withMemory(inputs, { requests }), /places of a copy/, OUT_OF_RANGE);
  });

  it('of what no call has returned is nothing', async () => {
    const inputs = await inputsOf(assemble(0n, 0n, 7n, 'RETURNDATACOPY', 'STOP'));
    expect(await solve(inputs)).toEqual({ accepted: true });
    const requests = replace(inputs.frame.memory.requests, 0, { b: 1 });
    await expectRejected(withMemory(inputs, { requests }), /return data that there is not/);
  });

  it('cannot give back what is behind its end, or other words, or say that it did not revert', async () => {
    const inputs = await inputsOf(assemble(WORD, 0n, 'MSTORE', 5n, 0n, 'REVERT'));
    expect(inputs).toMatchObject({ reverted: 1n, size: 5n });
    expect(inputs.output[0]!.hi).toBe(0x11_2233_4455n << 88n);
    const more = {
      ...inputs,
      output: inputs.output.map((word, i) => (i === 0 ? { ...word, hi: word.hi + 1n } : word)),
    };
    await expectRejected(more, /what it returns/);
    await expectRejected({ ...inputs, reverted: 0n }, /reverted or not/);
    await expectRejected({ ...inputs, size: 6n }, /size of what it returns/);
    const output = replace(inputs.frame.memory.output, 1, { used: true });
    await expectRejected(withMemory(inputs, { output }), /another number of words/);
    const [whole, id] = withWord(inputs, WORD);
    const copies = replace(whole.frame.memory.copies, 0, { v: id });
    const words = replace(whole.frame.memory.output, 0, { word: id });
    await expectRejected(withMemory(whole, { copies, output: words }), /end of another copy/);
  });
});

describe('call data', () => {
  const code = assemble(20n, 'CALLDATALOAD', 'CALLDATASIZE', 'STOP');

  it('ends in zeros, whatever the place', async () => {
    const inputs = await inputsOf(assemble(1n << 130n, 'CALLDATALOAD', 35n, 'CALLDATALOAD', 'STOP'));
    expect(await solve(inputs)).toEqual({ accepted: true });
    const calldata = replace(inputs.frame.calldata, 0, { index: 0 });
    await expectRejected(withFrame(inputs, { calldata }), /calldata: place/);
  });

  it('cannot be longer than it is said to be', async () => {
    const inputs = await inputsOf(code);
    const words = replace(inputs.frame.data.words, 1, { word: inputs.frame.data.words[1]!.word + 1n });
    const data_hash = calldataHash(
      40n,
      words.slice(0, 2).map(({ word }) => word),
    );
    await expectRejected(
      { ...withFrame(inputs, { data: { ...inputs.frame.data, words } }), data_hash },
      /behind its end/,
    );
    const data = { ...inputs.frame.data, size: 41, tail: inputs.frame.data.tail - 1 };
    await expectRejected(withFrame(inputs, { data }), /size of the call data/);
  });

  it('cannot be other data', async () => {
    const inputs = await inputsOf(code);
    await expectRejected({ ...inputs, data_hash: calldataHash(40n, [1n, 2n]) }, /other call data/);
    const [other, id] = withWord(inputs, 9n);
    const calldata = replace(other.frame.calldata, 0, { result: id });
    await expectRejected(withFrame(other, { calldata }), /calldata: (high|low) limb/);
    const shifted = replace(inputs.frame.calldata, 0, { index: 19 });
    await expectRejected(withFrame(inputs, { calldata: shifted }), /calldata: place/);
  });
});

describe('what a frame is given', () => {
  const code = assemble('CALLER', 'NUMBER', 'PC', 'STOP');

  it('cannot be another caller', async () => {
    const [inputs, id] = withWord(await inputsOf(code), 0xbadn);
    const environment = replace(inputs.frame.environment, 0, { result: id });
    await expectRejected(withFrame(inputs, { environment }), /environment: another word/);
    const names = inputs.frame.names.map((name, slot) => (slot === 5 ? id : name));
    await expectRejected(withFrame(inputs, { environment, names }), /word of the context/);
    const slot = replace(inputs.frame.environment, 0, { slot: 3, result: inputs.frame.names[3]! });
    await expectRejected(withFrame(inputs, { environment: slot }), /environment: slot/);
  });

  it('cannot be another position, nor PC without its flag', async () => {
    const [inputs, id] = withWord(await inputsOf(code), 3n);
    const environment = replace(inputs.frame.environment, 2, { result: id });
    await expectRejected(withFrame(inputs, { environment }), /environment: PC/);
    const plain = replace(inputs.frame.environment, 2, { pc: false, slot: 16 });
    await expectRejected(withFrame(inputs, { environment: plain }), /out of bounds/i);
  });
});

describe('rows left over', () => {
  it.each(['requests', 'accesses', 'windows', 'merges', 'copies'] as const)('of %s are rejected', async (table) => {
    const inputs = await inputsOf(assemble(WORD, 5n, 'MSTORE', 9n, 2n, 'MSTORE8', 'STOP'));
    const rows = inputs.frame.memory[table] as readonly object[];
    const first = rows[0]!;
    const unused = rows.findLastIndex((row) => Object.values(row).some(Boolean)) + 1;
    const lie = withMemory(inputs, { [table]: rows.map((row, i) => (i === unused ? first : row)) });
    expect(checkFrame(lie, MEMORY_PROFILE)).toBeDefined();
    expect(await solve(lie)).toMatchObject({ accepted: false });
  });
});
