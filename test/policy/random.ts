import { createHash } from 'node:crypto';

export interface Random {
  /** An integer from 0 to `end` - 1. */
  below(end: number): number;
  bits(count: number): bigint;
  pick<T>(items: readonly T[]): T;
}

/** Random numbers that a printed seed brings back: SHA-256 in counter mode. */
export function createRandom(seed: string): Random {
  let counter = 0;
  let pool = Buffer.alloc(0);
  const take = (length: number): Buffer => {
    while (pool.length < length)
      pool = Buffer.concat([pool, createHash('sha256').update(`${seed}/${counter++}`).digest()]);
    const bytes = pool.subarray(0, length);
    pool = pool.subarray(length);
    return bytes;
  };
  const below = (end: number): number => Number(take(6).readUIntBE(0, 6) % end);
  return {
    below,
    bits: (count) => BigInt(`0x${take(Math.ceil(count / 8)).toString('hex')}`) & ((1n << BigInt(count)) - 1n),
    pick: (items) => items[below(items.length)]!,
  };
}
