/** Table sizes of an EVM circuit; 0 rows are not allowed anywhere. */

export interface EvmProfile {
  readonly steps: number;
  /** Cells of the stack memory: heights of all open frames together. */
  readonly stack: number;
  /** Distinct 256-bit words. */
  readonly values: number;
  /** Pages of 248 bytes of code. */
  readonly pages: number;
  /** Distinct instructions with a constant behind them, and others. */
  readonly pushInstructions: number;
  readonly plainInstructions: number;
  readonly arithmetic: number;
  readonly flow: number;
  readonly gas: number;
  readonly boundary: number;
}

const GLOBAL_NAMES: Readonly<Record<keyof EvmProfile, string>> = {
  steps: 'STEPS',
  stack: 'STACK',
  values: 'VALUES',
  pages: 'PAGES',
  pushInstructions: 'PUSH_INSTRUCTIONS',
  plainInstructions: 'PLAIN_INSTRUCTIONS',
  arithmetic: 'ARITHMETIC',
  flow: 'FLOW',
  gas: 'GAS_READS',
  boundary: 'BOUNDARY',
};

/** Small: mutants, attacks and the cost of a row start from it. An ERC-20 transfer does not fit: benches size a profile by its trace. */
export const EVM_PROFILE_SMALL: EvmProfile = {
  steps: 72,
  stack: 16,
  values: 40,
  pages: 2,
  pushInstructions: 24,
  plainInstructions: 40,
  arithmetic: 12,
  flow: 6,
  gas: 2,
  boundary: 10,
};

/** A step reads two cells of the stack memory and writes two; the proving binary takes one memory with at most 65,535 accesses. */
export const EVM_STEPS_MAX = Math.floor(65_535 / 4);

/** The Noir file of globals that an EVM circuit is compiled with. Throws a RangeError on more than EVM_STEPS_MAX steps. */
export function renderEvmProfile(profile: EvmProfile): string {
  if (profile.steps > EVM_STEPS_MAX) throw new RangeError(`${profile.steps} steps, at most ${EVM_STEPS_MAX}`);
  const globals = Object.entries(GLOBAL_NAMES).map(
    ([field, name]) => `pub global ${name}: u32 = ${profile[field as keyof EvmProfile]};`,
  );
  return `// Generated from src/prover/witness/evm/evm-profile.ts: table sizes of one profile.\n\n${globals.join('\n')}\n`;
}
