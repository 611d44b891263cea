/** A decision with everything it rested on, as one canonical text: kept by audit, replayed later to the same bytes. */

import { z } from 'zod';
import { bytesToHex, hexToBytes } from '../../base/bytes.ts';
import { canonicalJson } from '../canonical-json.ts';
import { policyError } from '../errors.ts';
import type { WriteDecision, WriteRequest } from '../port.ts';

export interface DecisionRecord {
  readonly policyRoot: bigint;
  readonly request: WriteRequest;
  /** In order of first use. */
  readonly identities: readonly {
    readonly address: bigint;
    readonly roles: bigint;
    readonly flags: bigint;
    readonly expiry: bigint;
  }[];
  /** Approved root of each list that was asked. */
  readonly listRoots: readonly { readonly list: bigint; readonly root: bigint }[];
  readonly listRootAnswers: readonly ListAnswer[];
  readonly listLeafAnswers: readonly ListAnswer[];
  readonly decision: WriteDecision;
}

export interface ListAnswer {
  readonly list: bigint;
  readonly address: bigint;
  readonly inside: boolean;
}

export function encodeDecisionRecord(record: DecisionRecord): string {
  const { to, code, storage, data, ...request } = record.request;
  return canonicalJson({
    format: 1,
    policyRoot: record.policyRoot,
    request: { ...request, to: to ?? null, code: code ?? null, storage: storage ?? null, data: bytesToHex(data) },
    identities: record.identities.map(({ address, roles, flags, expiry }) => ({ address, roles, flags, expiry })),
    listRoots: record.listRoots.map(({ list, root }) => ({ list, root })),
    listRootAnswers: record.listRootAnswers.map(({ list, address, inside }) => ({ list, address, inside })),
    listLeafAnswers: record.listLeafAnswers.map(({ list, address, inside }) => ({ list, address, inside })),
    decision: { ...record.decision },
  });
}

const integer = z
  .string()
  .regex(/^(0|[1-9][0-9]{0,77})$/)
  .transform(BigInt);
const optional = integer.nullable().transform((value) => value ?? undefined);
const answer = z.strictObject({ list: integer, address: integer, inside: z.boolean() });
const recordSchema = z.strictObject({
  format: z.literal(1),
  policyRoot: integer,
  request: z.strictObject({
    signer: integer,
    to: optional,
    code: optional,
    storage: optional,
    value: integer,
    data: z
      .string()
      .regex(/^0x(?:[0-9a-f]{2})*$/)
      .transform(hexToBytes),
    blockTimestamp: integer,
  }),
  identities: z.array(z.strictObject({ address: integer, roles: integer, flags: integer, expiry: integer })),
  listRoots: z.array(z.strictObject({ list: integer, root: integer })),
  listRootAnswers: z.array(answer),
  listLeafAnswers: z.array(answer),
  decision: z.discriminatedUnion('allow', [
    z.strictObject({ allow: z.literal(true), ruleId: z.string(), alternative: z.int(), position: z.int() }),
    z.strictObject({
      allow: z.literal(false),
      code: z.literal('POLICY_DENIED'),
      ruleId: z.string(),
      cause: z.enum([
        'signer-frozen',
        'no-rule',
        'arguments-not-canonical',
        'role-missing',
        'condition-failed',
        'not-own-wallet',
        'method-forbidden',
      ]),
      reason: z.string(),
    }),
  ]),
});

/** Throws POLICY_REPLAY_MISMATCH on anything but a canonical record. */
export function decodeDecisionRecord(text: string): DecisionRecord {
  let record: DecisionRecord;
  try {
    record = recordSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw policyError('POLICY_REPLAY_MISMATCH', 'not a decision record', { cause });
  }
  if (encodeDecisionRecord(record) !== text)
    throw policyError('POLICY_REPLAY_MISMATCH', 'the record is not in its canonical form');
  return record;
}
