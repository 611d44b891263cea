/**
 * A disclosure bundle: one fact of a batch with everything that leads from it to what Ethereum stores (G9). Integers are hex text, so the
 * file is plain JSON. Neighbours in a tree appear only as salted hashes.
 */

import { z } from 'zod';
import { FR_MODULUS, TREE_DEPTH, TX_TREE_DEPTH } from '../chain/constants.ts';
import { disclosureError } from './errors.ts';

const hex = z
  .string()
  .regex(/^0x(?:0|[1-9a-f][0-9a-f]*)$/, { abort: true })
  .max(66, { abort: true });
/**
 * Hashes take field elements, where a value and the value plus the modulus are one, and some values are packed side by side: a number beyond
 * its own range would verify and be read as another one.
 */
const below = (limit: bigint) => hex.refine((text) => BigInt(text) < limit, 'out of range');
const field = below(FR_MODULUS);
const address = below(1n << 160n);
const u64 = below(1n << 64n);
const u128 = below(1n << 128n);
const bytes = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
const siblings = (depth: number) => z.array(field).length(depth);

const batchSchema = z.strictObject({
  batchNumber: u64,
  stateRoot: field,
  recordsRoot: field,
  messagesRoll: hex,
  priorityIndex: u64,
  policyRoot: field,
  slot: u64,
  commitment: hex,
  sealed: hex,
});

const common = {
  version: z.literal(1),
  l1ChainId: u64,
  /** Address of PrivityChain. */
  chainContract: address,
  chainId: u64,
  batch: batchSchema,
};

const logSchema = z.strictObject({ address, topics: z.array(hex).max(4), data: bytes });

export const transactionBundleSchema = z.strictObject({
  ...common,
  kind: z.literal('transaction'),
  raw: bytes,
  status: z.enum(['0x0', '0x1']),
  gasUsed: u64,
  logs: z.array(logSchema),
  salt: field,
  position: below(1n << BigInt(TX_TREE_DEPTH)),
  siblings: siblings(TX_TREE_DEPTH),
  records: z.strictObject({ auditRoot: hex, denialRoot: hex, dataHash: hex, batchSalt: field }),
});

export const balanceBundleSchema = z.strictObject({
  ...common,
  kind: z.literal('balance'),
  address,
  nonce: u64,
  balance: u128,
  /** Hash of the leaf's other half: nothing about the neighbour. */
  next: field,
  index: below(1n << BigInt(TREE_DEPTH)),
  siblings: siblings(TREE_DEPTH),
  /** Hash of the rest of the state root's preimage. */
  environment: field,
});

export const bundleSchema = z.discriminatedUnion('kind', [transactionBundleSchema, balanceBundleSchema]);

export type TransactionBundle = z.infer<typeof transactionBundleSchema>;
export type BalanceBundle = z.infer<typeof balanceBundleSchema>;
export type Bundle = z.infer<typeof bundleSchema>;

export function parseBundle(text: string): Bundle {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw disclosureError('BUNDLE_MALFORMED', 'JSON', { cause });
  }
  const parsed = bundleSchema.safeParse(json);
  if (!parsed.success) throw disclosureError('BUNDLE_MALFORMED', z.prettifyError(parsed.error));
  return parsed.data;
}

export const toHex = (value: bigint | number): string => `0x${value.toString(16)}`;
