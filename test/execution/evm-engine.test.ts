import { decodeFunctionResult, encodeFunctionData, getAddress, parseAbi } from 'viem';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesToBigInt, bytesToHex, concatBytes, hexToBytes } from '../../src/base/bytes.ts';
import { FLAG_FROZEN, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { encodeIdentity } from '../../src/chain/identity.ts';
import { keccakWord } from '../../src/chain/keccak.ts';
import { accountKey, codeHashKey, listKey, storageKey, systemKey } from '../../src/chain/keys.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import { fromWord, toWord } from '../../src/chain/word.ts';
import { createEvmEngine, type EvmEngine } from '../../src/execution/evm/evm-engine.ts';
import { baseTokenAssetId } from '../../src/execution/evm/system-views.ts';
import type { CallRequest, JudgeFrame } from '../../src/execution/port.ts';
import type { WriteRequest } from '../../src/policy/port.ts';
import { assemble, RETURN_TOP } from './assemble.ts';
import { blockOf, CHAIN_ID, type MemoryState, stateOf } from './support.ts';

const L1_CHAIN_ID = 31_337n;
const GAS_MAX = 2_000_000n;
const USER = 0x1111_0000_0000_0001n;
const CONTRACT = 0x2222_0000_0000_0002n;
const OTHER = 0x3333_0000_0000_0003n;

const codes = new Map<bigint, Uint8Array>();
const allow: JudgeFrame = () => ({ allow: true });
let engine: EvmEngine;

beforeAll(async () => {
  engine = await createEvmEngine(
    { chainId: CHAIN_ID, callGasMax: GAS_MAX, systemViews: { l1ChainId: L1_CHAIN_ID } },
    { codes },
  );
});

function install(state: MemoryState, address: bigint, code: Uint8Array): MemoryState {
  const hash = keccakWord(code);
  codes.set(hash, code);
  return state.set(codeHashKey(address), toWord(hash));
}

const request = (fields: Partial<CallRequest> = {}): CallRequest => ({
  from: USER,
  to: CONTRACT,
  value: 0n,
  data: new Uint8Array(),
  gas: undefined,
  ...fields,
});

const call = (state: MemoryState, fields: Partial<CallRequest> = {}, judge: JudgeFrame = allow, block = blockOf()) =>
  engine.call(state, block, request(fields), judge);

async function word(state: MemoryState, fields: Partial<CallRequest> = {}, block = blockOf()): Promise<bigint> {
  const outcome = await call(state, fields, allow, block);
  if (outcome.kind !== 'returned')
    throw new Error(JSON.stringify(outcome, (_, v) => (typeof v === 'bigint' ? `${v}` : v)));
  return bytesToBigInt(outcome.data);
}

describe('eth_call', () => {
  test('reads our leaves and changes nothing', async () => {
    const state = install(stateOf(), CONTRACT, assemble(1n, 7n, 'SLOAD', 'ADD', 7n, 'SSTORE', 7n, 'SLOAD', RETURN_TOP));
    state.set(storageKey(CONTRACT, 7n), toWord(2n ** 255n));
    const before = new Map(state.leaves);
    expect(await word(state)).toBe(2n ** 255n + 1n);
    expect(await word(state)).toBe(2n ** 255n + 1n);
    expect(state.leaves).toEqual(before);
  });

  test('sees the block it is given', async () => {
    const state = install(
      stateOf(),
      CONTRACT,
      assemble('PREVRANDAO', 'NUMBER', 'ADD', 6n, 'BLOCKHASH', 'ADD', RETURN_TOP),
    );
    const block = blockOf({ prevrandao: 100n, number: 7n, blockHash: (number) => number * 1000n });
    expect(await word(state, {}, block)).toBe(100n + 7n + 6000n);
  });

  test('keeps transient storage and warm slots to one run', async () => {
    const state = install(stateOf(), CONTRACT, assemble(0n, 'TLOAD', 5n, 0n, 'TSTORE', RETURN_TOP));
    expect(await word(state)).toBe(0n);
    expect(await word(state)).toBe(0n);
    const gas = install(stateOf(), CONTRACT, assemble(3n, 'GAS', 3n, 'SLOAD', 'POP', 'GAS', 'SUB', RETURN_TOP));
    expect(await word(gas)).toBe(await word(gas));
  });

  test('tells revert data from failure', async () => {
    const state = install(stateOf(), CONTRACT, assemble(0xabn, 0n, 'MSTORE', 32n, 0n, 'REVERT'));
    expect(await call(state)).toMatchObject({ kind: 'reverted', data: expect.objectContaining({ length: 32 }) });
    expect(await call(install(stateOf(), CONTRACT, assemble('INVALID')))).toMatchObject({ kind: 'failed' });
    expect(await call(stateOf(), { gas: 20_999n })).toMatchObject({ kind: 'failed', reason: 'intrinsic gas too low' });
    expect(await call(stateOf(), { value: 1n })).toMatchObject({ kind: 'failed' });
  });

  test('is bounded in gas, whatever is asked for', async () => {
    const loop = Uint8Array.of(0x5b, 0x5f, 0x56);
    const outcome = await call(install(stateOf(), CONTRACT, loop), { gas: 2n ** 63n });
    expect(outcome).toEqual({ kind: 'failed', reason: 'out of gas', gasUsed: GAS_MAX });
  });

  test('runs one at a time, also when two are started together', async () => {
    const slow = install(stateOf(), CONTRACT, assemble('CALLVALUE', 7n, 'SSTORE', 7n, 'SLOAD', RETURN_TOP)).fund(
      USER,
      10n,
    );
    const values = await Promise.all([1n, 2n, 3n].map((value) => word(slow, { value })));
    expect(values).toEqual([1n, 2n, 3n]);
  });

  test('survives a state that throws', async () => {
    const state = install(stateOf(), CONTRACT, assemble(1n, RETURN_TOP));
    const broken = {
      get: () => {
        throw new Error('disk');
      },
    };
    await expect(engine.call(broken, blockOf(), request(), allow)).rejects.toThrow('disk');
    expect(await word(state)).toBe(1n);
  });

  test('stops the node when a code is missing from the code store', async () => {
    await expect(call(stateOf().set(codeHashKey(CONTRACT), toWord(5n)))).rejects.toThrow(/code store/);
  });
});

describe('policy on frames', () => {
  const record =
    (frames: WriteRequest[], deny: (frame: WriteRequest) => boolean = () => false): JudgeFrame =>
    (frame) => {
      frames.push(frame);
      return deny(frame) ? { allow: false, ruleId: 'r', reason: 'no' } : { allow: true };
    };
  const callTo = (to: bigint, value: bigint) => assemble(0n, 0n, 0n, 0n, value, to, 'GAS', 'CALL');

  test('is asked for outer and inner calls, with the signer', async () => {
    const state = install(install(stateOf(), CONTRACT, callTo(OTHER, 0n)), OTHER, assemble('STOP'));
    const frames: WriteRequest[] = [];
    await call(state, {}, record(frames));
    expect(frames.map(({ signer, to, code, storage }) => ({ signer, to, code, storage }))).toEqual([
      { signer: USER, to: CONTRACT, code: CONTRACT, storage: CONTRACT },
      { signer: USER, to: OTHER, code: OTHER, storage: OTHER },
    ]);
  });

  test.each([
    ['a call', callTo(OTHER, 1n), (f: WriteRequest) => f.to === OTHER],
    [
      'a call that is reverted later',
      concatBytes(callTo(OTHER, 0n), assemble(0n, 0n, 'REVERT')),
      (f: WriteRequest) => f.to === OTHER,
    ],
    ['a static call', assemble(0n, 0n, 0n, 0n, OTHER, 'GAS', 'STATICCALL'), (f: WriteRequest) => f.to === OTHER],
    [
      'foreign code on own storage',
      assemble(0n, 0n, 0n, 0n, OTHER, 'GAS', 'DELEGATECALL'),
      (f: WriteRequest) => f.code === OTHER && f.storage === CONTRACT,
    ],
    ['a creation', assemble(0n, 0n, 3n, 'CREATE'), (f: WriteRequest) => f.to === undefined && f.value === 3n],
    ['SELFDESTRUCT', assemble(OTHER, 'SELFDESTRUCT'), (f: WriteRequest) => f.to === OTHER && f.value === 9n],
  ])('denies %s, wherever it stands', async (_, code, isIt) => {
    const state = install(install(stateOf(), CONTRACT, code), OTHER, assemble('STOP')).fund(CONTRACT, 9n);
    const frames: WriteRequest[] = [];
    expect(await call(state, {}, record(frames, isIt))).toEqual({ kind: 'denied', ruleId: 'r', reason: 'no' });
    expect(await engine.estimateGas(state, blockOf(), request(), record([], isIt))).toMatchObject({ kind: 'denied' });
    expect((await call(state, {}, record([]))).kind).not.toBe('denied');
  });

  test('a denied transaction changes nothing', async () => {
    const state = stateOf().fund(USER, 10n ** 18n);
    const tx = {
      ...request({ to: OTHER, value: 1n }),
      type: 2 as const,
      chainId: CHAIN_ID,
      sender: USER,
      nonce: 0n,
      maxFeePerGas: 1n,
      maxPriorityFeePerGas: 0n,
      gasLimit: 21_000n,
      accessList: [],
    };
    expect(
      await engine.executeTransaction(state, blockOf(), tx, () => ({ allow: false, ruleId: 'r', reason: 'no' })),
    ).toEqual({
      kind: 'denied',
      ruleId: 'r',
      reason: 'no',
    });
    const outcome = await engine.executeTransaction(state, blockOf(), tx, allow);
    expect(outcome).toMatchObject({ kind: 'executed', result: { status: 1, gasUsed: 21_000n } });
  });
});

describe('estimates', () => {
  test('a transfer and a call exactly: one gas less fails', async () => {
    const state = install(stateOf(), CONTRACT, assemble(1n, 7n, 'SSTORE', 'STOP')).fund(USER, 5n);
    expect(await engine.estimateGas(state, blockOf(), request({ to: OTHER, value: 5n }), allow)).toEqual({
      kind: 'estimated',
      gas: 21_000n,
    });
    const estimate = await engine.estimateGas(state, blockOf(), request(), allow);
    if (estimate.kind !== 'estimated') throw new Error(estimate.kind);
    expect((await call(state, { gas: estimate.gas })).kind).toBe('returned');
    expect((await call(state, { gas: estimate.gas - 1n })).kind).toBe('failed');
  });

  test('what a callee must be given on top (EIP-150)', async () => {
    const inner = assemble(1n, 7n, 'SSTORE', 'STOP');
    // Reverts unless the inner call succeeded: 64ths must be there.
    const outer = concatBytes(
      assemble(0n, 0n, 0n, 0n, 0n, OTHER, 'GAS', 'CALL'),
      Uint8Array.of(0x60, 0x2a, 0x57, 0x5f, 0x5f, 0xfd),
    );
    const padded = concatBytes(outer, new Uint8Array(0x2a - outer.length), Uint8Array.of(0x5b, 0x00));
    const state = install(install(stateOf(), CONTRACT, padded), OTHER, inner);
    const estimate = await engine.estimateGas(state, blockOf(), request(), allow);
    if (estimate.kind !== 'estimated') throw new Error(estimate.kind);
    expect((await call(state, { gas: estimate.gas })).kind).toBe('returned');
    expect((await call(state, { gas: estimate.gas - 1n })).kind).not.toBe('returned');
  });

  test('a call that fails fails the estimate', async () => {
    const state = install(stateOf(), CONTRACT, assemble(0n, 0n, 'REVERT'));
    expect(await engine.estimateGas(state, blockOf(), request(), allow)).toMatchObject({ kind: 'reverted' });
  });
});

describe('system contracts answer views', () => {
  const at = (address: bigint) => ({ to: address });
  const abi = parseAbi([
    'function policyRoot() view returns (uint256)',
    'function listRoot(uint64 list) view returns (uint256)',
    'function identityOf(address subject) view returns (uint256)',
    'function isListed(uint64 list, address account) view returns (bool)',
    'function name() view returns (string)',
    'function symbol() view returns (string)',
    'function decimals() view returns (uint8)',
    'function L1_CHAIN_ID() view returns (uint256)',
    'function BASE_TOKEN_ASSET_ID() view returns (bytes32)',
    'function WETH_TOKEN() view returns (address)',
    'function originChainId(bytes32 assetId) view returns (uint256)',
    'function withdraw(address receiver) payable',
  ]);
  const hex = (value: bigint) => `0x${value.toString(16).padStart(40, '0')}` as const;
  const state = stateOf()
    .set(systemKey(SYSTEM_NAME.POLICY), toWord(77n))
    .set(listKey(3n, OTHER), toWord(1n))
    .identify(USER, { roles: 5n, flags: FLAG_FROZEN, expiry: 99n });
  const assetId = `0x${baseTokenAssetId(L1_CHAIN_ID).toString(16).padStart(64, '0')}` as const;
  const identity = fromWord(encodeIdentity({ roles: 5n, flags: FLAG_FROZEN, expiry: 99n }));

  test.each([
    [0xa001n, 'policyRoot', [], 77n],
    [0xa001n, 'listRoot', [3n], 0n],
    [0xa002n, 'identityOf', [hex(USER)], identity],
    [0xa002n, 'identityOf', [hex(OTHER)], 0n],
    [0xa003n, 'isListed', [3n, hex(OTHER)], true],
    [0xa003n, 'isListed', [4n, hex(OTHER)], false],
    [0x800an, 'name', [], 'Ether'],
    [0x800an, 'symbol', [], 'ETH'],
    [0x800an, 'decimals', [], 18],
    [0x10004n, 'L1_CHAIN_ID', [], L1_CHAIN_ID],
    [0x10004n, 'BASE_TOKEN_ASSET_ID', [], assetId],
    [0x10004n, 'WETH_TOKEN', [], hex(0n)],
    [0x10004n, 'originChainId', [assetId], L1_CHAIN_ID],
    [0x10004n, 'originChainId', [`0x${'11'.repeat(32)}`], 0n],
  ] as const)('0x%s %s', async (address, functionName, args, expected) => {
    const data = hexToBytes(
      encodeFunctionData({ abi, functionName, args } as Parameters<typeof encodeFunctionData>[0]),
    );
    const outcome = await call(state, { ...at(address), data });
    if (outcome.kind !== 'returned') throw new Error(outcome.kind);
    expect(decodeFunctionResult({ abi, functionName, data: bytesToHex(outcome.data) })).toEqual(expected);
  });

  test('of the token vault say what the bridge of this chain is told', async () => {
    const weth = 0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2n;
    const other = await createEvmEngine(
      { chainId: CHAIN_ID, callGasMax: GAS_MAX, systemViews: { l1ChainId: 1n, weth } },
      { codes: { get: () => undefined } },
    );
    const ask = async (functionName: 'L1_CHAIN_ID' | 'BASE_TOKEN_ASSET_ID' | 'WETH_TOKEN') => {
      const data = hexToBytes(encodeFunctionData({ abi, functionName }));
      const outcome = await other.call(state, blockOf(), request({ ...at(0x10004n), data }), allow);
      if (outcome.kind !== 'returned') throw new Error(outcome.kind);
      return decodeFunctionResult({ abi, functionName, data: bytesToHex(outcome.data) });
    };
    expect(await ask('L1_CHAIN_ID')).toBe(1n);
    expect(await ask('WETH_TOKEN')).toBe(getAddress(hex(weth)));
    expect(await ask('BASE_TOKEN_ASSET_ID')).toBe(`0x${baseTokenAssetId(1n).toString(16).padStart(64, '0')}`);
    expect(baseTokenAssetId(1n)).not.toBe(baseTokenAssetId(L1_CHAIN_ID));
  });

  test.each([
    ['an unknown function', 0xa002n, '0x12345678'],
    ['nothing', 0xa002n, '0x'],
    [
      'a short argument',
      0xa002n,
      encodeFunctionData({ abi, functionName: 'identityOf', args: [hex(USER)] }).slice(0, -2),
    ],
    [
      'a dirty argument',
      0xa002n,
      encodeFunctionData({ abi, functionName: 'identityOf', args: [hex(USER)] }).replace('000', '001'),
    ],
    [
      'a writing function cut short',
      0x800an,
      encodeFunctionData({ abi, functionName: 'withdraw', args: [hex(USER)] }).slice(0, -2),
    ],
    ['the messenger', 0x8008n, '0x62f84b24'],
  ])('%s reverts', async (_, address, data) => {
    expect(await call(state, { ...at(address), data: hexToBytes(data) })).toMatchObject({ kind: 'reverted' });
  });

  describe('and simulate their writing functions by the rules of the transaction', () => {
    const withdraw = { to: 0x800an, data: encodeSystemCall({ kind: 'withdraw', receiver: 9n }) };
    const rich = stateOf().fund(USER, 5n, 7n);
    // 36 bytes of calldata: four of the selector and the last one are not zero.
    const gas = 21_000n + 20_000n + 31n * 4n + 5n * 16n;

    test('withdraw: gas exactly, state untouched', async () => {
      const estimate = await engine.estimateGas(rich, blockOf(), request({ ...withdraw, value: 5n }), allow);
      expect(estimate).toEqual({ kind: 'estimated', gas });
      expect(await call(rich, { ...withdraw, value: 5n })).toEqual({
        kind: 'returned',
        data: new Uint8Array(),
        gasUsed: gas,
      });
      expect([rich.balance(USER), rich.nonce(USER)]).toEqual([5n, 7n]);
    });

    test.each([
      ['of nothing', { value: 0n }, { kind: 'denied', ruleId: 'protocol:withdraw-value' }],
      ['of too much', { value: 6n }, { kind: 'failed', reason: 'insufficient balance' }],
      ['with too little gas', { value: 1n, gas: gas - 1n }, { kind: 'failed' }],
    ])('withdraw %s', async (_, fields, expected) => {
      expect(await call(rich, { ...withdraw, ...fields })).toMatchObject(expected);
    });

    test('under the policy, and never for a frozen signer', async () => {
      const deny: JudgeFrame = ({ code }) => ({ allow: false, ruleId: `asked ${code}`, reason: '' });
      expect(await call(rich, { ...withdraw, value: 1n }, deny)).toMatchObject({
        kind: 'denied',
        ruleId: 'asked 32778',
      });
      const frozen = stateOf().fund(USER, 5n).identify(USER, { flags: FLAG_FROZEN });
      expect(await call(frozen, { ...withdraw, value: 1n })).toMatchObject({ ruleId: 'protocol:signer-frozen' });
    });
  });

  test('a contract cannot write through them', async () => {
    const data = hexToBytes(encodeFunctionData({ abi, functionName: 'withdraw', args: [hex(USER)] }));
    const code = concatBytes(
      assemble(bytesToBigInt(concatBytes(data.subarray(0, 32))), 0n, 'MSTORE'),
      assemble(0n, 0n, 36n, 0n, 1n, 0x800an, 'GAS', 'CALL', RETURN_TOP),
    );
    const rich = install(stateOf(), CONTRACT, code).fund(CONTRACT, 5n);
    expect(await word(rich)).toBe(0n);
  });
});

test('a transaction deploys, and its code is handed over once', async () => {
  const runtime = assemble(42n, RETURN_TOP);
  const init = concatBytes(
    assemble(bytesToBigInt(concatBytes(runtime, new Uint8Array(32 - runtime.length))), 0n, 'MSTORE'),
    assemble(BigInt(runtime.length), 0n, 'RETURN'),
  );
  const state = stateOf().fund(USER, 10n ** 18n);
  const outcome = await engine.executeTransaction(
    state,
    blockOf(),
    {
      type: 2,
      chainId: CHAIN_ID,
      sender: USER,
      nonce: 0n,
      maxFeePerGas: 1n,
      maxPriorityFeePerGas: 1n,
      gasLimit: 200_000n,
      to: undefined,
      value: 0n,
      data: init,
      accessList: [],
    },
    allow,
  );
  if (outcome.kind !== 'executed') throw new Error(outcome.kind);
  const { created, deployed, changes } = outcome.result;
  expect(deployed).toEqual([{ codeHash: keccakWord(runtime), code: runtime }]);
  for (const { key, after } of changes) state.set(key, after);
  expect(state.get(accountKey(created!)).hi).toBe(1n);
  codes.set(deployed[0]!.codeHash, deployed[0]!.code);
  expect(await word(state, { to: created! })).toBe(42n);
});
