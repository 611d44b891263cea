/** Positions in code as the step loop counts them: `16 (pc + 1) + 8 landing + micro`; 0 is the halt. */

export const HALT = 0;
export const entryAt = (pc: number): number => 16 * (pc + 1);
export const landingAt = (pc: bigint): bigint => 16n * (pc + 1n) + 8n;
