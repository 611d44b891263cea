/** What a proof is for decides its transcript's hash and whether it hides its witness. */

export const FLAVOUR = {
  /** Verified inside another circuit; Poseidon2 transcript; does not hide its witness and never leaves the operator. */
  inner: { target: 'noir-recursive-no-zk', transcript: 'poseidon2', proofType: 0 },
  /** The last merge, verified by wrap: its pairing limbs reach L1, so it hides its witness. */
  'inner-zk': { target: 'noir-recursive', transcript: 'poseidon2', proofType: 6 },
  /** The proof that L1 verifies; keccak transcript; hides its witness. */
  wrap: { target: 'evm', transcript: 'keccak', proofType: undefined },
} as const satisfies Record<
  string,
  { target: string; transcript: 'poseidon2' | 'keccak'; proofType: number | undefined }
>;

export type Flavour = keyof typeof FLAVOUR;

export const transcriptOf = (flavour: Flavour): 'poseidon2' | 'keccak' => FLAVOUR[flavour].transcript;
