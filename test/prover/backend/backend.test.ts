import { readdir, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FR_MODULUS } from '../../../src/chain/constants.ts';
import { createBackend } from '../../../src/prover/backend/backend.ts';
import { findBb } from '../../../src/prover/backend/binary.ts';
import type { Flavour } from '../../../src/prover/backend/flavour.ts';
import { pairingHolds, readPairingPoints } from '../../../src/prover/backend/pairing-points.ts';
import { fromFields, type Proof, toFields } from '../../../src/prover/backend/proof.ts';
import { solveWitness } from '../../../src/prover/backend/solve-witness.ts';
import { workRoot } from '../../../src/prover/backend/work-folder.ts';
import { compileVerifier } from '../../../src/prover/keys/compile-verifier.ts';
import { backendLimitsDefault } from '../../../src/prover/keys/open-backend.ts';
import { verifierSource } from '../../../src/prover/keys/verifier-source.ts';
import { verifyWrap } from '../../../src/prover/recursion/verify-wrap.ts';
import { withWitness } from '../witness-map.ts';
import { compileTest, createTinyBackend, type TinyBackend } from './tiny-backend.ts';

let tiny: TinyBackend;
const inputs = { a: '2', b: '3', total: '17', secret: '5' };
const flavours: Flavour[] = ['inner', 'inner-zk', 'wrap'];
const proofs = new Map<Flavour, Proof>();
/** Leading elements that are commitments, sumcheck and evaluations. The openings after them are decided by the pairing alone. */
const statementElements: Record<Flavour, number> = { inner: 281, 'inner-zk': 281, wrap: 60 };

beforeAll(async () => {
  tiny = await createTinyBackend();
  const witness = await solveWitness(tiny.circuit, inputs);
  for (const flavour of flavours) proofs.set(flavour, await tiny.backend.prove(tiny.circuit, witness, flavour));
});
afterAll(() => tiny.remove());

describe.each(flavours)('a proof of flavour %s', (flavour) => {
  const verify = async (change: (proof: Proof) => Proof) => {
    const key = await tiny.backend.writeKey(tiny.circuit, flavour);
    return tiny.backend.verify(key, change(proofs.get(flavour)!), flavour);
  };

  test('verifies again, has its public inputs and verified nothing inside', async () => {
    const proof = proofs.get(flavour)!;
    await verify((same) => same);
    expect(proof.publicInputs).toEqual([2n, 3n, 17n]);
    expect(readPairingPoints(proof.proof)).toBeUndefined();
  });

  test.each([0, 1, 2])('does not verify with public input %i changed', async (i) => {
    const change = (proof: Proof) => ({ ...proof, publicInputs: proof.publicInputs.with(i, 18n) });
    await expect(verify(change)).rejects.toThrow('PROOF_INVALID');
  });

  test('does not verify with a bit changed in what the binary checks under any string', async () => {
    const elements = statementElements[flavour];
    for (let element = 0; element < elements; element += Math.ceil(elements / 12)) {
      const change = (proof: Proof) => ({ ...proof, proof: flipped(proof.proof, element * 32 + 31) });
      await expect(verify(change), `element ${element}`).rejects.toThrow(/PROOF_/);
    }
  });

  test('does not verify under the key of another circuit', async () => {
    const other = await tiny.backend.writeKey(await compileTest('product', tiny.cacheDirectory), flavour);
    await expect(tiny.backend.verify(other, proofs.get(flavour)!, flavour)).rejects.toThrow('PROOF_INVALID');
  });

  test('does not verify truncated or longer', async () => {
    await expect(verify(({ proof, ...rest }) => ({ ...rest, proof: proof.subarray(32) }))).rejects.toThrow(/PROOF_/);
    await expect(
      verify(({ proof, ...rest }) => ({
        ...rest,
        proof: fromFields([...Array<bigint>(proof.length / 32 + 1).fill(1n)]),
      })),
    ).rejects.toThrow(/PROOF_/);
  });

  test('is not made of a witness that does not satisfy the circuit, though the binary ends well', async () => {
    const witness = await solveWitness(tiny.circuit, inputs);
    const forged = withWitness(witness, new Map([[2, 18n]]));
    await expect(tiny.backend.prove(tiny.circuit, forged, flavour)).rejects.toThrow('WITNESS_UNSATISFIED');
  });

  test('differs each time only where it hides its witness', async () => {
    const witness = await solveWitness(tiny.circuit, inputs);
    const again = await tiny.backend.prove(tiny.circuit, witness, flavour);
    const same = Buffer.compare(again.proof, proofs.get(flavour)!.proof) === 0;
    expect(same).toBe(flavour === 'inner');
  });
});

