import { z } from 'zod';

/** `:id` of people, sessions and wallet tokens: random, and short. */
export const idParams = z.object({ id: z.string().regex(/^[\w-]{1,64}$/) });
