/** Each row of the admission table refuses with its code, in the order of the table, and a refused transaction leaves nothing behind (G2, G7). */

import { describe, expect, it } from 'vitest';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { ADMISSION } from '../../src/sequencer/admission.ts';
import type { SequencerOptions } from '../../src/sequencer/sequencer.ts';
import { alice, bob, carol, ETHER, GATES, openScene, outsider, type Scene, transfer } from './scene.ts';

const codeOf = async (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => 'accepted',
    (error: { code?: string }) => error.code ?? String(error),
  );

interface Row {
  readonly check: (typeof ADMISSION)[number]['name'];
  readonly code: string;
  readonly options?: Partial<SequencerOptions>;
  readonly before?: (scene: Scene) => Promise<void>;
  readonly transaction: SignedTransaction;
}

const fill = async (scene: Scene, count: number) => {
  for (let nonce = 0n; nonce < BigInt(count); nonce++) await scene.submit(transfer(alice, { nonce }));
};

/** In the order of the table; each also breaks every later row it can, so the first one is what speaks. */
const rows: readonly Row[] = [
  {
    check: 'not too many denials of this sender',
    code: 'SUBMIT_RATE',
    options: { denialsPerMinuteMax: 1, provingBacklogMaxGates: GATES },
    before: async ({ sequencer }) => {
      await sequencer.refuse(transfer(alice, { value: 3n }), 'rule: no').catch(() => undefined);
    },
    transaction: transfer(alice, { nonce: 99n, value: 200n * ETHER }),
  },
  {
    check: 'room in the proving backlog',
    code: 'SUBMIT_BUSY',
    options: { provingBacklogMaxGates: 2 * GATES, mempoolTransactionsMax: 2 },
    before: (scene) => fill(scene, 2),
    transaction: transfer(alice, { nonce: 99n }),
  },
  {
    check: 'room in the mempool',
    code: 'SUBMIT_MEMPOOL_FULL',
    options: { mempoolTransactionsMax: 2 },
    before: (scene) => fill(scene, 2),
    transaction: transfer(alice, { nonce: 99n }),
  },
  {
    check: 'nonce not used',
    code: 'TX_NONCE_TOO_LOW',
    before: async (scene) => {
      await scene.open();
      await fill(scene, 1);
      await scene.sequencer.buildBlock();
    },
    transaction: transfer(alice, { nonce: 0n, value: 7n }),
  },
  { check: 'nonce not too far ahead', code: 'TX_NONCE_TOO_HIGH', transaction: transfer(alice, { nonce: 17n }) },
  {
    check: 'room in the lane',
    code: 'SUBMIT_LANE_FULL',
    options: { mempoolPerSenderMax: 2 },
    before: (scene) => fill(scene, 2),
    transaction: transfer(alice, { nonce: 2n, value: 200n * ETHER }),
  },
  {
    check: 'a replacement pays more',
    code: 'SUBMIT_UNDERPRICED',
    before: (scene) => fill(scene, 1),
    transaction: transfer(alice, { nonce: 0n, value: 101n * ETHER }),
  },
  {
    check: 'balance covers everything that waits',
    code: 'TX_INSUFFICIENT_FUNDS',
    before: async (scene) => void (await scene.submit(transfer(alice, { value: 60n * ETHER }))),
    transaction: transfer(alice, { nonce: 1n, value: 60n * ETHER }),
  },
];

