import { isPrivityError, type PrivityError } from '../base/errors.ts';
import { rpcError } from './errors.ts';

const FRAMEWORK_CODES: Readonly<Record<string, Parameters<typeof rpcError>[0]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'REQUEST_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'REQUEST_MEDIA_TYPE',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'REQUEST_INVALID',
  FST_ERR_CTP_INVALID_JSON_BODY: 'REQUEST_MALFORMED_JSON',
  FST_ERR_BAD_URL: 'NOT_FOUND',
  FST_ERR_MAX_PARAM_LENGTH: 'NOT_FOUND',
  FST_ERR_HANDLER_TIMEOUT: 'REQUEST_TIMEOUT',
};

/** Every error that leaves the server is one of ours; what was not expected becomes INTERNAL, without a word of what happened. */
export function publicError(error: unknown): PrivityError {
  if (isPrivityError(error)) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FRAMEWORK_CODES[code];
  if (known !== undefined) return rpcError(known);
  // The parser's own errors: wrong JSON, or a key that would reach a prototype.
  if (error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400)
    return rpcError('REQUEST_MALFORMED_JSON');
  return rpcError('INTERNAL', '', { cause: error });
}
