/** Calls on other threads: the same answers, one block, and limits that hold for the time, the questions and the queue. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hexToBytes } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { BASE_TOKEN_ADDRESS } from '../../src/chain/constants.ts';
import { accountKey } from '../../src/chain/keys.ts';
import { executionError } from '../../src/execution/errors.ts';
import { type CallPool, type CallPoolOptions, createCallPool } from '../../src/execution/evm/call-pool.ts';
import type { CallScene } from '../../src/execution/evm/call-thread.ts';
import { createEvmEngine, type EvmEngine } from '../../src/execution/evm/evm-engine.ts';
import type { CallRequest } from '../../src/execution/port.ts';
import { blockOf, CHAIN_ID, stateOf } from './support.ts';

const USER = 0x1111_0000_0000_0001n;
const OPTIONS: CallPoolOptions = {
  chainId: CHAIN_ID,
  l1ChainId: 31_337n,
  callGasMax: 2_000_000n,
  workers: 1,
  queueMax: 100,
  timeoutMs: 60_000,
};

const hex = (text: string) => hexToBytes(`0x${text}`);
/** Runs as init code. */
const code = (text: string, fields: Partial<CallRequest> = {}): CallRequest => ({
  from: USER,
  to: undefined,
  value: 0n,
  data: hex(text),
  gas: undefined,
  ...fields,
});
const FOREVER = code('5b5f56');
const RETURN_TOP = '5f5260205ff3';
const balanceOf = (address: bigint) => code(`73${address.toString(16).padStart(40, '0')}31${RETURN_TOP}`);
/** Asks for the balance of one address after the other. */
const LOOKS_AROUND = code('5f5b600101803150600156');

const open: CallPool[] = [];
function poolOf(changes: Partial<CallPoolOptions> = {}): CallPool {
  const pool = createCallPool({ ...OPTIONS, ...changes }, { clock: systemClock });
  open.push(pool);
  return pool;
}

const state = stateOf();
state.set(accountKey(USER), { hi: 3n, lo: 777n });
const block = { ...blockOf(), blockHash: (number: bigint) => number * 1000n };
const scene = (changes: Partial<CallScene> = {}) => ({
  state,
  block,
  judge: () => ({ allow: true }) as const,
  close: () => undefined,
  ...changes,
});

let pool: CallPool;
let engine: EvmEngine;
beforeAll(async () => {
  pool = poolOf();
  const { chainId, l1ChainId, callGasMax } = OPTIONS;
  engine = await createEvmEngine(
    { chainId, callGasMax, systemViews: { l1ChainId } },
    { codes: { get: () => undefined } },
  );
});
afterAll(() => Promise.all(open.map((one) => one.close())));

describe('answers', () => {
  const requests: readonly (readonly [string, CallRequest])[] = [
    ['a transfer to nobody', { ...code(''), to: 0x99n }],
    ['a transfer of more than there is', { ...code(''), to: 0x99n, value: 10n ** 20n }],
    ['code that reads a balance', balanceOf(USER)],
    ['code that reads a block hash', code(`600640${RETURN_TOP}`)],
    ['code that reverts', code('60075f5260205ffd')],
    ['code that runs out of gas', FOREVER],
    ['too little gas to begin', code('00', { gas: 100n })],
    ['a system view', { ...code('06fdde03'), to: BASE_TOKEN_ADDRESS }],
    ['a withdrawal', { ...code(`51cff8d9${'0'.repeat(62)}99`), to: BASE_TOKEN_ADDRESS, value: 5n }],
  ];

  it.each(requests)('are those of the engine here, for %s', async (_what, request) => {
    const { judge } = scene();
    expect(await pool.call(request, scene)).toEqual(await engine.call(state, block, request, judge));
    expect(await pool.estimateGas(request, scene)).toEqual(await engine.estimateGas(state, block, request, judge));
  });

  it('come while the event loop turns', async () => {
    let turns = 0;
    const timer = setInterval(() => {
      turns += 1;
    }, 5);
    expect(await pool.call(FOREVER, scene)).toMatchObject({ kind: 'failed', reason: 'out of gas' });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });

  it('are of the moment at which a thread is free, and each question is asked once', async () => {
    const events: string[] = [];
    const asked: bigint[] = [];
    const reader = {
      get(key: bigint) {
        asked.push(key);
        return state.get(key);
      },
    };
    const watched = (name: string) => () => {
      events.push(`${name} opens`);
      return scene({ state: reader, close: () => void events.push(`${name} closes`) } as never);
    };
    await Promise.all([pool.call(FOREVER, watched('a')), pool.estimateGas(balanceOf(USER), watched('b'))]);
    expect(events).toEqual(['a opens', 'a closes', 'b opens', 'b closes']);
    const ofB = asked.filter((key) => key === accountKey(USER));
    expect(ofB.length).toBeLessThanOrEqual(2);
  });
});

