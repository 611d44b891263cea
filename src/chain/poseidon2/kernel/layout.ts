/** Where things lie in the kernel's memory. Every word stands in both halves of a 16-byte vector: one half for each of two states. */

import { PARTIAL_ROUNDS } from '../round-constants.ts';
import { LIMBS } from './limbs.ts';

export const MEMORY_PAGES_MAX = 65_536;
/** Bytes of the constant table, which is written at address 0 of the memory. */
export const CONSTANTS_BYTES = 196_608;
/** Bytes of scratch space a thread passes to the kernel. */
export const SCRATCH_BYTES = 16_384;
/** A job of `compress`: addresses of three inputs and of the output. */
export const JOB_BYTES = 16;
/** A field element outside the kernel: a little-endian integer below the modulus. */
export const FR_BYTES = 32;

export const WIDTH = 4;
export const VECTOR_BYTES = 16;
export const LIMBS_BYTES = LIMBS * VECTOR_BYTES;
export const PRODUCT_COLUMNS = 2 * LIMBS;
export const COLUMNS_BYTES = PRODUCT_COLUMNS * VECTOR_BYTES;

/** Offsets in the scratch space. */
export const INPUTS = 0;
export const STATE = INPUTS + WIDTH * LIMBS_BYTES;
export const PRODUCTS = STATE + WIDTH * LIMBS_BYTES;
export const MIXED = PRODUCTS + WIDTH * COLUMNS_BYTES;
/** u(-2), u(-1), u(0), u(1), ... of the partial rounds (scaled-rounds.ts), oldest first. */
export const HISTORY = MIXED + WIDTH * COLUMNS_BYTES;
export const HISTORY_LENGTH = PARTIAL_ROUNDS + 3;
