import { defineErrors } from '../base/errors.ts';

const refused = (publicText: string) => ({ httpStatus: 400, rpcCode: -32000, publicText });

/**
 * Why a well-formed transaction is not included: TX_ for its sender to mend, UNPROVABLE_ for what the circuits of this version do not cover
 * (G2). Texts begin as other Ethereum nodes' do, because wallets search for those words.
 */
export const executionError = defineErrors('execution', {
  TX_NONCE_TOO_LOW: refused('nonce too low'),
  TX_NONCE_TOO_HIGH: refused('nonce too high'),
  TX_NONCE_MAX: refused('nonce has max value (EIP-2681)'),
  TX_INSUFFICIENT_FUNDS: refused('insufficient funds for gas * price + value'),
  TX_INTRINSIC_GAS: refused('intrinsic gas too low'),
  TX_FEE_TOO_LOW: refused('max fee per gas less than block base fee'),
  TX_PRIORITY_FEE_ABOVE_MAX: refused('max priority fee per gas higher than max fee per gas'),
  TX_GAS_LIMIT: refused('exceeds block gas limit'),
  TX_SENDER_NOT_EOA: refused('sender not an eoa (EIP-3607)'),
  TX_INIT_CODE_SIZE: refused('max initcode size exceeded (EIP-3860)'),
  TX_BALANCE_RANGE: refused('a balance would leave the range this chain can represent'),
  UNPROVABLE_CONTRACT_CALL: refused('contract calls are not provable yet'),
  UNPROVABLE_DEPLOYMENT: refused('contract deployments are not provable yet'),
  UNPROVABLE_ACCESS_LIST: refused('access lists are not provable yet'),
  UNPROVABLE_RESERVED_RECIPIENT: refused('the recipient is an address reserved for precompiles and system contracts'),
  UNPROVABLE_CALLDATA: refused('the calldata is not a canonical call of this system contract'),
  CALL_FAILED: refused('execution failed'),
  CALL_BUSY: { httpStatus: 503, rpcCode: -32005, publicText: 'Busy: too many calls are waiting. Try again later.' },
  CALL_LIMIT: {
    httpStatus: 400,
    rpcCode: -32000,
    publicText: 'The call takes longer, or looks at more, than this node allows.',
  },
});
