/** Requests that a curious customer could make, drawn over every method and route. What differs by world is named: `@bobHash:3`. */

import { bytesToHex } from '../../src/base/bytes.ts';
import { BASE_TOKEN_ADDRESS, TOKEN_VAULT_ADDRESS } from '../../src/chain/constants.ts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import { METHOD_CLASSES, methodsOfClass } from '../../src/policy/method-class.ts';
import { transactionOf } from '../execution/support.ts';
import type { Random } from '../policy/random.ts';
import { ETHER, rawOf } from './hidden-world.ts';
import { PEOPLE } from './people.ts';

export interface DrawnRequest {
  /** Method of JSON-RPC, or of HTTP with its route. */
  readonly name: string;
  readonly reader: 'alice' | 'frank' | 'wallet' | 'nobody';
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly payload?: unknown;
}

/** The reference's table (1D), this node's own, and some of neither. */
export const METHODS: readonly string[] = [
  ...new Set([
    ...METHOD_CLASSES.flatMap(methodsOfClass),
    ...['zks_getBridgehubContract', 'zks_getL2ToL1LogProof', 'zks_getGenesis', 'zks_getProof', 'ots_getBlockDetails'],
    ...['eth_newPendingTransactionFilter', 'eth_callMany', 'eth_simulateV1', 'eth_createAccessList', 'eth_sign'],
    ...['eth_getAccount', 'eth_getHeaderByNumber', 'eth_sendUserOperation', 'txpool_content', 'debug_traceBlock'],
    ...['eth_pendingTransactions', 'web3_sha3', 'eth_doesNotExist', 'privity_', ''],
  ]),
];

/** Asked ten times as often as the others, because they answer. */
const TELLING: readonly string[] = [
  ...['eth_getBalance', 'eth_getTransactionCount', 'eth_getCode', 'eth_getBlockByHash', 'eth_getBlockByNumber'],
  ...['eth_getBlockTransactionCountByHash', 'eth_getBlockTransactionCountByNumber', 'eth_getBlockReceipts'],
  ...['eth_getTransactionByHash', 'eth_getTransactionReceipt', 'eth_getLogs', 'eth_call', 'eth_estimateGas'],
  ...['eth_sendRawTransaction', 'privity_getOutcome', 'eth_feeHistory'],
];

export const ROUTES: readonly (readonly [DrawnRequest['method'], string])[] = [
  ['GET', '/health'],
  ['GET', '/readyz'],
  ['GET', '/metrics'],
  ['GET', '/.well-known/prividium'],
  ['GET', '/api/profiles/me'],
  ['GET', '/api/auth/current-session'],
  ['POST', '/api/auth/extend-session'],
  ['POST', '/api/auth/login/crypto-native'],
  ['POST', '/api/siwe-messages'],
  ['GET', '/api/sessions'],
  ['POST', '/api/sessions/:id/revoke'],
  ['GET', '/api/user-wallets'],
  ['POST', '/api/user-wallets'],
  ['POST', '/api/user-wallets/messages'],
  ['GET', '/api/wallet/personal-rpc-token'],
  ['GET', '/api/wallet/tokens'],
  ['POST', '/api/wallet/tokens/:id/revoke'],
  ['POST', '/api/wallet/transaction-authorization'],
  ['GET', '/api/contracts/:address/abi'],
  ['GET', '/api/audit/batches/:number'],
  ['GET', '/api/audit/batches/:number/verify'],
  ['GET', '/api/disclosure/transactions/:hash'],
  ['GET', '/api/disclosure/balances/:address'],
  ['GET', '/api/users'],
  ['GET', '/api/users/:id'],
  ['POST', '/api/users/:id/disable'],
  ['POST', '/api/users/:id/enable'],
  ['POST', '/api/users/:id/wallets/:address/unlink'],
  ['GET', '/api/admin/sessions'],
  ['POST', '/api/admin/sessions/:id/revoke'],
  ['POST', '/api/admin/sessions/revoke-all'],
  ['POST', '/rpc/service'],
];

