import { z } from 'zod';
import { blockRefSchema } from '../schema/block-ref.ts';

export const ethGetBlockTransactionCountByNumberSchema = z.tuple([blockRefSchema]);