test('the contract refuses a wrap proof with any element changed, and the same under Ignition', async () => {
  const { backend, circuit } = tiny;
  const template = await backend.solidityVerifier(await backend.writeKey(circuit, 'wrap'));
  const ours = compileVerifier(verifierSource({ template, g2: backend.string.g2, developmentChainId: undefined }));
  const proof = proofs.get('wrap')!;
  expect(await verifyWrap(proof, ours.runtimeBytecode)).toMatchObject({ valid: true });
  expect((await verifyWrap(proof, compileVerifier(template).runtimeBytecode)).valid).toBe(false);
  for (let at = 31; at < proof.proof.length; at += 32 * 5) {
    const changed = { ...proof, proof: flipped(proof.proof, at) };
    expect((await verifyWrap(changed, ours.runtimeBytecode)).valid, `byte ${at}`).toBe(false);
  }
  for (const publicInputs of [
    [3n, 3n, 17n],
    [2n, 3n],
    [2n, 3n, 17n, 0n],
    [2n, 3n, 17n + FR_MODULUS],
  ]) {
    expect((await verifyWrap({ ...proof, publicInputs }, ours.runtimeBytecode)).valid).toBe(false);
  }
  for (const cut of [proof.proof.subarray(32), proof.proof.subarray(0, -1), new Uint8Array()]) {
    expect((await verifyWrap({ ...proof, proof: cut }, ours.runtimeBytecode)).valid).toBe(false);
  }
});

test('a wrong input is refused by the solver, by its assertion and without its numbers', async () => {
  await expect(solveWitness(tiny.circuit, { ...inputs, total: '1234567890' })).rejects.toThrow(
    /WITNESS_UNSATISFIED.*the sum is another/,
  );
  const error = await solveWitness(tiny.circuit, { ...inputs, secret: 'x1234567890' }).catch((e: Error) => e);
  expect(String(error)).toMatch(/WITNESS_UNSATISFIED/);
  expect(String(error)).not.toContain('1234567890');
});

test('an empty or broken witness is an error', async () => {
  await expect(tiny.backend.prove(tiny.circuit, new Uint8Array(), 'inner')).rejects.toThrow('BACKEND_FAILED');
  const witness = await solveWitness(tiny.circuit, inputs);
  await expect(tiny.backend.prove(tiny.circuit, witness.subarray(0, 20), 'inner')).rejects.toThrow('BACKEND_FAILED');
});

test('a damaged key in the cache is made anew', async () => {
  const key = await tiny.backend.writeKey(tiny.circuit, 'inner');
  await writeFile(key.path, flipped(key.bytes, 500));
  const again = await tiny.backend.writeKey(tiny.circuit, 'inner');
  expect(again).toEqual(key);
  expect(Buffer.compare(await readFile(key.path), key.bytes)).toBe(0);
});

test('keys of proofs that hide and of those that do not are the same', async () => {
  const [inner, zk] = [
    await tiny.backend.writeKey(tiny.circuit, 'inner'),
    await tiny.backend.writeKey(tiny.circuit, 'inner-zk'),
  ];
  expect(inner.path).toBe(zk.path);
});

test('nothing of a proof is left in the work folder, and no witness in the cache', async () => {
  const ours = (await readdir(workRoot())).filter((name) => name.startsWith(`privity-prover-${process.pid}-`));
  expect(ours).toEqual([]);
  const cached = await readdir(tiny.cacheDirectory, { recursive: true });
  expect(cached.filter((name) => /witness|proof/.test(name))).toEqual([]);
  expect(cached.length).toBeGreaterThan(3);
});

test('a circuit larger than the string is refused before the binary looks for points elsewhere', async () => {
  const { directory } = tiny.backend.string;
  const description = { ...tiny.backend.string.description, points: 17 };
  const short = createBackend({
    binary: findBb(),
    string: { ...tiny.backend.string, directory, description },
    cacheDirectory: tiny.cacheDirectory,
    limits: backendLimitsDefault,
    slots: 1,
  });
  const other = { ...tiny.circuit, hash: 'another' };
  await expect(short.writeKey(other, 'inner')).rejects.toThrow(/STRING_TOO_SHORT: sum needs 33 points/);
});

test('gates are counted', async () => {
  expect((await tiny.backend.gates(tiny.circuit)).gates).toBeGreaterThan(0);
});

test('pairing points that are off the curve or not reduced do not pass', () => {
  const { g2 } = tiny.backend.string;
  const generator = { x: 1n, y: 2n };
  expect(pairingHolds({ p0: generator, p1: generator }, g2)).toBe(false);
  expect(pairingHolds({ p0: { x: 1n, y: 3n }, p1: generator }, g2)).toBe(false);
  expect(pairingHolds({ p0: { x: 0n, y: 0n }, p1: { x: 0n, y: 0n } }, g2)).toBe(false);
  expect(() => readPairingPoints(new Uint8Array(255))).toThrow('PROOF_MALFORMED');
  expect(() => toFields(new Uint8Array(32).fill(255))).toThrow('PROOF_MALFORMED');
  expect(() => toFields(new Uint8Array(33))).toThrow('PROOF_MALFORMED');
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
}
