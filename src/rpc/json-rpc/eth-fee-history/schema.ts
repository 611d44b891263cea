import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';
import { quantitySchema } from '../schema/primitives.ts';

const blocksMax = 1024;
const percentilesMax = 100;

const countSchema = z
  .union([quantitySchema, z.number().int().nonnegative().transform(BigInt)])
  .refine((count) => count >= 1n)
  .transform((count) => Math.min(Number(count), blocksMax));

export const ethFeeHistorySchema = z.union([
  z.tuple([countSchema, blockRefSchema]).transform(([count, newest]) => ({ count, newest, percentiles: 0 })),
  z
    .tuple([countSchema, blockRefSchema, z.array(z.number().min(0).max(100)).max(percentilesMax).nullable()])
    .transform(([count, newest, percentiles]) => ({ count, newest, percentiles: percentiles?.length ?? 0 })),
]);
