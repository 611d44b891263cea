/**
 * Table sizes of the segment circuits. A capacity decides what fits into one segment, never a result: the end root of a batch does not
 * depend on the packing. Both profiles are production circuits.
 */

export interface Profile {
  /** Steps: each may open a block and carry one transaction. */
  readonly steps: number;
  /** Priority operations. */
  readonly operations: number;
  /** Signed preimages of up to 135 bytes: transfers, withdraw, freeze, insert. */
  readonly shortSignatures: number;
  /** Signed preimages of 136 to 271 bytes: unfreeze, setIdentity. */
  readonly longSignatures: number;
  /** Second signatures of identity changes. */
  readonly cosigners: number;
  /** Public keys whose keccak is proven (an address signs for the first time). */
  readonly keys: number;
  /** Messages to L1. */
  readonly messages: number;
  /** Checks against the root of a list. */
  readonly listChecks: number;
  /** Subtrees of 2^20 leaves that existing leaves are opened under. */
  readonly subtrees: number;
  /** Existing leaves that may change. */
  readonly updatedLeaves: number;
  /** Existing leaves that are only read. */
  readonly readLeaves: number;
  /** Keys that get a leaf. */
  readonly freshLeaves: number;
  /** Keys that are absent and stay absent. */
  readonly absentKeys: number;
}

export type ProfileName = 'xs' | 'm';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  xs: {
    steps: 2,
    operations: 1,
    shortSignatures: 1,
    longSignatures: 1,
    cosigners: 1,
    keys: 2,
    messages: 1,
    listChecks: 2,
    subtrees: 2,
    updatedLeaves: 8,
    readLeaves: 12,
    freshLeaves: 4,
    absentKeys: 6,
  },
  m: {
    steps: 19,
    operations: 4,
    shortSignatures: 18,
    longSignatures: 1,
    cosigners: 1,
    keys: 8,
    messages: 2,
    listChecks: 36,
    subtrees: 6,
    updatedLeaves: 48,
    readLeaves: 90,
    freshLeaves: 16,
    absentKeys: 42,
  },
};

const GLOBAL_NAMES: Readonly<Record<keyof Profile, string>> = {
  steps: 'STEPS',
  operations: 'OPERATIONS',
  shortSignatures: 'SHORT_SIGNATURES',
  longSignatures: 'LONG_SIGNATURES',
  cosigners: 'COSIGNERS',
  keys: 'KEYS',
  messages: 'MESSAGES',
  listChecks: 'LIST_CHECKS',
  subtrees: 'SUBTREES',
  updatedLeaves: 'UPDATED',
  readLeaves: 'READ',
  freshLeaves: 'FRESH',
  absentKeys: 'ABSENT',
};

/** The Noir file of globals that a segment is compiled with. */
export function renderProfile(profile: Profile): string {
  const globals = Object.entries(GLOBAL_NAMES).map(
    ([field, name]) => `pub global ${name}: u32 = ${profile[field as keyof Profile]};`,
  );
  return `// Generated from src/prover/witness/profiles.ts: table sizes of one profile.\n\n${globals.join('\n')}\n`;
}
