import type { z } from 'zod';
import { rpcError } from '../../errors.ts';

/** The parsed parameters, or RPC_PARAMS without a word about what was sent. */
export function parseParams<T>(schema: z.ZodType<T>, params: readonly unknown[]): T {
  const parsed = schema.safeParse(params);
  if (!parsed.success)
    throw rpcError('RPC_PARAMS', parsed.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`).join(', '));
  return parsed.data;
}
