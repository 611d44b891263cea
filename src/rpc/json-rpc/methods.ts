import type { PolicySource } from '../port.ts';
import { ethAccounts } from './eth-accounts/handler.ts';
import { ethBlockNumber } from './eth-block-number/handler.ts';
import { ethCall } from './eth-call/handler.ts';
import { ethChainId } from './eth-chain-id/handler.ts';
import { ethEstimateGas } from './eth-estimate-gas/handler.ts';
import { ethFeeHistory } from './eth-fee-history/handler.ts';
import { ethGasPrice } from './eth-gas-price/handler.ts';
import { ethGetBalance } from './eth-get-balance/handler.ts';
import { ethGetBlockByHash } from './eth-get-block-by-hash/handler.ts';
import { ethGetBlockByNumber } from './eth-get-block-by-number/handler.ts';
import { ethGetBlockReceipts } from './eth-get-block-receipts/handler.ts';
import { ethGetBlockTransactionCountByHash } from './eth-get-block-transaction-count-by-hash/handler.ts';
import { ethGetBlockTransactionCountByNumber } from './eth-get-block-transaction-count-by-number/handler.ts';
import { ethGetCode } from './eth-get-code/handler.ts';
import { ethGetLogs } from './eth-get-logs/handler.ts';
import { ethGetTransactionByHash } from './eth-get-transaction-by-hash/handler.ts';
import { ethGetTransactionCount } from './eth-get-transaction-count/handler.ts';
import { ethGetTransactionReceipt } from './eth-get-transaction-receipt/handler.ts';
import { ethMaxPriorityFeePerGas } from './eth-max-priority-fee-per-gas/handler.ts';
import { ethSendRawTransaction } from './eth-send-raw-transaction/handler.ts';
import { ethSyncing } from './eth-syncing/handler.ts';
import type { RpcMethod } from './method.ts';
import type { MethodDeps } from './method-deps.ts';
import { netListening } from './net-listening/handler.ts';
import { netVersion } from './net-version/handler.ts';
import { privityGetOutcome } from './privity-get-outcome/handler.ts';
import { web3ClientVersion } from './web3-client-version/handler.ts';

export function createMethods(deps: MethodDeps & { policy: PolicySource }): ReadonlyMap<string, RpcMethod> {
  const methods: readonly RpcMethod[] = [
    ethAccounts(),
    ethBlockNumber(deps),
    ethCall(deps),
    ethChainId(deps),
    ethEstimateGas(deps),
    ethFeeHistory(deps),
    ethGasPrice(deps),
    ethGetBalance(deps),
    ethGetBlockByHash(deps),
    ethGetBlockByNumber(deps),
    ethGetBlockReceipts(deps),
    ethGetBlockTransactionCountByHash(deps),
    ethGetBlockTransactionCountByNumber(deps),
    ethGetCode(deps),
    ethGetLogs(deps),
    ethGetTransactionByHash(deps),
    ethGetTransactionCount(deps),
    ethGetTransactionReceipt(deps),
    ethMaxPriorityFeePerGas(),
    ethSendRawTransaction(deps),
    ethSyncing(),
    netListening(),
    netVersion(deps),
    privityGetOutcome(deps),
    web3ClientVersion(deps),
  ];
  return new Map(methods.map((method) => [method.name, method]));
}
