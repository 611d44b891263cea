import { defineErrors } from '../base/errors.ts';

/** What can be wrong with a request before, or instead of, an answer by another layer. */
export const rpcError = defineErrors('rpc', {
  INTERNAL: { httpStatus: 500, rpcCode: -32603, publicText: 'Internal error.' },
  REQUEST_MALFORMED_JSON: { httpStatus: 400, rpcCode: -32700, publicText: 'The body is not JSON.' },
  REQUEST_TOO_LARGE: { httpStatus: 413, rpcCode: -32600, publicText: 'The body is larger than this server accepts.' },
  REQUEST_TOO_DEEP: {
    httpStatus: 400,
    rpcCode: -32600,
    publicText: 'The body is nested more deeply than this server accepts.',
  },
  REQUEST_MEDIA_TYPE: { httpStatus: 415, rpcCode: -32600, publicText: 'The content type must be application/json.' },
  REQUEST_INVALID: { httpStatus: 400, rpcCode: -32600, publicText: 'The request is not valid.' },
  REQUEST_TIMEOUT: { httpStatus: 503, rpcCode: -32603, publicText: 'The request took too long.' },
  REQUEST_CROSS_SITE: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: a login by cookie is accepted from pages of this server only.',
  },
  RATE_LIMITED: { httpStatus: 429, rpcCode: -32005, publicText: 'Too many requests; slow down.' },
  LOGIN_REQUIRED: { httpStatus: 401, rpcCode: -32090, publicText: 'Unauthorized: log in first, or again.' },
  OIDC_NOT_CONFIGURED: {
    httpStatus: 501,
    rpcCode: -32601,
    publicText: 'This chain has no identity provider configured.',
  },
  AUTHORIZE_APPLICATION: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'This application is not registered here, or not with this address.',
  },
  AUTHORIZE_REQUEST: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The application asked in a way that this chain does not understand.',
  },
  AUTHORIZE_WALLET_MISSING: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'The application needs a wallet, and none is linked to this account.',
  },
  APPLICATION_SESSION: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: an application’s session may not do this, only the person’s own login.',
  },
  PERMISSION_MISSING: { httpStatus: 403, rpcCode: -32001, publicText: 'Forbidden: your roles do not allow this.' },
  WALLET_NOT_OWN: { httpStatus: 403, rpcCode: -32001, publicText: 'Forbidden: this is not one of your wallets.' },
  NOT_FOUND: { httpStatus: 404, rpcCode: -32601, publicText: 'Not found.' },
  NOT_AVAILABLE: { httpStatus: 501, rpcCode: -32601, publicText: 'This part of the interface is not available yet.' },
  RPC_BATCH_SIZE: {
    httpStatus: 400,
    rpcCode: -32600,
    publicText: 'The batch is empty or has more requests than this server accepts.',
  },
  RPC_BATCH_ANSWER: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText:
      'The answers of the batch are larger than this server returns at once; ask for this one again by itself.',
  },
  RPC_METHOD_UNKNOWN: { httpStatus: 404, rpcCode: -32601, publicText: 'The method does not exist.' },
  RPC_METHOD_FORBIDDEN: { httpStatus: 403, rpcCode: -32001, publicText: 'Forbidden' },
  RPC_PARAMS: { httpStatus: 400, rpcCode: -32602, publicText: 'The parameters are not valid.' },
  RPC_BLOCK_UNKNOWN: { httpStatus: 404, rpcCode: -32000, publicText: 'header not found' },
  RPC_STATE_UNAVAILABLE: {
    httpStatus: 404,
    rpcCode: -32000,
    publicText: 'The state of that block is not kept; ask for the latest one, or the last of a batch.',
  },
  RPC_LOGS_RANGE: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText: 'The block range is larger than this server accepts; narrow it.',
  },
  RPC_LOGS_TOO_MANY: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText: 'The answer has more logs than this server returns at once; narrow the range or the filter.',
  },
  RPC_LOGS_BYTES: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText: 'The logs are larger than this server returns at once; narrow the range or the filter.',
  },
  RPC_LOGS_SCAN: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText: 'More blocks have logs of yours than this server reads at once; narrow the block range.',
  },
  RPC_LOGS_FILTER: {
    httpStatus: 400,
    rpcCode: -32005,
    publicText: 'You may see logs of more contracts than this server looks through at once; name some in `address`.',
  },
  RPC_LOGS_BUSY: {
    httpStatus: 429,
    rpcCode: -32005,
    publicText: 'Too many of your requests for logs wait already; ask again when they are answered.',
  },
  RPC_REVERTED: { httpStatus: 400, rpcCode: 3, publicText: 'execution reverted' },
});