describe('what stops a call', () => {
  it('is a frame that is denied', async () => {
    const judge = () => ({ allow: false, ruleId: 'some.rule', reason: 'because' }) as const;
    const denied = { kind: 'denied', ruleId: 'some.rule', reason: 'because' };
    expect(await pool.call(balanceOf(USER), () => scene({ judge }))).toEqual(denied);
    expect(await pool.estimateGas(balanceOf(USER), () => scene({ judge }))).toEqual(denied);
  });

  it.each([
    ['the state', { state: { get: () => fail() } }],
    ['a decision', { judge: () => fail() }],
    ['a block hash', { block: { ...blockOf(), blockHash: () => fail() } }],
  ])('is an error of %s, which comes out as it is', async (_what, changes) => {
    const request = code(`600640${RETURN_TOP}`);
    await expect(pool.call(request, () => scene(changes as never))).rejects.toMatchObject({ code: 'TX_NONCE_MAX' });
    expect(await pool.call(balanceOf(USER), scene)).toMatchObject({ kind: 'returned' });
  });

  it('is a scene that cannot be opened', async () => {
    await expect(pool.call(FOREVER, fail)).rejects.toMatchObject({ code: 'TX_NONCE_MAX' });
    expect(await pool.call(balanceOf(USER), scene)).toMatchObject({ kind: 'returned' });
  });

  it('is time, and the thread takes the next call', async () => {
    const short = poolOf({ callGasMax: 10n ** 12n, timeoutMs: 400 });
    let closed = 0;
    const counted = () => scene({ close: () => (closed += 1) } as never);
    await expect(short.call(FOREVER, counted)).rejects.toMatchObject({ code: 'CALL_LIMIT' });
    await expect(short.estimateGas(FOREVER, counted)).rejects.toMatchObject({ code: 'CALL_LIMIT' });
    expect(await short.call(balanceOf(USER), counted)).toMatchObject({ kind: 'returned' });
    expect(closed).toBe(3);
  });

  it('is the number of things it looks at', async () => {
    const wide = poolOf({ callGasMax: 10n ** 9n });
    await expect(wide.call(LOOKS_AROUND, scene)).rejects.toMatchObject({ code: 'CALL_LIMIT' });
  });

  it('is a full queue, at once', async () => {
    const small = poolOf({ queueMax: 2, timeoutMs: 500, callGasMax: 10n ** 12n });
    const calls = [1, 2, 3, 4, 5].map(() => small.call(FOREVER, scene).catch(({ code: answer }) => answer as string));
    expect((await Promise.all(calls)).sort()).toEqual([
      'CALL_BUSY',
      'CALL_BUSY',
      'CALL_LIMIT',
      'CALL_LIMIT',
      'CALL_LIMIT',
    ]);
  });

  it('is the end of the pool, for what runs, what waits and what comes', async () => {
    const ending = poolOf({ callGasMax: 10n ** 12n });
    const calls = [1, 2].map(() => ending.call(FOREVER, scene).catch(({ code: answer }) => answer as string));
    await ending.close();
    calls.push(ending.call(FOREVER, scene).catch(({ code: answer }) => answer as string));
    expect(await Promise.all(calls)).toEqual(['CALL_BUSY', 'CALL_BUSY', 'CALL_BUSY']);
  });
});

const fail = (): never => {
  throw executionError('TX_NONCE_MAX', 'as an example');
};
