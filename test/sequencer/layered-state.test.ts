import { describe, expect, it } from 'vitest';
import type { Word } from '../../src/chain/word.ts';
import { LayeredState } from '../../src/sequencer/layered-state.ts';

const word = (lo: bigint): Word => ({ hi: 0n, lo });

function openState() {
  const tree = new Map<bigint, Word>([[1n, word(10n)]]);
  const state = new LayeredState({ get: (key) => tree.get(key) ?? word(0n) });
  const write = (key: bigint, lo: bigint) => state.apply([{ key, before: state.get(key), after: word(lo) }]);
  return { tree, state, write };
}

describe('a frozen state', () => {
  it('stands still while batches are written, closed into the tree and followed by others', () => {
    const { tree, state, write } = openState();
    state.openBatch(1n);
    write(1n, 11n);
    const frozen = state.freeze();
    write(1n, 12n);
    write(2n, 20n);
    const later = state.freeze();
    state.openBatch(2n);
    write(1n, 13n);
    tree.set(1n, word(12n)).set(2n, word(20n));
    state.dropBatch(1n);
    write(2n, 21n);
    expect([frozen.get(1n), frozen.get(2n)]).toEqual([word(11n), word(0n)]);
    expect([later.get(1n), later.get(2n)]).toEqual([word(12n), word(20n)]);
    expect([state.get(1n), state.get(2n)]).toEqual([word(13n), word(21n)]);
    frozen.close();
    later.close();
  });

  it('is void once batches are withdrawn: what they stood on may be gone', () => {
    const { state, write } = openState();
    state.openBatch(1n);
    write(1n, 11n);
    const frozen = state.freeze();
    state.withdraw(1n);
    expect(() => frozen.get(1n)).toThrow(expect.objectContaining({ code: 'SUBMIT_UNWINDING' }));
    expect(state.freeze().get(1n)).toEqual(word(10n));
  });
});
