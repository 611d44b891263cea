import { FR_MODULUS } from '../../src/chain/constants.ts';

export interface Random {
  readonly seed: number;
  /** A 32-bit integer. */
  u32(): number;
  below(end: number): number;
  bits(count: number): bigint;
  fr(): bigint;
}

/** Mulberry32; the seed comes from `SEED` or the clock, and belongs in the message of each assertion. */
export function createRandom(seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 32)): Random {
  let state = seed >>> 0;
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
  const bits = (count: number): bigint => {
    let value = 0n;
    for (let i = 0; i < count; i += 32) value = (value << 32n) | BigInt(u32());
    return value & ((1n << BigInt(count)) - 1n);
  };
  return { seed, u32, below: (end) => u32() % end, bits, fr: () => bits(320) % FR_MODULUS };
}
