/** The transaction of a step that nobody recorded is found on a real L1, and named once; what is recorded stays as it is. */

import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { createStepCatchUp } from '../../src/node/step-catch-up.ts';
import { findStep } from '../../src/settlement/find-step.ts';
import type { SettlementStep } from '../../src/settlement/port.ts';
import { createSettler } from '../../src/settlement/settler.ts';
import { createTransactionSender } from '../../src/settlement/transaction-sender.ts';
import { GENESIS_SLOT, INTERVAL, openStage, type Stage } from '../contracts/stage.ts';
import { storedBatches } from './stored-batches.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

const batches = storedBatches(3);

/** Commits `count` batches as a node that writes nothing down; the steps that it should have recorded. */
async function commitUnrecorded(count: number): Promise<SettlementStep[]> {
  await stage.setTime((GENESIS_SLOT + 4n) * INTERVAL);
  const steps: SettlementStep[] = [];
  const client = stage.client as never;
  const sender = (account: (typeof stage.accounts)['committer']) =>
    createTransactionSender(
      { maxFeePerGas: 10n ** 12n, stallMs: 5_000, pollIntervalMs: 20, attemptsMax: 3 },
      { client, account, clock: systemClock },
    );
  const settler = createSettler(
    { chainContract: stage.deployment.chain, batchIntervalSeconds: INTERVAL, proveDelaySlots: 1n },
    {
      client,
      commit: sender(stage.accounts.committer),
      prove: sender(stage.accounts.prover),
      execute: sender(stage.accounts.executor),
      source: {
        batch: async (number) => batches[Number(number)],
        proofAfter: async () => undefined,
        wasWithdrawn: () => false,
      },
      sink: {
        onAttempt: async () => undefined,
        onStep: async (step) => void steps.push(step),
      },
    },
  );
  for (let i = 0; i < count; i++) await settler.step(new AbortController().signal);
  return steps;
}

const find = (kind: SettlementStep['kind'], batch: bigint, logRangeBlocks: bigint) =>
  findStep(
    kind,
    batch,
    { chainContract: stage.deployment.chain, fromBlock: 0n, logRangeBlocks },
    { client: stage.client as never },
  );

it.each([1n, 2n, 5_000n])('finds who committed and executed, asking for %s blocks at a time', async (range) => {
  const steps = await commitUnrecorded(2);
  expect(await find('committed', 1n, range)).toEqual(steps[0]);
  expect(await find('committed', 2n, range)).toEqual(steps[1]);
  expect(await find('committed', 3n, range)).toBeUndefined();
  expect(await find('executed', 1n, range)).toBeUndefined();
  expect(await find('proven', 1n, range)).toBeUndefined();
});

it('names what is missing after a death, and asks for nothing twice', async () => {
  const steps = await commitUnrecorded(3);
  const recorded = new Map<bigint, SettlementStep>([[1n, steps[0]!]]);
  const asked: bigint[] = [];
  const catchUp = createStepCatchUp({
    book: {
      get: async (number) => ({ l1: recorded.has(number) ? { commit: recorded.get(number) } : {} }) as never,
      async onStep(step) {
        if (step.kind === 'committed') recorded.set(step.batch, step);
      },
    },
    async find(kind, batch) {
      asked.push(batch);
      return find(kind, batch, 5_000n);
    },
  });
  await catchUp({ committed: 3n, proven: 0n, executed: 0n });
  expect([...recorded.values()]).toEqual(steps);
  await catchUp({ committed: 3n, proven: 0n, executed: 0n });
  expect(asked).toEqual([2n, 3n]);
});
