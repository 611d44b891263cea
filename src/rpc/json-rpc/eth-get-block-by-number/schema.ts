import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';

export const ethGetBlockByNumberSchema = z.tuple([blockRefSchema, z.boolean()]);
