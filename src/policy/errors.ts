import { defineErrors } from '../base/errors.ts';

export const policyError = defineErrors('policy', {
  POLICY_INVALID: { httpStatus: 400, rpcCode: -32602, publicText: 'The policy file has errors.' },
  POLICY_UNREADABLE: { httpStatus: 500, rpcCode: -32603, publicText: 'The policy file cannot be read.' },
  POLICY_SALT: {
    httpStatus: 500,
    rpcCode: -32603,
    publicText: 'The policy salt must be 32 bytes and is missing or malformed.',
  },
  POLICY_WILDCARD: {
    httpStatus: 400,
    rpcCode: -32602,
    publicText: 'The policy allows any target; only the conformance tests may compile such a policy.',
  },
  POLICY_UNKNOWN_RULE: { httpStatus: 404, rpcCode: -32602, publicText: 'The policy has no rule of that id.' },
  POLICY_DENIED: { httpStatus: 403, rpcCode: -32001, publicText: 'The policy does not allow this.' },
  POLICY_LIST_INVALID: { httpStatus: 400, rpcCode: -32602, publicText: 'The list file has errors.' },
  POLICY_CASES_INVALID: { httpStatus: 400, rpcCode: -32602, publicText: 'The decision table has errors.' },
  POLICY_REPLAY_MISMATCH: {
    httpStatus: 409,
    rpcCode: -32603,
    publicText: 'The recorded decision cannot be reproduced from the given policy, lists and identities.',
  },
});
