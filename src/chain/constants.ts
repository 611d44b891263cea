/** Protocol constants, statement version 1. The Noir and Solidity copies are generated from this file (docs/PROTOCOL.md). */

export const STATEMENT_VERSION = 1;

/** BN254 scalar field modulus. */
export const FR_MODULUS = 21888242871839275222246405745257275088548364400416034343698204186575808495617n;

/** Domain tags of P2; each stands in the sponge's capacity. */
export const TAG = {
  NODE: 1,
  LEAF: 2,
  KV: 3,
  NEXT: 4,
  K_ACCOUNT: 16,
  K_CODE: 17,
  K_CODEHASH: 18,
  K_STORAGE: 19,
  K_IDENTITY: 20,
  K_KEY: 21,
  K_KECCAK: 22,
  K_LIST: 23,
  K_SYSTEM: 24,
  PUBKEY: 32,
  BYTES: 33,
  CONTEXT: 40,
  STATE: 41,
  STATE_ENV: 42,
  DIGEST: 43,
  FRONTIER: 44,
  BLOCK: 45,
  TX: 48,
  SIG: 49,
  OP: 50,
  LOG: 51,
  LOGS: 52,
  REC: 53,
  RULE: 64,
  CONDS: 65,
  POLICY_SALT: 66,
  EXIT: 67,
  LIST_LEAF: 68,
  VK: 72,
} as const;

/** Names of SYSTEM leaves. */
export const SYSTEM_NAME = {
  POLICY: 1,
  PRIORITY: 2,
  BLIND: 3,
  BLOCK: 4,
  COLLECTOR: 5,
  REGISTRAR_MASK: 6,
  LIST_ROOT: 7,
} as const;

export const TREE_DEPTH = 32;
export const TX_TREE_DEPTH = 20;
export const BLOCK_RING_DEPTH = 8;
export const POLICY_TREE_DEPTH = 16;
export const LIST_TREE_DEPTH = 20;
export const MESSAGES_MAX = 256;
export const CONDITIONS_MAX = 4;

/** Addresses below this are reserved for precompiles and system contracts: nobody transfers to them. */
export const RESERVED_ADDRESS_END = 0x20000n;

export const BASE_TOKEN_ADDRESS = 0x800an;
export const L1_MESSENGER_ADDRESS = 0x8008n;
export const TOKEN_VAULT_ADDRESS = 0x10004n;
export const POLICY_REGISTRY_ADDRESS = 0xa001n;
export const IDENTITY_REGISTRY_ADDRESS = 0xa002n;
export const LIST_REGISTRY_ADDRESS = 0xa003n;

/** Gas of a system contract function, on top of intrinsic gas. */
export const SYSTEM_GAS = {
  WITHDRAW: 20_000,
  FREEZE: 20_000,
  UNFREEZE: 30_000,
  SET_IDENTITY: 30_000,
  LIST_INSERT: 20_000,
} as const;

export const TX_GAS = 21_000;
export const CALLDATA_ZERO_BYTE_GAS = 4;
export const CALLDATA_BYTE_GAS = 16;

/** Rule selectors that are not a function's. */
export const SELECTOR_RECEIVE = 2 ** 32;
export const SELECTOR_FALLBACK = 2 ** 32 + 1;

/** Policy tree positions with a fixed meaning. */
export const POLICY_POSITION = { SALT: 0, EXIT: 1 } as const;

export const CONDITION = {
  NONE: 0,
  VALUE_AT_MOST: 1,
  ACCOUNT_HOLDS_ROLE: 2,
  ACCOUNT_NOT_FROZEN: 3,
  ACCOUNT_IN_LIST: 4,
  ACCOUNT_NOT_IN_LIST: 5,
} as const;

/** Account paths of a condition; PATH_ARGUMENT + i is the i-th ABI word. */
export const PATH = { TO: 0, SIGNER: 1, ARGUMENT: 2 } as const;

/** Bits of an IDENTITY leaf's role mask. Bits 16 and above are the bank's own, named by its policy file. */
export const ROLE_BIT = { CUSTOMER: 0, OPERATOR: 1, REGISTRAR: 2, COMPLIANCE: 3, AUDITOR: 4, DEPLOYER: 5 } as const;

export const FLAG_FROZEN = 1n;

export const PRIORITY_KIND = {
  DEPOSIT_ETH: 1,
  SET_POLICY_ROOT: 2,
  SET_LIST_ROOT: 3,
  SET_IDENTITY: 4,
  SET_PARAMETER: 5,
  FORCED_WITHDRAWAL: 6,
} as const;

/** Circuit kinds, as they stand in the vkRoot tree. */
export const CIRCUIT_KIND = { SEGMENT: 1, FACTS: 2, SEAL: 3, MERGE: 4 } as const;
export const VK_TREE_DEPTH = 4;
