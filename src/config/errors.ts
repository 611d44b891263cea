import { defineErrors } from '../base/errors.ts';

export const configError = defineErrors('config', {
  CONFIG_UNREADABLE: { httpStatus: 500, rpcCode: -32603, publicText: 'The configuration file cannot be read.' },
  CONFIG_UNKNOWN_FIELD: {
    httpStatus: 500,
    rpcCode: -32603,
    publicText: 'The configuration names a field that does not exist.',
  },
  CONFIG_INVALID: { httpStatus: 500, rpcCode: -32603, publicText: 'A configuration field has an invalid value.' },
  CONFIG_UNSAFE: {
    httpStatus: 500,
    rpcCode: -32603,
    publicText: 'The configuration is unsafe; the node refuses to start.',
  },
});
