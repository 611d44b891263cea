/** Jobs and their results as bytes of the queue. */

import { z } from 'zod';
import { proverError } from '../errors.ts';
import type { InnerProof, ProvingJob, WrapProof } from '../port.ts';

const id = z.string().regex(/^[0-9a-f]{64}$/);
const integer = z
  .string()
  .regex(/^\d{1,78}$/)
  .transform(BigInt);
const base64 = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));

const jobSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('segment'), id, batch: integer, index: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('seal'), id, batch: integer, index: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('merge'), id, left: id, right: id, zk: z.boolean() }),
  z.strictObject({ kind: z.literal('wrap'), id, range: id, from: integer, to: integer }),
]);

const innerProofSchema = z.strictObject({
  circuit: z.enum(['segment_xs', 'segment_m', 'seal', 'merge']),
  zk: z.boolean(),
  before: integer,
  after: integer,
  proof: base64,
});

const wrapProofSchema = z.strictObject({ proof: base64, publicInputs: z.array(integer).length(4) });

const encode = (value: object): Uint8Array =>
  new Uint8Array(
    Buffer.from(
      JSON.stringify(value, (_, field: unknown) => {
        if (typeof field === 'bigint') return field.toString();
        if (field instanceof Uint8Array) return Buffer.from(field).toString('base64');
        return field;
      }),
    ),
  );

function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  try {
    return schema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw proverError('PROOF_MALFORMED', 'a job or its result cannot be read', { cause });
  }
}

export const encodeJob = (job: ProvingJob): Uint8Array => encode(job);
export const decodeJob = (bytes: Uint8Array): ProvingJob => decode(jobSchema, bytes);
export const encodeInnerProof = (proof: InnerProof): Uint8Array => encode(proof);
export const decodeInnerProof = (bytes: Uint8Array): InnerProof => decode(innerProofSchema, bytes);
export const encodeWrapProof = ({ proof, publicInputs }: WrapProof): Uint8Array => encode({ proof, publicInputs });
export const decodeWrapProof = (bytes: Uint8Array): WrapProof => decode(wrapProofSchema, bytes);
