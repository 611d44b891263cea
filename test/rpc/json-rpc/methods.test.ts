import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isForbiddenMethod } from '../../../src/rpc/json-rpc/forbidden-methods.ts';
import { type RpcWorld, startRpcWorld } from '../../support/rpc-world.ts';

/** Methods that other nodes have and nobody gets here (reference table 1D). */
const CLOSED = [
  'debug_traceCall',
  'debug_traceTransaction',
  'ots_getBlockDetails',
  'txpool_content',
  'unstable_sendRawTransactionWithDetailedOutput',
  'eth_subscribe',
  'eth_unsubscribe',
  'eth_newFilter',
  'eth_getFilterChanges',
  'eth_getStorageAt',
  'eth_getProof',
  'zks_getProof',
  'zks_getBridgehubContract',
  'eth_callMany',
  'eth_simulateV1',
  'eth_createAccessList',
  'eth_sendTransaction',
  'eth_sendRawTransactionSync',
  'eth_sign',
  'eth_signTransaction',
  'eth_signTypedData_v4',
  'eth_getTransactionByBlockNumberAndIndex',
  'eth_getRawTransactionByHash',
  'eth_getAccount',
  'eth_blobBaseFee',
  'web3_sha3',
  'anvil_setBalance',
  'hardhat_impersonateAccount',
  'evm_mine',
  'personal_unlockAccount',
  'admin_peers',
  'engine_newPayloadV3',
  'prividium_tokenBalanceDisclosure',
];

describe('methods', () => {
  let world: RpcWorld;
  let token: string;
  beforeAll(async () => {
    world = await startRpcWorld();
    token = await world.login(world.people.alice);
  });
  afterAll(() => world.close());

  it('answers what wallets ask first', async () => {
    const ask = async (method: string, ...params: unknown[]) => (await world.rpc(token, method, params)).result;
    expect(await ask('eth_chainId')).toBe('0x1bc3');
    expect(await ask('net_version')).toBe('7107');
    expect(await ask('web3_clientVersion')).toBe('Privity/0.1.0');
    expect(await ask('eth_blockNumber')).toBe('0x0');
    expect(await ask('eth_gasPrice')).toBe('0x7');
    expect(await ask('eth_maxPriorityFeePerGas')).toBe('0x0');
    expect(await ask('eth_syncing')).toBe(false);
    expect(await ask('net_listening')).toBe(true);
    expect(await ask('eth_accounts')).toEqual([world.people.alice.address.toLowerCase()]);
    expect(await ask('eth_feeHistory', '0x4', 'latest', [10, 50])).toEqual({
      oldestBlock: '0x0',
      baseFeePerGas: ['0x7', '0x7'],
      gasUsedRatio: [0],
      reward: [['0x0', '0x0']],
    });
    expect(await ask('eth_feeHistory', 1, 'latest')).not.toHaveProperty('reward');
  });

  it.each(CLOSED)('%s is forbidden to everybody logged in', async (method) => {
    expect(isForbiddenMethod(method)).toBe(true);
    for (const who of [token, await world.sessionOf('auditor')]) {
      expect((await world.rpc(who, method)).error).toEqual({
        code: -32001,
        message: 'Forbidden',
        data: { code: 'RPC_METHOD_FORBIDDEN' },
      });
    }
  });

  it.each([
    'eth_doesNotExist',
    'ETH_chainId',
    'eth_chainid',
    '',
    'toString',
    'constructor',
    '__proto__',
    'eth_getBalance ',
  ])('%j does not exist', async (method) => {
    expect((await world.rpc(token, method)).error?.code).toBe(-32601);
  });

  it('without a login only the public ones answer; the rest ask for one, whatever they are', async () => {
    for (const method of ['eth_chainId', 'net_version', 'web3_clientVersion', 'eth_blockNumber', 'eth_gasPrice']) {
      expect((await world.rpc(undefined, method)).result).toBeDefined();
    }
    for (const method of [
      'eth_getBalance',
      'eth_accounts',
      'eth_sendRawTransaction',
      'eth_getLogs',
      'privity_getOutcome',
      ...CLOSED.slice(0, 3),
    ]) {
      expect((await world.rpc(undefined, method)).error?.code).toBe(-32090);
    }
  });

  it('the policy’s own limits count by user', async () => {
    const answers = [];
    for (let i = 0; i < 620; i += 1) answers.push((await world.rpc(token, 'eth_getLogs', [{}])).error?.data?.code);
    expect(answers.slice(0, 600).every((code) => code === undefined)).toBe(true);
    expect(answers.slice(600).every((code) => code === 'RATE_LIMITED')).toBe(true);
    expect((await world.rpc(await world.login(world.people.bob), 'eth_getLogs', [{}])).result).toEqual([]);
    world.clock.advance(60_000);
    expect((await world.rpc(token, 'eth_getLogs', [{}])).result).toEqual([]);
  });

  const address = `0x${'11'.repeat(20)}`;
  const hash = `0x${'22'.repeat(32)}`;
  it.each<[string, unknown[]]>([
    ['eth_chainId', [1]],
    ['eth_getBalance', []],
    ['eth_getBalance', ['0x12', 'latest']],
    ['eth_getBalance', [address, 'newest']],
    ['eth_getBalance', [address, 12]],
    ['eth_getBalance', [address, 'latest', 'x']],
    ['eth_getBalance', [address, { blockNumber: '0x1', x: 1 }]],
    ['eth_getBalance', [{ address }, 'latest']],
    ['eth_getBalance', [`0x${'11'.repeat(32)}`, 'latest']],
    ['eth_getTransactionByHash', [address]],
    ['eth_getTransactionByHash', [hash, hash]],
    ['eth_getTransactionReceipt', [null]],
    ['eth_getBlockByNumber', ['latest']],
    ['eth_getBlockByNumber', ['latest', 'true']],
    ['eth_getBlockByNumber', ['-0x1', true]],
    ['eth_getBlockByHash', ['latest', true]],
    ['eth_getBlockReceipts', []],
    ['eth_getLogs', []],
    ['eth_getLogs', [{ fromBlock: 'latest', blockHash: hash }]],
    ['eth_getLogs', [{ topics: [[[hash]]] }]],
    ['eth_getLogs', [{ topics: [null, null, null, null, null] }]],
    ['eth_getLogs', [{ address: 'x' }]],
    ['eth_getLogs', [{ address: Array(300).fill(address) }]],
    ['eth_getLogs', [{ limit: 1 }]],
    ['eth_feeHistory', ['0x0', 'latest']],
    ['eth_feeHistory', ['0x1', 'latest', [101]]],
    ['privity_getOutcome', ['x']],
  ])('%s%j is refused, and nothing of it comes back', async (method, params) => {
    const { error } = await world.rpc(token, method, params);
    expect(error).toEqual({ code: -32602, message: 'The parameters are not valid.', data: { code: 'RPC_PARAMS' } });
  });

  it('parameters by name are refused', async () => {
    expect((await world.rpc(token, 'eth_getBalance', { address })).error?.code).toBe(-32602);
  });

  it('too wide a range of logs is refused before anything is read', async () => {
    for (let i = 0; i < 101; i += 1) world.small.mine();
    expect((await world.rpc(token, 'eth_getLogs', [{ fromBlock: '0x0', toBlock: 'latest' }])).error?.data?.code).toBe(
      'RPC_LOGS_RANGE',
    );
  });
});
