/**
 * A disclosure bundle: one fact of a batch with everything that leads from it to what Ethereum stores (G9). Integers are hex text, so the
 * file is plain JSON. Neighbours in a tree appear only as salted hashes.
 */

import { z } from 'zod';
import { disclosureError } from './errors.ts';

const hex = z
  .string()
  .regex(/^0x(?:0|[1-9a-f][0-9a-f]*)$/)
  .max(66);
const bytes = z.string().regex(/^0x(?:[0-9a-f]{2})*$/);
const siblings = (depth: number) => z.array(hex).length(depth);

const batchSchema = z.strictObject({
  batchNumber: hex,
  stateRoot: hex,
  recordsRoot: hex,
  messagesRoll: hex,
  priorityIndex: hex,
  policyRoot: hex,
  slot: hex,
  commitment: hex,
  sealed: hex,
});

const common = {
  version: z.literal(1),
  l1ChainId: hex,
  /** Address of PrivityChain. */
  chainContract: hex,
  chainId: hex,
  batch: batchSchema,
};

const logSchema = z.strictObject({ address: hex, topics: z.array(hex).max(4), data: bytes });

export const transactionBundleSchema = z.strictObject({
  ...common,
  kind: z.literal('transaction'),
  raw: bytes,
  status: z.enum(['0x0', '0x1']),
  gasUsed: hex,
  logs: z.array(logSchema),
  salt: hex,
  position: hex,
  siblings: siblings(20),
  records: z.strictObject({ auditRoot: hex, denialRoot: hex, dataHash: hex, batchSalt: hex }),
});

export const balanceBundleSchema = z.strictObject({
  ...common,
  kind: z.literal('balance'),
  address: hex,
  nonce: hex,
  balance: hex,
  /** Hash of the leaf's other half: nothing about the neighbour. */
  next: hex,
  index: hex,
  siblings: siblings(32),
  /** Hash of the rest of the state root's preimage. */
  environment: hex,
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
