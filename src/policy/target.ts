import { RESERVED_ADDRESS_END, SELECTOR_FALLBACK, SELECTOR_RECEIVE } from '../chain/constants.ts';
import type { WriteRequest } from './port.ts';

/** What a rule speaks of (docs/PROTOCOL.md 5). */
export interface Target {
  readonly storage: bigint;
  readonly code: bigint;
  readonly selector: number;
}

export const NATIVE_TRANSFER: Target = { storage: 0n, code: 0n, selector: SELECTOR_RECEIVE };

/**
 * Target of the conformance tests' `any` rule. It lies outside every range (addresses have 160 bits, selectors end at FALLBACK), so that no
 * circuit can ever match it: the rule compiles, but nothing is provable under it.
 */
export const WILDCARD: Target = { storage: 1n << 160n, code: 1n << 160n, selector: SELECTOR_FALLBACK + 1 };

export const targetKey = ({ storage, code, selector }: Target): bigint =>
  (storage << 200n) | (code << 36n) | BigInt(selector);

/**
 * Undefined for a creation, which no rule of this version can name. Calldata of one to three bytes is FALLBACK; four or more are always judged
 * by their selector, also where the contract would fall back, so that FALLBACK never opens a function nobody listed.
 */
export function targetOf({ to, code, storage, data }: WriteRequest): Target | undefined {
  if (to === undefined) return undefined;
  if (data.length === 0 && code === undefined && to >= RESERVED_ADDRESS_END) return NATIVE_TRANSFER;
  const place = { storage: storage ?? to, code: code ?? to };
  if (data.length === 0) return { ...place, selector: SELECTOR_RECEIVE };
  if (data.length < 4) return { ...place, selector: SELECTOR_FALLBACK };
  return { ...place, selector: ((data[0]! << 24) | (data[1]! << 16) | (data[2]! << 8) | data[3]!) >>> 0 };
}
