import { defineErrors } from '../base/errors.ts';

export const auditError = defineErrors('audit', {
  AUDIT_CHAIN_BROKEN: {
    httpStatus: 500,
    rpcCode: -32603,
    publicText: 'The audit log does not hash to its head: a row was edited, removed or reordered.',
  },
});
