import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { genesisBatch, nextBatch, storedBatch } from './batches.ts';
import { GENESIS_SLOT, INTERVAL, openStage, PROOF_SYSTEM_ID, type Stage } from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const halt = { who: 'guardian', to: 'chain', fn: 'halt' } as const;

test('a halted chain commits, proves and executes nothing; governance resumes it', async () => {
  await stage.setTime((GENESIS_SLOT + 12n) * INTERVAL);
  const batch = nextBatch(genesisBatch(), GENESIS_SLOT + 5n);
  const stored = storedBatch(genesisBatch(), batch);
  const steps = [
    { who: 'committer', to: 'chain', fn: 'commit', args: [genesisBatch(), batch] },
    { who: 'prover', to: 'chain', fn: 'prove', args: [genesisBatch(), stored, PROOF_SYSTEM_ID, '0x'] },
    { who: 'executor', to: 'chain', fn: 'execute', args: [stored, []] },
  ] as const;
  await stage.send(halt);
  for (const step of steps) expect(await stage.refusal(step)).toBe('EnforcedPause');
  await stage.govern('chain', 'resume', [], true);
  await stage.send(steps[0]);
  await stage.send(halt);
  await stage.setProvenCount(1n);
  expect(await stage.refusal(steps[2])).toBe('EnforcedPause');
  await stage.govern('chain', 'resume', [], true);
  await stage.send(steps[2]);
});

test('two people of governance halt it too, at once', async () => {
  await stage.govern('chain', 'halt', [], true);
  expect(await stage.read('chain', 'paused')).toBe(true);
});

test("no other single key than a guardian's halts, and only once", async () => {
  for (const who of [
    'committer',
    'prover',
    'executor',
    'reverter',
    'maker',
    'checker',
    'deployer',
    'stranger',
  ] as const) {
    expect(await stage.refusal({ ...halt, who })).toBe('AccessControlUnauthorizedAccount');
  }
  await stage.send(halt);
  expect(await stage.refusal(halt)).toBe('EnforcedPause');
});

test('nobody resumes alone, the guardian included', async () => {
  await stage.send(halt);
  for (const who of ['guardian', 'committer', 'maker', 'checker', 'deployer', 'stranger'] as const) {
    expect(await stage.refusal({ who, to: 'chain', fn: 'resume' })).toBe('OnlyGovernor');
  }
});

test('a chain that runs cannot be resumed', async () => {
  expect(await stage.refusal({ who: stage.deployment.governor, to: 'chain', fn: 'resume' })).toBe('ExpectedPause');
});
