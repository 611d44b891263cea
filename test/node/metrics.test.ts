/** What /metrics shows is what the parts say; and names nobody: counts, times and stages only (G4). */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterAll, expect, it } from 'vitest';
import type { PrivityError } from '../../src/base/errors.ts';
import { createNodeMetrics } from '../../src/node/metrics.ts';
import { proverError } from '../../src/prover/errors.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, openLife } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-metrics-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('shows the chain, the proofs, the balances and the process, and no address, hash or amount', async () => {
  const config = configIn(folder);
  await found(config);
  const life = await openLife(config);
  const registry = new Registry();
  const metrics = createNodeMetrics(registry);
  const { pipeline, audit, client, keys, clock } = life;
  let halted: PrivityError | undefined;
  const proving = {
    get halted() {
      return halted;
    },
  };
  metrics.watch({ pipeline, audit, proving, unwinder: { alarm: 1 }, client, keys, clock });
  metrics.onWithdrawn('reorg', 3);
  const value = async (name: string, labels = ''): Promise<number | undefined> => {
    const line = (await registry.metrics()).split('\n').find((text) => text.startsWith(`${name}${labels} `));
    return line === undefined ? undefined : Number(line.split(' ').at(-1));
  };

  expect(await value('privity_accepted_transactions_total')).toBe(0);
  await life.open();
  const amount = 123_456_789_123n;
  const pay = (nonce: bigint) =>
    transactionOf(alice, { nonce, to: bob.address, value: amount, gasLimit: 21_000n, chainId: life.genesis.chainId });
  await life.submit(pay(0n));
  await pipeline.sequencer.buildBlock();
  await life.submit(pay(1n));
  expect(await value('privity_accepted_transactions_total')).toBe(2);
  expect(await value('privity_waiting_transactions')).toBe(1);
  expect(await value('privity_block_number')).toBe(2);
  expect(await value('privity_backlog_gates')).toBeGreaterThan(0);
  await pipeline.sequencer.buildBlock();
  audit.record({ actor: 'a', action: 'read.balance', resource: 'b', detail: {} });
  await life.close();
  await pipeline.onCounts({ committed: 1n, proven: 1n, executed: 0n });
  expect(await value('privity_batches', '{stage="sealed"}')).toBe(1);
  expect(await value('privity_batches', '{stage="proved"}')).toBe(1);
  expect(await value('privity_batches', '{stage="executed"}')).toBe(0);
  expect(await value('privity_backlog_gates')).toBe(0);
  expect(await value('privity_audit_entries')).toBe(1);

  metrics.onJob({ event: 'done', kind: 'segment', id: 'x', milliseconds: 2_500 });
  metrics.onJob({ event: 'failed', kind: 'seal', id: 'x', next: 'poisoned', error: new Error('x') });
  expect(await value('privity_proofs_total', '{kind="segment",result="made"}')).toBe(1);
  expect(await value('privity_proofs_total', '{kind="seal",result="poisoned"}')).toBe(1);
  expect(await value('privity_proof_seconds_sum', '{kind="segment"}')).toBe(2.5);
  expect(await value('privity_l1_balance_ether', '{key="commit"}')).toBe(1);
  expect(await value('privity_proving_halted')).toBe(0);
  halted = proverError('KEYS_MISMATCH', 'wrap');
  expect(await value('privity_proving_halted')).toBe(1);
  expect(await value('nodejs_eventloop_lag_seconds')).toBeDefined();
  expect(await value('privity_unwinding')).toBe(1);
  expect(await value('privity_withdrawn_batches_total', '{cause="reorg"}')).toBe(3);
  expect(await value('privity_withdrawn_batches_total', '{cause="revocation"}')).toBe(0);

  const text = (await registry.metrics()).toLowerCase();
  const hash = Buffer.from(pay(0n).hash).toString('hex');
  for (const secret of [
    alice.address.toString(16),
    bob.address.toString(16),
    hash,
    String(amount),
    keys.commit.address.slice(2).toLowerCase(),
  ])
    expect(text).not.toContain(secret);
  expect(text).toContain('privity_accepted');
  await life.stop();
});
