import { defineErrors } from '../base/errors.ts';

const startup = (publicText: string) => ({ httpStatus: 500, rpcCode: -32603, publicText });

export const nodeError = defineErrors('node', {
  NODE_L1_START: startup('The embedded Ethereum node did not start.'),
  NODE_HTTP_START: startup('The HTTP address cannot be listened on.'),
  NODE_L1_MISMATCH: startup('The Ethereum node or its contracts are not those of the genesis file.'),
  NODE_GENESIS: startup('The genesis file cannot be read or does not fit the configuration.'),
  NODE_KEYS: startup('A key file is missing, unreadable or has the wrong size.'),
  NODE_CHECKPOINT_INVALID: startup('A checkpoint is damaged or does not fit the block log.'),
  NODE_FACTS_INVALID: startup('What was kept of a sealed batch for its proof is missing or damaged.'),
  NODE_WITNESS_MEMORY: startup('A sealed batch needs more memory for its witnesses than the node gives.'),
  NODE_STATE_MISMATCH: startup(
    'The rebuilt state does not have the recorded root. The store is damaged or was edited.',
  ),
});
