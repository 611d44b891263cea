/** What an estimate says of a wallet that has less than it wants to send: ordinary clients estimate before they send. */

import { afterAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { accountKey } from '../../src/chain/keys.ts';
import { createCallPool } from '../../src/execution/evm/call-pool.ts';
import { createSimulator } from '../../src/node/services/simulator.ts';
import { blockOf, CHAIN_ID, stateOf } from '../execution/support.ts';

const USER = 0x1111_0000_0000_0001n;
const PAYEE = 0x99n;

describe('an estimate', () => {
  const calls = createCallPool(
    { chainId: CHAIN_ID, l1ChainId: 31_337n, callGasMax: 2_000_000n, workers: 1, queueMax: 10, timeoutMs: 60_000 },
    { clock: systemClock },
  );
  afterAll(() => calls.close());
  const state = stateOf();
  state.set(accountKey(USER), { hi: 0n, lo: 777n });
  const simulator = createSimulator({
    calls,
    freeze: () => Object.assign(Object.create(state), { close: () => undefined }),
    block: () => ({ ...blockOf(), blockHash: () => 0n }),
    policy: { current: () => ({ decideCall: () => ({ allow: true }) }) } as never,
    factsOf: () => ({}) as never,
  });
  const estimate = (value: bigint) =>
    simulator.estimateGas(
      { from: USER, to: PAYEE, value, data: new Uint8Array(), gas: undefined, maxFeePerGas: undefined },
      { principal: {} } as never,
    );

  it('is made for what the account has, and names a lack of funds as Ethereum does', async () => {
    expect(await estimate(777n)).toBe(21_000n);
    await expect(estimate(778n)).rejects.toMatchObject({ code: 'TX_INSUFFICIENT_FUNDS' });
  });
});
