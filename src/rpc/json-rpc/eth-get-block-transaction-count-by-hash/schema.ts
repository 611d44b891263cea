import { z } from 'zod';
import { hashSchema } from '../schema/primitives.ts';

export const ethGetBlockTransactionCountByHashSchema = z.tuple([hashSchema]);
