import { z } from 'zod';
import { hashSchema } from '../schema/primitives.ts';

export const ethGetBlockByHashSchema = z.tuple([hashSchema, z.boolean()]);