/** Not drawn, and why; `test/interference/interference.test.ts` holds both lists against the routes that there are. */
export const NOT_DRAWN: readonly (readonly [RegExp, string])[] = [
  [/^POST \/rpc(\/wallet\/:token)?$/, 'asked with every method'],
  [
    /logout|revoke-others|POST \/api\/wallet\/invalidate|DELETE \/api\/user-wallets/,
    'would end what the readers ask with',
  ],
  [/ \/auth\//, 'pages of a login, which know nothing of the chain'],
];

const hex = (value: bigint, digits = 0) => `0x${value.toString(16).padStart(digits, '0')}`;
const SYSTEM = [0x8001n, 0x8003n, 0x8008n, 0x800an, 0x800bn, 0x10002n, 0x10003n, 0x10004n, 0x10005n];

/** Numbers to draw from: how far the worlds have come. */
export interface Extent {
  readonly head: bigint;
  readonly bobs: number;
  readonly alices: number;
  readonly aliceNonce: bigint;
  readonly chainId: bigint;
}

export function drawRequest(random: Random, extent: Extent): DrawnRequest {
  const reader = random.pick(['alice', 'alice', 'alice', 'alice', 'frank', 'wallet', 'nobody'] as const);
  if (random.below(8) === 0) return drawRoute(random, extent, reader);
  const count = random.below(20) === 0 ? 1 + random.below(6) : 1;
  const calls = Array.from({ length: count }, (_, id) => {
    const method = random.pick(random.below(12) === 0 ? METHODS : TELLING);
    return { jsonrpc: '2.0', id, method, params: drawParams(random, extent, method) };
  });
  const url = reader === 'wallet' ? '/rpc/wallet/@wallet' : '/rpc';
  const payload = count === 1 ? calls[0] : calls;
  return { name: count === 1 ? calls[0]!.method : 'batch', reader, method: 'POST', url, payload };
}

function drawRoute(random: Random, extent: Extent, reader: DrawnRequest['reader']): DrawnRequest {
  const [method, route] = random.pick(ROUTES);
  const url = route
    .replace(':address', drawAddress(random))
    .replace(':hash', drawHash(random, extent))
    .replace(':number', String(random.below(8)))
    .replace(':id', random.bits(128).toString(16).padStart(32, '0'));
  const bodies: Record<string, unknown> = {
    '/api/siwe-messages': { address: drawAddress(random) },
    '/api/user-wallets/messages': { address: drawAddress(random) },
    '/api/users/:id/disable': { reason: 'none' },
    '/api/users/:id/enable': { reason: 'none' },
    '/api/users/:id/wallets/:address/unlink': { reason: 'none' },
    '/api/wallet/transaction-authorization': {
      walletAddress: drawAddress(random),
      toAddress: drawAddress(random),
      nonce: random.below(5),
      value: String(random.below(9)),
    },
  };
  const payload = method === 'POST' ? { payload: bodies[route] ?? {} } : {};
  return { name: `${method} ${route}`, reader: reader === 'wallet' ? 'alice' : reader, method, url, ...payload };
}

function drawParams(random: Random, extent: Extent, method: string): unknown[] {
  // Now and then what the method does not expect: refusals must be the same too.
  if (random.below(25) === 0) return [random.pick([drawAddress(random), hex(random.bits(256), 64), 7, null, {}])];
  const block = () => drawBlock(random, extent);
  switch (method) {
    case 'eth_getBalance':
    case 'eth_getTransactionCount':
    case 'eth_getCode':
    case 'eth_getAccount':
      return [drawAddress(random), block()];
    case 'eth_getStorageAt':
    case 'eth_getProof':
      return [drawAddress(random), random.pick(['0x0', [], hex(random.bits(200), 64)]), block()];
    case 'eth_getBlockByHash':
    case 'eth_getBlockTransactionCountByHash':
      return [drawBlockHash(random, extent), ...(method === 'eth_getBlockByHash' ? [random.below(2) === 0] : [])];
    case 'eth_getBlockByNumber':
      return [drawNumber(random, extent), random.below(2) === 0];
    case 'eth_getBlockTransactionCountByNumber':
      return [drawNumber(random, extent)];
    case 'eth_getBlockReceipts':
      return [block()];
    case 'eth_getTransactionByHash':
    case 'eth_getTransactionReceipt':
    case 'eth_getRawTransactionByHash':
    case 'privity_getOutcome':
    case 'debug_traceTransaction':
      return [drawHash(random, extent)];
    case 'eth_getLogs':
    case 'eth_newFilter':
      return [drawFilter(random, extent)];
    case 'eth_call':
    case 'debug_traceCall':
    case 'eth_callMany':
      return [drawCall(random), random.pick(['latest', 'latest', block()])];
    case 'eth_estimateGas':
    case 'eth_createAccessList':
      return [drawCall(random)];
    case 'eth_sendRawTransaction':
    case 'eth_sendRawTransactionSync':
      return [drawRaw(random, extent)];
    case 'eth_feeHistory':
      return [hex(BigInt(1 + random.below(6))), drawNumber(random, extent), [25, 75]];
    default:
      return [];
  }
}

function drawAddress(random: Random): string {
  const { alice, bob, carol, dave, frank } = PEOPLE;
  const someone = [alice, alice, bob, bob, carol, dave, frank].map(({ address }) => address);
  return hex(random.pick([...someone, ...someone, 0xfee5n, 0n, ...SYSTEM, random.bits(160)]), 40);
}

const drawNumber = (random: Random, { head }: Extent): string =>
  random.pick(['latest', 'pending', 'safe', 'finalized', 'earliest', hex(BigInt(random.below(Number(head) + 3)))]);

const drawBlockHash = (random: Random, { head }: Extent): string =>
  random.below(10) === 0 ? hex(random.bits(256), 64) : `@blockHash:${random.below(Number(head) + 1)}`;

function drawBlock(random: Random, extent: Extent): unknown {
  const drawn = random.below(8);
  if (drawn === 0) return { blockHash: drawBlockHash(random, extent) };
  return drawn === 1 ? { blockNumber: hex(BigInt(random.below(Number(extent.head) + 2))) } : drawNumber(random, extent);
}

/** `@bobHash` is of each world; `@someHash` of the first one alone, so that in one of them there is such a transaction and in the other not. */
function drawHash(random: Random, extent: Extent): string {
  const of = (name: string, count: number) => `@${name}:${random.below(Math.max(1, count))}`;
  const { bobs, alices, head } = extent;
  return random.pick([
    of('bobHash', bobs),
    of('bobHash', bobs),
    of('someHash', bobs),
    of('aliceHash', alices),
    of('aliceHash', alices),
    of('itemHash', Number(head) + 1),
    of('blockHash', Number(head) + 1),
    hex(random.bits(256), 64),
  ]);
}

function drawFilter(random: Random, extent: Extent): unknown {
  const topicOf = () => random.pick([null, null, `0x${drawAddress(random).slice(2).padStart(64, '0')}`]);
  const topics = random.below(2) === 0 ? {} : { topics: Array.from({ length: random.below(4) }, topicOf) };
  const address =
    random.below(2) === 0
      ? {}
      : { address: random.pick(['0x000000000000000000000000000000000000800a', drawAddress(random)]) };
  if (random.below(5) === 0) return { ...topics, ...address, blockHash: drawBlockHash(random, extent) };
  return { ...topics, ...address, fromBlock: drawNumber(random, extent), toBlock: drawNumber(random, extent) };
}

const selectorOf = (signature: string) => bytesToHex(keccak256(Buffer.from(signature)).subarray(0, 4));
const VIEWS = ['balanceOf(address)', 'totalSupply()', 'identityOf(address)', 'isListed(uint64,address)'];
const OPEN_VIEWS = ['L1_CHAIN_ID()', 'BASE_TOKEN_ASSET_ID()', 'WETH_TOKEN()'];

/** Of the sort that is allowed, and of every other sort. */
function drawCall(random: Random): unknown {
  const { alice, bob } = PEOPLE;
  const from = hex(random.pick([...Array<bigint>(8).fill(alice.address), bob.address]), 40);
  const withdraw = () => bytesToHex(encodeSystemCall({ kind: 'withdraw', receiver: BigInt(drawAddress(random)) }));
  const amount = hex(random.pick([1n, ETHER, 300n * ETHER, random.bits(80)]));
  const drawn = random.below(10);
  if (drawn < 3) return { from, to: drawPerson(random), value: amount };
  if (drawn < 5) return { from, to: hex(BASE_TOKEN_ADDRESS, 40), data: withdraw(), value: amount };
  if (drawn < 6) return { from, to: hex(TOKEN_VAULT_ADDRESS, 40), data: selectorOf(random.pick(OPEN_VIEWS)) };
  const word = (address: string) => address.slice(2).padStart(64, '0');
  const data = random.pick([
    () => '0x',
    () => selectorOf(random.pick(VIEWS)) + word(drawAddress(random)),
    withdraw,
    () => hex(random.bits(64), 16),
    // Code that would look at another's account: EXTCODEHASH, EXTCODESIZE, BALANCE, answered as a word.
    () => `0x73${drawAddress(random).slice(2)}${random.pick(['3f', '3b', '31'])}5f5260205ff3`,
    () => `0x${random.pick(['4131', '47', '5f40', '48', '3a'])}5f5260205ff3`,
  ])();
  const to = random.below(4) === 0 ? {} : { to: drawAddress(random) };
  return { from, ...to, data, ...(random.below(2) === 0 ? {} : { value: amount }) };
}

const drawPerson = (random: Random): string => hex(random.pick(Object.values(PEOPLE)).address, 40);

/** Alice's own, mostly such as are refused; and Bob's of the first world, which she might have overheard. */
function drawRaw(random: Random, { aliceNonce, chainId, bobs }: Extent): string {
  if (random.below(4) === 0) return `@someRaw:${random.below(Math.max(1, bobs))}`;
  const nonce = random.pick([aliceNonce, 0n, aliceNonce + 1_000n]);
  const to = BigInt(random.below(3) === 0 ? drawAddress(random) : drawPerson(random));
  const value = random.pick([1n, 0n, 300n * ETHER, 2_000_000n * ETHER]);
  const maxFeePerGas = random.pick([10n, 0n, 1n]);
  const gasLimit = random.pick([21_000n, 20_999n, 40_000n]);
  return rawOf(transactionOf(PEOPLE.alice, { chainId, nonce, to, value, maxFeePerGas, gasLimit }));
}
