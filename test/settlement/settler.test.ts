/** The settler on a real L1 with the real contracts: by the clock, once, again after a reorg, and never on top of what is not ours. */

import type { Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { hashStoredBatch } from '../../src/chain/stored-batch.ts';
import type { RangeProof, SealedBatch, SettlementStep, SettlementTarget } from '../../src/settlement/port.ts';
import { createSettler } from '../../src/settlement/settler.ts';
import { createTransactionSender } from '../../src/settlement/transaction-sender.ts';
import { GENESIS_SLOT, INTERVAL, openStage, PROOF_SYSTEM_ID, type Stage } from '../contracts/stage.ts';
import { storedBatches } from './stored-batches.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());
beforeEach(() => stage.reset());

const PROVE_DELAY = 3n;
const never = new AbortController().signal;

function settlerOf(
  batches: readonly SealedBatch[],
  proofAfter: (from: bigint) => RangeProof | undefined = () => undefined,
  withdrawnFrom = 1_000n,
  committer: (typeof stage.accounts)['committer'] = stage.accounts.committer,
) {
  const steps: SettlementStep[] = [];
  const attempts: (SettlementTarget & { readonly transaction: Hex })[] = [];
  const client = stage.client as never;
  const sender = (account: (typeof stage.accounts)['committer']) =>
    createTransactionSender(
      { maxFeePerGas: 10n ** 12n, stallMs: 5_000, pollIntervalMs: 20, attemptsMax: 3 },
      { client, account, clock: systemClock },
    );
  const settler = createSettler(
    { chainContract: stage.deployment.chain, batchIntervalSeconds: INTERVAL, proveDelaySlots: PROVE_DELAY },
    {
      client,
      commit: sender(committer),
      prove: sender(stage.accounts.prover),
      execute: sender(stage.accounts.executor),
      source: {
        batch: async (number) => batches[Number(number)],
        proofAfter: async (from) => proofAfter(from),
        wasWithdrawn: (number) => number >= withdrawnFrom,
      },
      sink: {
        onAttempt: async (target, transaction) => void attempts.push({ ...target, transaction }),
        onStep: async (step) => void steps.push(step),
      },
    },
  );
  return { settler, steps, attempts };
}

const slotEnd = (number: bigint) => (GENESIS_SLOT + number + 1n) * INTERVAL;
const batches = storedBatches(3);

describe('commit', () => {
  it('waits for the end of the slot, commits then, and only once', async () => {
    const { settler, steps, attempts } = settlerOf(batches);
    expect(await settler.step(never)).toBe(false);
    await stage.setTime(slotEnd(1n) - 10n);
    expect(await settler.step(never)).toBe(false);
    await stage.setTime(slotEnd(1n));
    expect(await settler.step(never)).toBe(true);
    expect(await settler.step(never)).toBe(false);
    expect(steps.map(({ kind }) => kind)).toEqual(['committed']);
    expect(attempts).toEqual([{ kind: 'committed', batch: 1n, transaction: steps[0]!.transaction }]);
    expect(await stage.read('chain', 'storedBatchHash', [1n])).toBe(hashStoredBatch(batches[1]!.stored));
  });

  it('catches up one batch a step after an outage', async () => {
    const { settler } = settlerOf(batches);
    await stage.setTime(slotEnd(3n));
    for (let i = 0; i < 3; i++) expect(await settler.step(never)).toBe(true);
    expect(await settler.counts()).toEqual({ committed: 3n, proven: 0n, executed: 0n });
  });

  it('goes on where another life stopped', async () => {
    await stage.setTime(slotEnd(3n));
    await settlerOf(batches).settler.step(never);
    const { settler, steps } = settlerOf(batches);
    await settler.step(never);
    expect(steps).toMatchObject([{ kind: 'committed', batch: 2n }]);
  });

  it('commits again what a reorg took away', async () => {
    await stage.setTime(slotEnd(2n));
    const before = await stage.client.snapshot();
    const { settler, steps } = settlerOf(batches);
    await settler.step(never);
    await settler.step(never);
    await stage.client.revert({ id: before });
    expect((await settler.counts()).committed).toBe(0n);
    await settler.step(never);
    await settler.step(never);
    expect(steps.map((step) => step.kind === 'committed' && step.batch)).toEqual([1n, 2n, 1n, 2n]);
    expect(await stage.read('chain', 'storedBatchHash', [2n])).toBe(hashStoredBatch(batches[2]!.stored));
  });

  it.each([
    ['another chain of batches', storedBatches(3, 7n)],
    ['a chain that is shorter than L1', batches.slice(0, 1)],
  ])('stops with L1_FORK on %s', async (_name, others) => {
    await stage.setTime(slotEnd(3n));
    await settlerOf(batches).settler.step(never);
    const longer = others.length === 1 ? [others[0]!, undefined as never, batches[2]!] : others;
    await expect(settlerOf(longer).settler.step(never)).rejects.toMatchObject({ code: 'L1_FORK' });
  });

  it('passes on what the contract says when it refuses: halted by guardians', async () => {
    await stage.setTime(slotEnd(1n));
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    const { settler, steps } = settlerOf(batches);
    await expect(settler.step(never)).rejects.toMatchObject({ code: 'L1_CALL_REVERTED' });
    expect(steps).toEqual([]);
  });
});

describe('prove and execute', () => {
  const proof: RangeProof = { from: 0n, to: 1n, proofSystemId: PROOF_SYSTEM_ID, proof: Uint8Array.of(1, 2, 3) };

  it('proves D slots after the batch, not sooner, and never more than is committed', async () => {
    await stage.setTime(slotEnd(1n));
    const early = settlerOf(batches, () => ({ ...proof, to: 2n }));
    await early.settler.step(never);
    expect(await early.settler.step(never)).toBe(false);
    const { settler } = settlerOf(batches.slice(0, 2), (from) => (from === 0n ? proof : undefined));
    await stage.setTime((GENESIS_SLOT + 1n + PROVE_DELAY) * INTERVAL - 10n);
    expect(await settler.step(never)).toBe(false);
    await stage.setTime((GENESIS_SLOT + 1n + PROVE_DELAY) * INTERVAL);
    // The verifier of this stage accepts nothing: that the proof came this far is what shows.
    await expect(settler.step(never)).rejects.toMatchObject({
      code: 'L1_CALL_REVERTED',
      internalText: expect.stringContaining('prove 0..1'),
    });
    expect(await settler.counts()).toMatchObject({ proven: 0n });
  });

  it('executes what is proven, in order', async () => {
    await stage.setTime(slotEnd(2n));
    const { settler, steps } = settlerOf(batches);
    await settler.step(never);
    await settler.step(never);
    await stage.setProvenCount(2n);
    await settler.step(never);
    await settler.step(never);
    expect(steps.slice(2)).toMatchObject([
      { kind: 'executed', batch: 1n },
      { kind: 'executed', batch: 2n },
    ]);
    expect(await settler.counts()).toEqual({ committed: 2n, proven: 2n, executed: 2n });
  });

  it('does not execute with messages that are not the batch’s', async () => {
    await stage.setTime(slotEnd(1n));
    await settlerOf(batches).settler.step(never);
    await stage.setProvenCount(1n);
    const wrong = batches.map((batch) => ({ ...batch, messageHashes: [5n] }));
    await expect(settlerOf(wrong).settler.step(never)).rejects.toMatchObject({ code: 'L1_CALL_REVERTED' });
  });
});

describe('taking back what was withdrawn', () => {
  const none = () => undefined;
  /** Batch 1 as it was, others instead of 2 and 3. */
  const again = storedBatches(3, 7n, 2n);

  beforeEach(async () => {
    await stage.setTime(slotEnd(3n));
    const { settler } = settlerOf(batches);
    for (let i = 0; i < 3; i++) await settler.step(never);
  });

  it('sends nothing while everything on Ethereum is ours, or was never withdrawn', async () => {
    expect(await settlerOf(batches, none, 2n).settler.reclaim(never)).toBe('well');
    expect(await settlerOf(again, none).settler.reclaim(never)).toBe('well');
  });

  it('waits until the batches are sealed again', async () => {
    expect(await settlerOf(again.slice(0, 3), none, 2n).settler.reclaim(never)).toBe('waiting');
    expect(await settlerOf(again.slice(0, 2), none, 2n).settler.reclaim(never)).toBe('waiting');
    expect((await settlerOf(batches).settler.counts()).committed).toBe(3n);
  });

  it('reverts to the last batch that still is ours, and not further', async () => {
    // Unless another key is named at deployment, the committer may take back as well.
    const { settler } = settlerOf(again, none, 2n, stage.accounts.reverter);
    expect(await settler.reclaim(never)).toBe('sent');
    expect((await settler.counts()).committed).toBe(1n);
    expect(await settler.reclaim(never)).toBe('well');
  });

  it('builds nothing on a commit that was mined after the look, and takes it back at the next one', async () => {
    // Everything of before is taken back; then a commit that was under way comes in between two looks of this life.
    const { settler, attempts } = settlerOf(again, none, 2n, stage.accounts.reverter);
    await settler.reclaim(never);
    expect(await settler.reclaim(never)).toBe('well');
    await settlerOf(batches).settler.step(never);
    expect(await settler.step(never)).toBe(false);
    expect(attempts).toEqual([]);
    expect((await settler.counts()).committed).toBe(2n);
    expect(await settler.reclaim(never)).toBe('sent');
    expect((await settler.counts()).committed).toBe(1n);
    await settlerOf(again, none, 2n).settler.step(never);
    expect(await stage.read('chain', 'storedBatchHash', [2n])).toBe(hashStoredBatch(again[2]!.stored));
  });

  it('neither proves nor executes a batch that came in late, sealed again or not', async () => {
    const proof: RangeProof = { from: 0n, to: 2n, proofSystemId: PROOF_SYSTEM_ID, proof: Uint8Array.of(1) };
    await stage.setTime(slotEnd(10n));
    const known = [again, again.slice(0, 2)];
    for (const own of known) {
      const { settler, attempts } = settlerOf(own, () => proof, 2n);
      expect(await settler.step(never)).toBe(false);
      expect(attempts).toEqual([]);
    }
    await stage.setProvenCount(1n);
    await settlerOf(batches).settler.step(never);
    await stage.setProvenCount(2n);
    for (const own of known) {
      const { settler, attempts } = settlerOf(own, none, 2n);
      expect(await settler.step(never)).toBe(false);
      expect(attempts).toEqual([]);
    }
    expect((await settlerOf(batches).settler.counts()).executed).toBe(1n);
  });

  it('stops with L1_FORK at what it never withdrew, and at what was executed', async () => {
    const longer = storedBatches(4, 7n, 2n);
    await stage.setTime(slotEnd(4n));
    await expect(settlerOf(longer, none, 4n).settler.step(never)).rejects.toMatchObject({ code: 'L1_FORK' });
    await stage.setProvenCount(3n);
    const { settler } = settlerOf(batches);
    for (let i = 0; i < 3; i++) await settler.step(never);
    await expect(settlerOf(longer, none, 2n).settler.step(never)).rejects.toMatchObject({ code: 'L1_FORK' });
  });

  it('never reverts what was executed', async () => {
    await stage.setProvenCount(2n);
    const { settler } = settlerOf(batches);
    await settler.step(never);
    await settler.step(never);
    await expect(settlerOf(again, none, 1n, stage.accounts.reverter).settler.reclaim(never)).rejects.toMatchObject({
      code: 'L1_FORK',
    });
  });

  it('says so when the key may not revert', async () => {
    await expect(settlerOf(again, none, 2n).settler.reclaim(never)).rejects.toMatchObject({ code: 'L1_CALL_REVERTED' });
  });
});
