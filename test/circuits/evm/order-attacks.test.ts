/** Lies about which row comes when: requests, accesses and copies of memory are taken in order, each once, and nothing else is. */

import { beforeAll, describe, expect, it } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.ts';
import type { EvmInputs } from '../../../src/prover/witness/evm/frame-inputs.ts';
import { NO_ACCESS, NO_COPY, NO_MERGE } from '../../../src/prover/witness/evm/memory-rows.ts';
import { assemble } from '../../execution/assemble.ts';
import { createAttack, MEMORY_PROFILE, replace, withFrame, withMemory } from './support/attack.ts';

const { prepare, inputsOf, solve, expectRejected, named } = createAttack(MEMORY_PROFILE);
/** Two words that differ in both limbs. */
const OLD = (0x11n << 200n) | 0x11n;
const NEW = (0x22n << 200n) | 0x22n;

beforeAll(prepare, 300_000);

const swapped = <T>(rows: readonly T[], i: number, j: number): T[] =>
  rows.map((row, at) => (at === i ? rows[j]! : at === j ? rows[i]! : row));

describe('two copies', () => {
  const store = assemble(NEW, 0n, 'MSTORE');
  const honest = () => inputsOf(concatBytes(store, assemble(3n, 0n, 64n, 'MCOPY', 5n, 0n, 96n, 'MCOPY', 'STOP')));
  const same = assemble(3n, 0n, 64n, 'MCOPY');

  it('are accepted in their order', async () => {
    expect(await solve(await honest())).toEqual({ accepted: true });
  });

  it('cannot change places, in their rows or in their requests', async () => {
    const inputs = await honest();
    const { copies, merges, requests } = inputs.frame.memory;
    const rows = swapped(copies, 0, 1).map((row, i) => (i < 2 ? { ...row, merge: i } : row));
    const lie = withMemory(inputs, { copies: rows, merges: swapped(merges, 0, 1) });
    await expectRejected(lie, /memory: another copy/);
    const pointers = replace(replace(requests, 2, { copy: 1 }), 4, { copy: 0 });
    await expectRejected(withMemory(lie, { requests: pointers }), /memory: copy out of order/);
  });

  it('of one thing cannot be one copy that is taken twice', async () => {
    const inputs = await inputsOf(concatBytes(store, same, same, assemble('STOP')));
    const { copies, merges, requests, accesses } = inputs.frame.memory;
    const lie = withMemory(inputs, {
      copies: replace(copies, 1, NO_COPY),
      merges: replace(merges, 1, NO_MERGE),
      accesses: accesses.map((row, i) => (i < 4 ? row : NO_ACCESS)),
      requests: replace(requests, 4, { copy: 0 }),
    });
    await expectRejected(lie, /memory: copy out of order/);
  });

  it('cannot take the places of one another', async () => {
    const inputs = await inputsOf(concatBytes(store, same, assemble(3n, 0n, 96n, 'MCOPY', 'STOP')));
    const requests = swapped(inputs.frame.memory.requests, 1, 3);
    const { copies, accesses, merges } = inputs.frame.memory;
    const [at64, at96] = [copies[0]!.target, copies[1]!.target];
    const lie = withMemory(inputs, {
      requests: replace(replace(requests, 2, { end: 4 }), 4, { grows: false, end: 3 }),
      copies: replace(replace(copies, 0, { target: at96 }), 1, { target: at64 }),
      accesses: accesses.map((row, i) => (i === 0 || row.word === 0 ? row : { ...row, word: row.word === 2 ? 3 : 2 })),
      merges,
    });
    await expectRejected(lie, /row of another request/);
  });
});

describe('a copy over itself', () => {
  const stores = assemble(OLD, 0n, 'MSTORE', NEW, 32n, 'MSTORE');
  const honest = () => inputsOf(concatBytes(stores, assemble(64n, 0n, 32n, 'MCOPY', 'STOP')));

  it('reads all of its source before it writes', async () => {
    const inputs = await honest();
    expect(await solve(inputs)).toEqual({ accepted: true });
    const { accesses, copies } = inputs.frame.memory;
    expect(accesses.slice(2, 7).map(({ write, word }) => [write, word])).toEqual([
      [false, 0],
      [false, 1],
      [true, 1],
      [false, 2],
      [true, 2],
    ]);
    expect(copies.slice(0, 2).map(({ from, to, write }) => [from, to, write])).toEqual([
      [2, 4, 4],
      [3, 5, 6],
    ]);
  });

  it('cannot smear its first word by writing before it reads', async () => {
    const inputs = await honest();
    const { accesses, copies, merges } = inputs.frame.memory;
    const old = accesses[0]!.value;
    const reordered = swapped(accesses, 3, 4);
    const smeared = replace(replace(reordered, 4, { value: old, new0: old }), 6, { value: old, new0: old });
    const lie = withMemory(inputs, {
      accesses: smeared,
      copies: replace(replace(copies, 0, { to: 3, write: 3 }), 1, { from: 4, s: old, v: old }),
      merges: replace(merges, 0, { s: old, v: old, taken: OLD % (1n << 128n) }),
    });
    await expectRejected(lie, /access of the source/);
  });
});

describe('an access', () => {
  const honest = () => inputsOf(assemble(OLD, 0n, 'MSTORE', 0n, 'MLOAD', 'STOP'));
  /** A write that no instruction makes, and a read that finds it. */
  const injected = (inputs: EvmInputs) => {
    const { inputs: known, ids } = named(inputs, NEW);
    const [word] = ids;
    const [write, read, ...rest] = known.frame.memory.accesses;
    const accesses = [
      write!,
      { ...write!, value: word!, new0: word! },
      { ...read!, value: word!, new0: word! },
      ...rest,
    ];
    const requests = replace(known.frame.memory.requests, 1, { result: word! });
    return withMemory(known, { accesses: accesses.slice(0, MEMORY_PROFILE.accesses), requests });
  };

  it('that nobody asks for cannot stand among the others', async () => {
    const lie = injected(await honest());
    await expectRejected(lie, /memory: another access/);
    const requests = replace(lie.frame.memory.requests, 1, { access: 2 });
    await expectRejected(withMemory(lie, { requests }), /memory: access out of order/);
  });

  it('that nobody asks for cannot stand behind the others', async () => {
    const inputs = await honest();
    const [write] = inputs.frame.memory.accesses;
    const accesses = replace(inputs.frame.memory.accesses, 2, write!);
    await expectRejected(withMemory(inputs, { accesses }), /access: rows left over/);
  });

  it('cannot name its place by the word before it and 32 bytes more', async () => {
    const inputs = await inputsOf(assemble(OLD, 37n, 'MSTORE', 'STOP'));
    const { accesses, windows } = inputs.frame.memory;
    const lie = withMemory(inputs, { accesses: replace(accesses, 0, { word: 0, byte: 37 }) });
    await expectRejected(lie, /window of another access/);
    await expectRejected(withMemory(lie, { windows: replace(windows, 0, { h: true, t: 21 }) }), /out of bounds/i);
  });
});

describe('call data', () => {
  it('cannot end in a whole word that is not of it', async () => {
    const inputs = await inputsOf(assemble('CALLDATASIZE', 'STOP'), Uint8Array.of(1, 2, 3));
    const { data } = inputs.frame;
    const words = replace(data.words, 1, { used: true });
    const lie = withFrame(inputs, { data: { ...data, words, end: 62, tail: data.tail + 31 } });
    await expectRejected(lie, /out of bounds/i);
  });
});
