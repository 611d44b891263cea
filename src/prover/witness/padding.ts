/** All-zero rows: what unused rows of every table hold. */

import { BLOCK_RING_DEPTH, CONDITIONS_MAX, LIST_TREE_DEPTH, POLICY_TREE_DEPTH } from '../../chain/constants.ts';
import { type CircuitStruct, type CircuitValue, ZERO, zeros } from './circuit-value.ts';

const repeat = (value: CircuitValue, length: number): CircuitValue[] => Array<CircuitValue>(length).fill(value);

const SIGNATURE = { r: ZERO, s: ZERO, y_parity: false };
const LANES_A_BLOCK = 17;

export const ZERO_OPENING: CircuitStruct = {
  timestamp: 0n,
  ring: { replaced: 0n, siblings: zeros(BLOCK_RING_DEPTH) },
};

const ZERO_CONDITION = { kind: 0n, path: 0, a: 0n, b: 0n, leaf: 0, root: 0 };

export const ZERO_TRANSACTION: CircuitStruct = {
  long: false,
  sender: 0n,
  account: 0,
  identity: 0,
  key: 0,
  first_signature: false,
  target: 0,
  collector: 0,
  tip_is_priority: false,
  rule: {
    roles_mask: 0n,
    conditions: repeat(ZERO_CONDITION, CONDITIONS_MAX),
    position: 0n,
    siblings: zeros(POLICY_TREE_DEPTH),
  },
  salt: 0n,
};

export const ZERO_STEP: CircuitStruct = {
  opens: false,
  opening: ZERO_OPENING,
  runs: false,
  transaction: ZERO_TRANSACTION,
};

export const zeroSignedRow = (blocks: number): CircuitStruct => ({
  lanes: repeat(zeros(LANES_A_BLOCK), blocks),
  x: ZERO,
  y: ZERO,
  signature: SIGNATURE,
});

export const ZERO_COSIGNED: CircuitStruct = {
  change: { signer: 0n, nonce: 0n, subject: 0n, old: ZERO, new: ZERO, deadline: 0n },
  x: ZERO,
  y: ZERO,
  signature: SIGNATURE,
  cosigner: 0n,
  identity: 0,
  key: 0,
  registrar_mask: 0,
  first_signature: false,
};

export const ZERO_KEY: CircuitStruct = { x: ZERO, y: ZERO };
export const ZERO_MESSAGE: CircuitStruct = { recipient: 0n, amount: 0n };

export const ZERO_LIST_CHECK: CircuitStruct = {
  list: 0n,
  account: 0n,
  member: false,
  root: 0n,
  address: 0n,
  next: 0n,
  salt: 0n,
  position: 0n,
  siblings: zeros(LIST_TREE_DEPTH),
};

export const ZERO_OPERATION: CircuitStruct = {
  kind: 0n,
  sender: 0n,
  a: ZERO,
  b: ZERO,
  target: 0,
  identity: 0,
  salt: 0n,
};

export const ZERO_EXIT: CircuitStruct = { roles_mask: 0n, siblings: zeros(POLICY_TREE_DEPTH) };
