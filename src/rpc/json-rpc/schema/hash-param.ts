import { z } from 'zod';
import { hashSchema } from './primitives.ts';

/** One 32-byte hash. */
export const hashParamSchema = z.tuple([hashSchema]).transform(([hash]) => hash);
