import { defineErrors } from '../base/errors.ts';

const internal = { httpStatus: 500, rpcCode: -32603 } as const;

const l1 = (publicText: string) => ({ httpStatus: 503, rpcCode: -32603, publicText });

export const settlementError = defineErrors('settlement', {
  CONTRACTS_DO_NOT_COMPILE: { ...internal, publicText: 'The L1 contracts do not compile.' },
  CONTRACT_UNKNOWN: { ...internal, publicText: 'No L1 contract has this name.' },
  CONTRACT_NOT_LINKED: { ...internal, publicText: 'An L1 contract needs a library that is not deployed with it.' },
  DEPLOYMENT_UNSAFE: { ...internal, publicText: 'The deployment is refused: a setting is unsafe.' },
  DEPLOYMENT_FAILED: { ...internal, publicText: 'A contract could not be deployed on L1.' },
  L1_UNREACHABLE: l1('The Ethereum node does not answer. The chain goes on; settlement catches up when it is back.'),
  L1_STATE_UNAVAILABLE: l1(
    'The Ethereum node does not keep the state of a confirmed block. The chain goes on; operations and settlement wait for newer blocks.',
  ),
  L1_WRONG_CHAIN: l1('The Ethereum node has another chain id than the configuration names.'),
  L1_CALL_REVERTED: l1('Ethereum refused a settlement transaction. The log names the contract error.'),
  L1_GOVERNANCE_REFUSED: l1('Ethereum refuses this act of governance.'),
  L1_FEE_CAP: l1('The Ethereum base fee is above l1.maxFeeGwei. Settlement waits.'),
  L1_FORK: l1('Ethereum holds a batch that this node did not make. Two sequencers, or a wrong data folder.'),
  L1_DEEP_REORG: l1(
    'Ethereum dropped operations that batches had taken. Nothing is sealed until that is certain; then the batches are withdrawn.',
  ),
  L1_QUEUE_BROKEN: l1('The Ethereum node shows operations that do not fit the roll which the bridge keeps.'),
});
