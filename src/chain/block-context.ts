import { SYSTEM_NAME, TAG } from './constants.ts';
import { systemKey } from './keys.ts';
import { p2 } from './poseidon2.ts';
import { fromWord, type Word } from './word.ts';

/** What every block of a batch shares: one digest field that no proof but seal writes. */
export interface BatchContext {
  readonly prevrandao: bigint;
  /** Gas limit of a block. */
  readonly gasLimit: bigint;
  /** Wei a gas. */
  readonly baseFee: bigint;
  /** 0 burns the base fee, 1 gives it to the collector. */
  readonly feeMode: bigint;
  readonly collector: bigint;
  readonly batchIntervalSeconds: bigint;
}

/** Its six numbers in the order in which they are hashed and kept (docs/PROTOCOL.md 3). */
export const contextFields = (context: BatchContext): bigint[] => [
  context.prevrandao,
  context.gasLimit,
  context.baseFee,
  context.feeMode,
  context.collector,
  context.batchIntervalSeconds,
];

export const hashContext = (context: BatchContext): bigint => p2(TAG.CONTEXT, ...contextFields(context));

const U64 = (1n << 64n) - 1n;

/** Value of SYSTEM(BLOCK). */
export const encodeBlockParameters = (
  context: Pick<BatchContext, 'gasLimit' | 'baseFee' | 'feeMode' | 'batchIntervalSeconds'>,
): Word => ({
  hi: (context.gasLimit << 64n) | context.baseFee,
  lo: (context.feeMode << 64n) | context.batchIntervalSeconds,
});

/** The context of the batch that follows a state: what seal computes. */
export function contextOfState(get: (key: bigint) => Word): BatchContext {
  const block = get(systemKey(SYSTEM_NAME.BLOCK));
  return {
    prevrandao: 0n,
    gasLimit: block.hi >> 64n,
    baseFee: block.hi & U64,
    feeMode: block.lo >> 64n,
    batchIntervalSeconds: block.lo & U64,
    collector: fromWord(get(systemKey(SYSTEM_NAME.COLLECTOR))),
  };
}
