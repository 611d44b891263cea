/**
 * What a wallet URL serves: what wallets ask to show their owner's account and to send what the owner signed. Everything else, however harmless
 * to the owner, is for sessions: the URL is kept in wallets and pasted into settings, so it opens the least.
 */
const WALLET_METHODS: ReadonlySet<string> = new Set([
  'eth_accounts',
  'eth_blockNumber',
  'eth_call',
  'eth_chainId',
  'eth_estimateGas',
  'eth_feeHistory',
  'eth_gasPrice',
  'eth_getBalance',
  'eth_getBlockByHash',
  'eth_getBlockByNumber',
  'eth_getCode',
  'eth_getTransactionByHash',
  'eth_getTransactionCount',
  'eth_getTransactionReceipt',
  'eth_maxPriorityFeePerGas',
  'eth_sendRawTransaction',
  'eth_syncing',
  'net_listening',
  'net_version',
  'privity_getOutcome',
  'web3_clientVersion',
]);

export const isWalletMethod = (method: string): boolean => WALLET_METHODS.has(method);