describe('the admission table', () => {
  it.each(rows)('$check: $code', async ({ code, options, before, transaction }) => {
    const scene = openScene(options === undefined ? {} : { options });
    await before?.(scene);
    const { length } = scene.written;
    expect(await codeOf(scene.submit(transaction))).toBe(code);
    expect(scene.written).toHaveLength(length);
    expect(scene.sequencer.pending(BigInt(`0x${Buffer.from(transaction.hash).toString('hex')}`))).toBeUndefined();
  });

  it('has exactly these rows, then what execution says', () => {
    expect(ADMISSION.map(({ name }) => name)).toEqual([
      ...rows.map(({ check }) => check),
      'provable, valid and allowed',
      'fits the circuits',
    ]);
  });

  it.each([
    ['UNPROVABLE_DEPLOYMENT', { to: undefined, gasLimit: 60_000n }],
    ['UNPROVABLE_CONTRACT_CALL', { data: Uint8Array.of(1, 2, 3, 4), gasLimit: 30_000n }],
    ['UNPROVABLE_RESERVED_RECIPIENT', { to: 0x9n }],
    ['UNPROVABLE_ACCESS_LIST', { accessList: [{ address: 5n, storageKeys: [] }], gasLimit: 30_000n }],
    ['TX_INTRINSIC_GAS', { gasLimit: 20_999n }],
    ['TX_GAS_LIMIT', { gasLimit: 30_000_001n }],
    ['TX_PRIORITY_FEE_ABOVE_MAX', { maxPriorityFeePerGas: 1n }],
  ] as const)('refuses what cannot be proven or is invalid: %s (G2)', async (code, fields) => {
    const scene = openScene();
    const transaction = transfer(alice, fields);
    // Policy denies some of these before they come here: the permit is for the transfer's own bytes.
    expect(await codeOf(submitUnjudged(scene, transaction))).toBe(code);
    expect(scene.written).toEqual([]);
  });

  it('signs and keeps what the policy denies at admission, and the hash may come again', async () => {
    const scene = openScene();
    const transaction = transfer(alice, { to: outsider.address });
    expect(await codeOf(submitUnjudged(scene, transaction))).toBe('SUBMIT_DENIED');
    expect(scene.written.map(({ kind }) => kind)).toEqual(['denial']);
    expect(scene.denials).toMatchObject([{ accepted: false, denial: { code: 'policy', sender: alice.address } }]);
    expect(await scene.sequencer.outcome(scene.denials[0]!.denial.transactionHash)).toBeUndefined();
    expect(scene.sequencer.backlogGates).toBe(0);
  });

  it('refuses a permit for other bytes, and one of another policy', async () => {
    const scene = openScene();
    const permit = scene.permitFor(transfer(alice));
    expect(await codeOf(scene.sequencer.submit(transfer(alice, { value: 2n }), permit))).toBe('SUBMIT_DENIED');
    expect(scene.written).toEqual([]);
  });

  it('answers stopping once asked to stop', async () => {
    const scene = openScene();
    scene.sequencer.stop();
    expect(await codeOf(scene.submit(transfer(alice)))).toBe('SUBMIT_STOPPING');
  });

  it('counts the sender in the minute only', async () => {
    const scene = openScene({ options: { denialsPerMinuteMax: 1 } });
    expect(await codeOf(scene.sequencer.refuse(transfer(alice), 'r'))).toBe('SUBMIT_DENIED');
    expect(await codeOf(scene.sequencer.refuse(transfer(alice), 'r'))).toBe('SUBMIT_RATE');
    expect(await codeOf(scene.sequencer.refuse(transfer(bob), 'r'))).toBe('SUBMIT_DENIED');
    scene.passTime(60_001);
    expect(await codeOf(scene.submit(transfer(alice)))).toBe('accepted');
  });

  it('gives the backlog back what is denied and what is proven, and never lets a burst pass the limit', async () => {
    const scene = openScene({ options: { provingBacklogMaxGates: 3 * GATES } });
    await scene.open();
    const burst = Array.from({ length: 5 }, (_, i) => codeOf(scene.submit(transfer(alice, { nonce: BigInt(i) }))));
    expect(await Promise.all(burst)).toEqual(['accepted', 'accepted', 'accepted', 'SUBMIT_BUSY', 'SUBMIT_BUSY']);
    expect(scene.sequencer.backlogGates).toBe(3 * GATES);
    await scene.sequencer.buildBlock();
    expect(scene.sequencer.backlogGates).toBe(3 * GATES);
    expect(await codeOf(scene.submit(transfer(bob, { to: carol.address })))).toBe('SUBMIT_BUSY');
    await scene.sequencer.close();
    scene.sequencer.proven(1n);
    expect(scene.sequencer.backlogGates).toBe(0);
    expect(await codeOf(scene.submit(transfer(bob, { to: carol.address })))).toBe('accepted');
  });
});

/** As if policy had let it through: what the sequencer itself says. */
function submitUnjudged(scene: Scene, transaction: SignedTransaction): Promise<bigint> {
  const genuine = scene.permitFor(transfer(alice));
  const covers = (hash: Uint8Array) => Buffer.compare(hash, transaction.hash) === 0;
  return scene.sequencer.submit(
    transaction,
    new Proxy(genuine, { get: (target, name) => (name === 'covers' ? covers : Reflect.get(target, name)) }),
  );
}
