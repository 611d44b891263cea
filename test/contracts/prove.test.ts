import { decodeFunctionData, type Hex, parseAbi } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { flipBit, genesisBatch, nextBatch, STORED_FIELDS, type StoredBatch, storedBatch } from './batches.ts';
import { ECHO_REVERT_CODE, GENESIS_SLOT, hex32, INTERVAL, openStage, PROOF_SYSTEM_ID, type Stage } from './stage.ts';

/**
 * G1: nothing is proven without a proof. Here every proof is rejected, by code that can only reject; that a real one is accepted is shown by
 * settlement.test.ts with the generated verifier.
 */

const SLOT = GENESIS_SLOT + 5n;
const PROOF: Hex = `0x${'5a'.repeat(64)}`;

let stage: Stage;
const stored: StoredBatch[] = [genesisBatch()];

beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

async function commitThree() {
  stored.length = 1;
  await stage.setTime((SLOT + 4n) * INTERVAL);
  for (const slot of [SLOT, SLOT + 1n, SLOT + 2n]) {
    const previous = stored.at(-1)!;
    const batch = nextBatch(previous, slot);
    await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [previous, batch] });
    stored.push(storedBatch(previous, batch));
  }
}

const prove = (from: StoredBatch, to: StoredBatch, id = PROOF_SYSTEM_ID, proof = PROOF) =>
  ({ who: 'prover', to: 'chain', fn: 'prove', args: [from, to, id, proof] }) as const;

describe('a proof is refused', () => {
  test('when the verifier says no', async () => {
    await commitThree();
    for (const to of [1, 2, 3]) expect(await stage.refusal(prove(stored[0]!, stored[to]!))).toBe('ProofRejected');
    expect(await stage.read('chain', 'provenCount')).toBe(0n);
  });

  test('from anybody but the prover', async () => {
    await commitThree();
    for (const who of ['committer', 'executor', 'reverter', 'guardian', 'maker', 'checker', 'stranger'] as const) {
      expect(await stage.refusal({ ...prove(stored[0]!, stored[1]!), who })).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('by a verifier nobody registered', async () => {
    await commitThree();
    for (const id of [hex32(0n), hex32(1n), flipBit({ id: PROOF_SYSTEM_ID }, 'id', 77).id]) {
      expect(await stage.refusal(prove(stored[0]!, stored[1]!, id))).toBe('VerifierUnknown');
    }
  });

  test('by a verifier that governance has retired', async () => {
    await commitThree();
    await stage.govern('verifiers', 'retire', [PROOF_SYSTEM_ID, 1n], true);
    expect(await stage.refusal(prove(stored[0]!, stored[1]!))).toBe('VerifierRetired');
  });

  test('for a range that does not start at the last proven batch', async () => {
    await commitThree();
    expect(await stage.refusal(prove(stored[1]!, stored[2]!))).toBe('StoredBatchMismatch');
    await stage.setProvenCount(2n);
    expect(await stage.refusal(prove(stored[0]!, stored[3]!))).toBe('StoredBatchMismatch');
    expect(await stage.refusal(prove(stored[1]!, stored[3]!))).toBe('StoredBatchMismatch');
    expect(await stage.refusal(prove(stored[2]!, stored[3]!))).toBe('ProofRejected');
  });

  test('for an empty or backward range, so nothing is proven twice', async () => {
    await commitThree();
    await stage.setProvenCount(2n);
    expect(await stage.refusal(prove(stored[2]!, stored[2]!))).toBe('ProofRangeEmpty');
    expect(await stage.refusal(prove(stored[2]!, stored[1]!))).toBe('ProofRangeEmpty');
    expect(await stage.refusal(prove(stored[2]!, stored[0]!))).toBe('ProofRangeEmpty');
  });

  test('beyond the last committed batch, a reverted one included', async () => {
    await commitThree();
    const fourth = storedBatch(stored[3]!, nextBatch(stored[3]!, SLOT + 3n));
    expect(await stage.refusal(prove(stored[0]!, fourth))).toBe('BatchNotCommitted');
    await stage.send({ who: 'reverter', to: 'chain', fn: 'revertBatches', args: [stored[1]] });
    expect(await stage.refusal(prove(stored[0]!, stored[2]!))).toBe('BatchNotCommitted');
  });

  test('when one bit of either batch differs from what is stored', async () => {
    await commitThree();
    for (const field of STORED_FIELDS) {
      for (const bit of [0, 63, 200]) {
        expect(await stage.refusal(prove(flipBit(stored[0]!, field, bit), stored[2]!)), field).toBe(
          'StoredBatchMismatch',
        );
        const expected = field === 'batchNumber' ? /BatchNotCommitted|StoredBatchMismatch/ : /StoredBatchMismatch/;
        expect(await stage.refusal(prove(stored[0]!, flipBit(stored[2]!, field, bit))), field).toMatch(expected);
      }
    }
  });
});

test('what the verifier is asked comes from the stored batches: four 128-bit limbs, and the proof untouched', async () => {
  const echo = await openStage({ verifierCode: ECHO_REVERT_CODE });
  const own = stage;
  try {
    stage = echo;
    await commitThree();
    const answer = await echo.refusal(prove(stored[0]!, stored[2]!));
    const { args } = decodeFunctionData({
      abi: parseAbi(['function verify(bytes proof, bytes32[] publicInputs) view returns (bool)']),
      data: answer.replace('raw ', '') as Hex,
    });
    const limbs = (word: Hex) => [hex32(BigInt(word) >> 128n), hex32(BigInt(word) & ((1n << 128n) - 1n))];
    expect(args).toEqual([PROOF, [...limbs(stored[0]!.sealed_), ...limbs(stored[2]!.sealed_)]]);
  } finally {
    stage = own;
    await echo.close();
  }
});
