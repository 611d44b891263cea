import { readFileSync } from 'node:fs';
import { z } from 'zod';

const integer = z
  .string()
  .regex(/^0x[0-9a-f]+$/)
  .transform(BigInt);
const schema = z.array(
  z.discriminatedUnion('hash', [
    z.strictObject({
      name: z.string(),
      hash: z.literal('p2'),
      tag: integer,
      inputs: z.array(integer),
      result: integer,
    }),
    z.strictObject({ name: z.string(), hash: z.enum(['sha256', 'keccak256']), bytes: z.string(), result: integer }),
    z.strictObject({
      name: z.string(),
      hash: z.literal('packed'),
      fields: z.array(z.strictObject({ bits: z.int(), value: integer })),
      result: integer,
    }),
  ]),
);

export type Vector = z.infer<typeof schema>[number];

/** vectors.json: what TypeScript, Noir and Solidity are each held against. */
export const readVectors = (): readonly Vector[] =>
  schema.parse(JSON.parse(readFileSync(new URL('./vectors.json', import.meta.url), 'utf8')));
