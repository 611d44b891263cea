import { z } from 'zod';
import { blockRefSchema } from './block-ref.ts';
import { addressSchema } from './primitives.ts';

/** Address and block; without a block, the latest one. */
export const accountParamsSchema = z
  .union([z.tuple([addressSchema]), z.tuple([addressSchema, blockRefSchema])])
  .transform(([address, block]) => ({ address, block: block ?? ({ tag: 'latest' } as const) }));
