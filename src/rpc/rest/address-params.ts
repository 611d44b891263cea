import { z } from 'zod';

/** `:address` of a wallet. */
export const addressParams = z.object({ address: z.string().regex(/^0x[0-9a-fA-F]{40}$/) });
