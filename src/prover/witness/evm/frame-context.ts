/** What a frame is given besides its code and gas. */

import { ENVIRONMENT_SLOTS } from './opcodes.ts';
import type { ValueTable } from './value-table.ts';

export interface FrameContext {
  readonly data: Uint8Array;
  readonly address: bigint;
  readonly origin: bigint;
  readonly caller: bigint;
  readonly value: bigint;
  readonly gasPrice: bigint;
  readonly coinbase: bigint;
  readonly timestamp: bigint;
  readonly number: bigint;
  readonly prevrandao: bigint;
  readonly gasLimit: bigint;
  readonly chainId: bigint;
  readonly baseFee: bigint;
}

/** The words 0 and 1 and the size of the call data come first; the others are told to the circuit. */
export const CONTEXT_START = 3;

/** By slot, as ENVIRONMENT_SLOT counts them. */
export function contextWords(context: FrameContext, codeSize: number): bigint[] {
  const { address, origin, caller, value, gasPrice, coinbase } = context;
  const { timestamp, number, prevrandao, gasLimit, chainId, baseFee } = context;
  const of = [address, origin, caller, value, gasPrice, coinbase, timestamp, number, prevrandao, gasLimit, chainId];
  const words = [...of, baseFee, BigInt(codeSize)];
  if (words.length !== ENVIRONMENT_SLOTS - CONTEXT_START) throw new RangeError('slots of the environment');
  return words;
}

export const contextNames = (words: readonly bigint[], dataSize: number, values: ValueTable): number[] => [
  0,
  1,
  ...[BigInt(dataSize), ...words].map((word) => values.id(word)),
];
