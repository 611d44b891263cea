import { z } from 'zod';

const timeoutMs = 30_000;
const refusalSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** What keeps somebody from what they asked of a node, for the person at the terminal. */
export class Refused extends Error {}

export interface NodeClient {
  readonly origin: string;
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  post<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T>;
}

/** What orders answer with: nothing. */
export const noAnswer = z.undefined();

/** The REST interface of a running node. Throws `Refused` with the node's own words. */
export function createNodeClient(node: string, stop: AbortSignal, token?: string): NodeClient {
  const { origin } = new URL(node);
  const ask = async <T>(path: string, schema: z.ZodType<T>, init: RequestInit): Promise<T> => {
    const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]);
    const headers = { ...init.headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const response = await fetch(`${origin}${path}`, { ...init, headers, signal, redirect: 'error' }).catch(() => {
      throw new Refused(`nothing answers at ${origin}`);
    });
    const body: unknown = await response.json().catch(() => undefined);
    const answer = schema.safeParse(body);
    if (response.ok && answer.success) return answer.data;
    const refusal = refusalSchema.safeParse(body);
    throw new Refused(
      refusal.success ? `${refusal.data.error.code}: ${refusal.data.error.message}` : `${origin} is no Privity node`,
    );
  };
  return {
    origin,
    get: (path, schema) => ask(path, schema, {}),
    post: (path, body, schema) =>
      ask(path, schema, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
  };
}
