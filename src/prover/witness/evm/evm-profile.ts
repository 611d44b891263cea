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
  /** Requests to memory; reads and writes of 32 bytes; those at a place that is no multiple of 32; ends of copies; words of copies. */
  readonly memory: number;
  readonly accesses: number;
  readonly windows: number;
  readonly merges: number;
  readonly copies: number;
  /** 32-byte words of memory, and of what the frame returns. */
  readonly memoryWords: number;
  readonly output: number;
  /** CALLDATALOADs, and 31-byte words of call data. */
  readonly calldata: number;
  readonly dataWords: number;
  readonly environment: number;
  /** Facts about words, and the rows of instructions that cite them (`words.nr`). */
  readonly products: number;
  readonly amounts: number;
  readonly signs: number;
  readonly powers: number;
  readonly bitwise: number;
  readonly muldiv: number;
  readonly signed: number;
  readonly modular: number;
  readonly exp: number;
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
  memory: 'MEMORY',
  accesses: 'ACCESSES',
  windows: 'WINDOWS',
  merges: 'MERGES',
  copies: 'COPY_WORDS',
  memoryWords: 'MEMORY_WORDS',
  output: 'OUTPUT',
  calldata: 'CALLDATA',
  dataWords: 'DATA_WORDS',
  environment: 'ENVIRONMENT',
  products: 'PRODUCTS',
  amounts: 'AMOUNTS',
  signs: 'SIGNS',
  powers: 'POWERS',
  bitwise: 'BITWISE',
  muldiv: 'MULDIV',
  signed: 'SIGNED',
  modular: 'MODULAR',
  exp: 'EXP',
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
  memory: 8,
  accesses: 10,
  windows: 4,
  merges: 3,
  copies: 4,
  memoryWords: 8,
  output: 2,
  calldata: 3,
  dataWords: 4,
  environment: 6,
  products: 6,
  amounts: 3,
  signs: 3,
  powers: 3,
  bitwise: 4,
  muldiv: 4,
  signed: 2,
  modular: 1,
  exp: 1,
};

/** A step reads two cells of the stack memory and writes two; the proving binary takes one memory with at most 65,535 accesses. */
export const EVM_STEPS_MAX = Math.floor(65_535 / 4);

/** The Noir file of globals that an EVM circuit is compiled with. Throws a RangeError on more than EVM_STEPS_MAX steps, or accesses to memory: four cells too. */
export function renderEvmProfile(profile: EvmProfile): string {
  if (profile.steps > EVM_STEPS_MAX) throw new RangeError(`${profile.steps} steps, at most ${EVM_STEPS_MAX}`);
  if (profile.accesses > EVM_STEPS_MAX) throw new RangeError(`${profile.accesses} accesses, at most ${EVM_STEPS_MAX}`);
  const globals = Object.entries(GLOBAL_NAMES).map(
    ([field, name]) => `pub global ${name}: u32 = ${profile[field as keyof EvmProfile]};`,
  );
  return `// Generated from src/prover/witness/evm/evm-profile.ts: table sizes of one profile.\n\n${globals.join('\n')}\n`;
}
