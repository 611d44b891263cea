import { describe, expect, it } from 'vitest';
import { ByteReader } from '../../src/base/byte-reader.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);
const collect = async (chunks: AsyncIterable<Uint8Array>) => {
  const all: number[] = [];
  for await (const chunk of chunks) all.push(...chunk);
  return all;
};

describe('reading a stream of bytes', () => {
  const pieces = [bytes(1, 2, 3), bytes(), bytes(4), bytes(5, 6, 7, 8)];
  async function* slowly() {
    yield* pieces;
  }

  it.each([
    ['an array', () => pieces],
    ['an async stream', slowly],
  ])('takes across pieces and gives the rest, from %s', async (_what, source) => {
    const reader = new ByteReader(source());
    expect(await reader.take(2)).toEqual(bytes(1, 2));
    expect(await reader.take(0)).toEqual(bytes());
    expect(await reader.take(4)).toEqual(bytes(3, 4, 5, 6));
    expect(await reader.isAtEnd()).toBe(false);
    expect(await collect(reader.rest())).toEqual([7, 8]);
    expect(await reader.isAtEnd()).toBe(true);
  });

  it('says when there is less than was asked for', async () => {
    expect(await new ByteReader(pieces).take(9)).toBeUndefined();
    expect(await new ByteReader([]).take(1)).toBeUndefined();
    expect(await new ByteReader([]).isAtEnd()).toBe(true);
  });

  it('gives bytes of its own: what the source does with its pieces later changes nothing', async () => {
    const piece = bytes(1, 2);
    const taken = await new ByteReader([piece]).take(2);
    piece.fill(9);
    expect(taken).toEqual(bytes(1, 2));
  });

  it('ends its source when it is closed', async () => {
    let ended = false;
    async function* source() {
      try {
        yield bytes(1);
        yield bytes(2);
      } finally {
        ended = true;
      }
    }
    const reader = new ByteReader(source());
    await reader.take(1);
    await reader.close();
    expect(ended).toBe(true);
  });
});
