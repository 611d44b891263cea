import { defineErrors } from '../base/errors.ts';

/** What can be wrong with a login. Public texts never say whether a person, a wallet or a session exists. */
export const accessError = defineErrors('access', {
  LOGIN_NOT_PERMITTED: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: this login has no access to this chain.',
  },
  SESSION_NOT_EXTENDABLE: {
    httpStatus: 401,
    rpcCode: -32090,
    publicText: 'Unauthorized: the session has reached its longest life.',
  },
  SIWE_DOMAIN_REFUSED: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'Wallet logins are not accepted for this domain.',
  },
  SIWE_ADDRESS_INVALID: { httpStatus: 400, rpcCode: -32602, publicText: 'The address is not an Ethereum address.' },
  SIWE_TOO_MANY: {
    httpStatus: 429,
    rpcCode: -32005,
    publicText: 'Too many wallet logins for this address; wait a few minutes.',
  },
  SIWE_MESSAGE_INVALID: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The signed message is not one this chain issued.',
  },
  SIWE_MESSAGE_EXPIRED: {
    httpStatus: 401,
    rpcCode: -32090,
    publicText: 'The signed message has expired; ask for a new one.',
  },
  SIWE_SIGNATURE_INVALID: {
    httpStatus: 401,
    rpcCode: -32090,
    publicText: 'The signature does not belong to the address.',
  },
  SIWE_NONCE_USED: {
    httpStatus: 401,
    rpcCode: -32090,
    publicText: 'The signed message was used before; ask for a new one.',
  },
  OIDC_UNREACHABLE: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'The identity provider does not answer; try again later.',
  },
  OIDC_LOGIN_FAILED: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The login could not be completed; start it again.',
  },
  OIDC_PROVIDER_UNKNOWN: {
    httpStatus: 404,
    rpcCode: -32602,
    publicText: 'There is no such organisation here.',
  },
  OIDC_PROVIDER_MISMATCH: {
    httpStatus: 503,
    rpcCode: -32603,
    publicText: 'The identity provider does not fit what this chain was told of it.',
  },
  DEV_OIDC_FORBIDDEN: {
    httpStatus: 500,
    rpcCode: -32603,
    publicText: 'The development identity provider runs in development mode only.',
  },
  USER_UNKNOWN: { httpStatus: 404, rpcCode: -32602, publicText: 'There is no such person or session.' },
  USER_IS_SELF: {
    httpStatus: 409,
    rpcCode: -32001,
    publicText: 'Nobody administers their own access; another administrator has to.',
  },
  USER_LAST_ADMINISTRATOR: {
    httpStatus: 409,
    rpcCode: -32001,
    publicText: 'The last administrator cannot be disabled.',
  },
  WALLET_TAKEN: { httpStatus: 409, rpcCode: -32602, publicText: 'The wallet cannot be linked.' },
  WALLET_LINK_NOT_PERMITTED: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: wallets are linked and unlinked by who has logged in at their organisation.',
  },
  WALLET_TOO_MANY: {
    httpStatus: 409,
    rpcCode: -32602,
    publicText: 'No more wallets can be linked to this account.',
  },
  WALLET_NOT_LINKED: { httpStatus: 404, rpcCode: -32602, publicText: 'The wallet is not linked to this account.' },
  WALLET_IS_PUBLIC_KEY: {
    httpStatus: 403,
    rpcCode: -32001,
    publicText: 'Forbidden: the private key of this wallet is published; anybody could use it.',
  },
});
