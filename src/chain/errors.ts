import { defineErrors } from '../base/errors.ts';

/** What can be wrong with a signed transaction before anybody looks at the state. */
export const chainError = defineErrors('chain', {
  TX_MALFORMED: { httpStatus: 400, rpcCode: -32602, publicText: 'The transaction cannot be decoded.' },
  TX_TOO_LARGE: { httpStatus: 400, rpcCode: -32602, publicText: 'The transaction is larger than this chain accepts.' },
  TX_NOT_CANONICAL: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The transaction is not in its one canonical encoding.',
  },
  TX_TYPE_UNSUPPORTED: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'Only transaction types 0 (with a chain id), 1 and 2 are accepted.',
  },
  TX_WRONG_CHAIN: { httpStatus: 400, rpcCode: -32602, publicText: 'The transaction is signed for another chain.' },
  TX_BAD_SIGNATURE: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The signature is invalid (zero, out of range, or with a high s value, which EIP-2 forbids).',
  },
});
