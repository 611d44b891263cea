/** Two engines, one answer: what the native path says of a plain transfer, the full EVM says too, to the leaf and to the refusal. */

import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { publicKeyKey } from '../../src/chain/keys.ts';
import { createEvmEngine } from '../../src/execution/evm/evm-engine.ts';
import type { LeafChange } from '../../src/execution/port.ts';
import { randomOf } from './random.ts';
import { blockOf, CHAIN_ID, COLLECTOR, executorOf, signerOf, stateOf, transactionOf } from './support.ts';

const steps = 1_000;
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));

test(`random transfers, valid and not (SEED=${seed})`, async () => {
  console.log(`native and EVM: SEED=${seed}, ${steps} transfers`);
  const random = randomOf(seed);
  const pick = <T>(items: readonly T[]): T => items[random(items.length)]!;
  const engine = await createEvmEngine({ chainId: CHAIN_ID, callGasMax: 1n }, { codes: new Map() });
  const native = executorOf();
  const people = Array.from({ length: 5 }, (_, i) => signerOf(200 + i));
  const state = stateOf();
  for (const { address } of people) state.fund(address, 10n ** 12n);
  const seen = new Set<string>();
  for (let step = 0; step < steps; step++) {
    const signer = pick(people);
    const block = blockOf({
      baseFee: BigInt(random(4)),
      feeMode: BigInt(random(2)),
      collector: pick([COLLECTOR, pick(people).address]),
      gasLimit: pick([30_000_000n, 30_000_000n, 21_000n]),
    });
    const max = BigInt(random(8));
    const type = pick([0, 1, 2] as const);
    const tx = transactionOf(signer, {
      type,
      nonce:
        state.nonce(signer.address) +
        pick([0n, 0n, 0n, 0n, 0n, 0n, 1n, -1n].filter((d) => d >= 0n || state.nonce(signer.address) > 0n)),
      maxFeePerGas: max,
      maxPriorityFeePerGas: type === 2 ? BigInt(random(8)) : max,
      gasLimit: pick([21_000n, 21_000n, 20_999n, 100_000n]),
      to: pick([signer.address, pick(people).address, COLLECTOR, 0x20000n, 0x5000_0000n + BigInt(random(30))]),
      value: pick([0n, 1n, BigInt(random(10 ** 9)), state.balance(signer.address), state.balance(signer.address) / 2n]),
    });
    const one = native.executeTransaction(state, block, tx);
    const two = await engine.executeTransaction(state, block, tx, () => ({ allow: true }));
    seen.add(one.kind === 'invalid' ? one.code : one.kind);
    if (one.kind !== 'executed' || two.kind !== 'executed') {
      expect(two).toEqual(one);
      continue;
    }
    const keyLeaf = publicKeyKey(signer.address);
    const changes: LeafChange[] = one.result.changes.filter(({ key }) => key !== keyLeaf);
    expect(two.result.changes).toEqual(changes);
    expect([two.result.gasUsed, two.result.effectiveGasPrice, two.result.status, two.result.logs]).toEqual([
      one.result.gasUsed,
      one.result.effectiveGasPrice,
      one.result.status,
      one.result.logs,
    ]);
    state.apply(one.result);
    // Money flows to the strangers and the collector: give some back.
    if (state.balance(signer.address) < 10n ** 8n) state.fund(signer.address, 10n ** 12n, state.nonce(signer.address));
  }
  expect([...seen].sort()).toEqual([
    'TX_FEE_TOO_LOW',
    'TX_GAS_LIMIT',
    'TX_INSUFFICIENT_FUNDS',
    'TX_INTRINSIC_GAS',
    'TX_NONCE_TOO_HIGH',
    'TX_NONCE_TOO_LOW',
    'TX_PRIORITY_FEE_ABOVE_MAX',
    'executed',
  ]);
});
