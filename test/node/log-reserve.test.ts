/** The node's half of the block log's reserve: who leaves it, all the way to the store, and that it is large enough. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { sequencerOptionsOf } from '../../src/node/pipeline/sequencer-options.ts';
import { BLOCK_LOG_DEFAULTS } from '../../src/store/log/block-log.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, openLife } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-reserve-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('arrivals and refusals leave the reserve; blocks, batches and seals do not', async () => {
  const config = configIn(folder);
  const { chainId } = await found(config);
  const left = new Map<string, Set<boolean>>();
  const life = await openLife(config, {
    wrapStore: (store) => ({
      ...store,
      log: {
        ...store.log,
        append(entries, options) {
          const leaves = options?.leaveReserve === true;
          for (const { kind } of entries) left.set(kind, (left.get(kind) ?? new Set()).add(leaves));
          return store.log.append(entries, options);
        },
      },
    }),
  });
  try {
    const { sequencer } = life.pipeline;
    const transfer = (nonce: bigint) =>
      transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId });
    await life.open();
    await life.submit(transfer(0n));
    await sequencer.refuse(transfer(1n), 'rule: no').catch(() => undefined);
    await sequencer.buildBlock();
    await life.close();
    const only = (leaves: boolean) => new Set([leaves]);
    expect(left).toEqual(
      new Map([
        ['batch-opened', only(false)],
        ['block', only(false)],
        ['accepted', only(true)],
        ['denial', only(true)],
        ['batch-closed', only(false)],
        ['sealed', only(false)],
      ]),
    );
  } finally {
    await life.stop();
  }
});

it('the reserve holds what the chain writes at a time, and leaves the arrivals most of the room', () => {
  const { queueEntriesMax, queueEntriesReserved, queueBytesMax, queueBytesReserved, groupBytesMax } =
    BLOCK_LOG_DEFAULTS;
  const { blockTransactionsMax } = sequencerOptionsOf(configIn(folder), 1n);
  // A block, what is denied in its place and as many that expire, in one append; a seal beside it.
  expect(queueEntriesReserved).toBeGreaterThan(2 * blockTransactionsMax + 1);
  expect(queueBytesReserved).toBeGreaterThanOrEqual(2 * groupBytesMax);
  expect(queueEntriesReserved).toBeLessThan(queueEntriesMax / 2);
  expect(queueBytesReserved).toBeLessThan(queueBytesMax / 2);
});
