import { isPrivityError } from '../base/errors.ts';

/**
 * How requests and errors stand in the log: never a URL (wallet tokens are in them), a header, a body, or the message of an error that is not
 * ours (libraries quote their input).
 */
export const logSerializers = {
  req: (request: { id?: unknown; method?: unknown; routeOptions?: { url?: unknown } }) => ({
    id: request.id,
    method: request.method,
    route: request.routeOptions?.url,
  }),
  res: (reply: { statusCode?: unknown }) => ({ status: reply.statusCode }),
  err: describeError,
};

function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { type: typeof error };
  const cause = error.cause === undefined ? {} : { cause: describeError(error.cause) };
  if (isPrivityError(error)) return { code: error.code, text: error.internalText, ...cause };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {};
  return { type: error.name, ...code, stack: frames.map((frame) => frame.trim()).slice(0, 12), ...cause };
}
