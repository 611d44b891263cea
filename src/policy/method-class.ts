/** Every JSON-RPC method that can be allowed at all, by class; read rules grant classes. A method that is not here is forbidden to everybody. */

export const METHOD_CLASSES = [
  'public',
  'network',
  'account',
  'block',
  'transaction',
  'logs',
  'call',
  'estimate',
  'send',
  'outcome',
  'storage',
  'fees',
  'trace',
  'disclosure',
  'audit',
] as const;

export type MethodClass = (typeof METHOD_CLASSES)[number];

const METHODS: Readonly<Record<MethodClass, readonly string[]>> = {
  public: ['eth_chainId', 'eth_blockNumber', 'eth_gasPrice', 'net_version', 'web3_clientVersion'],
  network: [
    'eth_protocolVersion',
    'eth_syncing',
    'eth_coinbase',
    'eth_maxPriorityFeePerGas',
    'eth_accounts',
    'net_listening',
  ],
  account: ['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode'],
  block: [
    'eth_getBlockByHash',
    'eth_getBlockByNumber',
    'eth_getBlockTransactionCountByHash',
    'eth_getBlockTransactionCountByNumber',
    'eth_getUncleCountByBlockHash',
    'eth_getUncleCountByBlockNumber',
  ],
  transaction: [
    'eth_getTransactionByHash',
    'eth_getTransactionReceipt',
    'eth_getTransactionByBlockHashAndIndex',
    'eth_getTransactionByBlockNumberAndIndex',
    'eth_getBlockReceipts',
    'eth_getRawTransactionByHash',
  ],
  logs: [
    'eth_getLogs',
    'eth_newFilter',
    'eth_newBlockFilter',
    'eth_getFilterChanges',
    'eth_getFilterLogs',
    'eth_uninstallFilter',
    'eth_subscribe',
    'eth_unsubscribe',
  ],
  call: ['eth_call'],
  estimate: ['eth_estimateGas'],
  send: ['eth_sendRawTransaction', 'eth_sendRawTransactionSync'],
  outcome: ['privity_getOutcome'],
  storage: ['eth_getStorageAt', 'eth_getProof'],
  fees: ['eth_feeHistory', 'eth_blobBaseFee'],
  trace: ['debug_traceCall', 'debug_traceTransaction'],
  disclosure: ['privity_getDisclosure'],
  audit: ['privity_getAudit'],
};

const BY_METHOD: ReadonlyMap<string, MethodClass> = new Map(
  METHOD_CLASSES.flatMap((name) => METHODS[name].map((method) => [method, name] as const)),
);

export const classOfMethod = (method: string): MethodClass | undefined => BY_METHOD.get(method);

export const methodsOfClass = (name: MethodClass): readonly string[] => METHODS[name];
