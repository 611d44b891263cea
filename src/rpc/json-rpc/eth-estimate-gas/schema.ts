import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';
import { callRequestSchema, noOverrideSchema } from '../schema/call-request.ts';

/** The block is accepted for compatibility; the estimate is for the next block. */
export const ethEstimateGasSchema = z.union([
  z.tuple([callRequestSchema]).transform(([request]) => request),
  z
    .tuple([callRequestSchema, blockRefSchema.nullable()], noOverrideSchema)
    .refine((params) => params.length <= 4)
    .transform(([request]) => request),
]);
