import type { z } from 'zod';
import { rpcError } from '../errors.ts';

/** The parsed value, or REQUEST_INVALID without a word about what was sent. */
export function parseInput<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const issues = parsed.error.issues.map(({ path, code }) => `${path.join('.')} ${code}`);
    throw rpcError('REQUEST_INVALID', issues.join(', '));
  }
  return parsed.data;
}
