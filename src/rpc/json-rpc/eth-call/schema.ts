import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';
import { callRequestSchema, noOverrideSchema } from '../schema/call-request.ts';

const latest = { tag: 'latest' } as const;

export const ethCallSchema = z.union([
  z.tuple([callRequestSchema]).transform(([request]) => ({ request, block: latest })),
  z
    .tuple([callRequestSchema, blockRefSchema.nullable()], noOverrideSchema)
    .refine((params) => params.length <= 4)
    .transform(([request, block]) => ({ request, block: block ?? latest })),
]);
