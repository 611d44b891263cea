import type { FastifyInstance } from 'fastify';
import { rpcError } from './errors.ts';

/**
 * JSON bodies: bounded in depth before they are parsed (a deep one costs stack), without `__proto__` and `constructor.prototype` keys, and
 * absent when empty, because clients send the content type with bodiless requests too.
 */
export function useStrictJson(app: FastifyInstance, limits: { readonly jsonDepthMax: number }): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body as string;
    if (text === '') return done(null, undefined);
    if (nestsDeeperThan(text, limits.jsonDepthMax)) return done(rpcError('REQUEST_TOO_DEEP'));
    return parse(request, text, done);
  });
}

/** Counts brackets outside strings; wrong JSON is left to the parser. */
export function nestsDeeperThan(text: string, depthMax: number): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfString(text, i);
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (code === 0x7d || code === 0x5d) {
      depth -= 1;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}
