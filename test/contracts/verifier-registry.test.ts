import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { hex32, openStage, PROOF_SYSTEM_ID, type Stage } from './stage.ts';

/** G1: a proof system's name means one verifier for ever, and only two people add or retire one. */

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const ZERO = `0x${'0'.repeat(40)}`;
const asGovernor = (fn: string, args: readonly unknown[]) =>
  ({ who: stage.deployment.governor, to: 'verifiers', fn, args }) as const;
const active = (id: string, version = 1n) =>
  ({ who: 'stranger', to: 'verifiers', fn: 'activeVerifier', args: [id, version] }) as const;

test('an entry is added with its code hash in the event, found by id and version, and retired', async () => {
  const verifier = stage.deployment.verifier!;
  const { events } = await stage.govern('verifiers', 'add', [hex32(7n), 2n, verifier]);
  expect(events).toContainEqual(
    expect.objectContaining({
      eventName: 'VerifierAdded',
      args: expect.objectContaining({ proofSystemId: hex32(7n), statementVersion: 2n }),
    }),
  );
  expect(await stage.read('verifiers', 'activeVerifier', [hex32(7n), 2n])).toBe(verifier);
  expect(await stage.refusal(active(hex32(7n), 1n))).toBe('VerifierUnknown');
  await stage.govern('verifiers', 'retire', [hex32(7n), 2n], true);
  expect(await stage.refusal(active(hex32(7n), 2n))).toBe('VerifierRetired');
  expect(await stage.read('verifiers', 'entry', [hex32(7n), 2n])).toEqual({ verifier, retired: true });
});

test('an entry is written once, retired or not', async () => {
  const again = asGovernor('add', [PROOF_SYSTEM_ID, 1n, stage.deployment.chain]);
  expect(await stage.refusal(again)).toBe('VerifierAlreadyAdded');
  await stage.govern('verifiers', 'retire', [PROOF_SYSTEM_ID, 1n], true);
  expect(await stage.refusal(again)).toBe('VerifierAlreadyAdded');
  expect(await stage.refusal(asGovernor('retire', [PROOF_SYSTEM_ID, 1n]))).toBe('VerifierRetired');
  expect(await stage.refusal(asGovernor('retire', [hex32(1n), 1n]))).toBe('VerifierUnknown');
});

test('an entry without name or without code is refused', async () => {
  expect(await stage.refusal(asGovernor('add', [hex32(0n), 1n, stage.deployment.chain]))).toBe('InvalidProofSystemId');
  for (const address of [ZERO, stage.addressOf('stranger')]) {
    expect(await stage.refusal(asGovernor('add', [hex32(7n), 1n, address]))).toBe('InvalidVerifier');
  }
});

test('nobody but the governor adds or retires', async () => {
  for (const who of [
    'maker',
    'checker',
    'prover',
    'guardian',
    'deployer',
    'stranger',
    stage.deployment.chain,
  ] as const) {
    expect(
      await stage.refusal({ who, to: 'verifiers', fn: 'add', args: [hex32(7n), 1n, stage.deployment.chain] }),
    ).toBe('OnlyGovernor');
    expect(await stage.refusal({ who, to: 'verifiers', fn: 'retire', args: [PROOF_SYSTEM_ID, 1n] })).toBe(
      'OnlyGovernor',
    );
  }
});
