/**
 * The prover over one key set. Every proof is verified before it is handed out: an inner one by the binary and, with its parent, by the pairing
 * of the points that it leaves; a wrap by the bytecode on L1.
 */

import { randomBytes } from 'node:crypto';
import type { InputMap } from '@noir-lang/noir_js';
import { bytesToBigInt, type Hex } from '../../base/bytes.ts';
import { FR_MODULUS } from '../../chain/constants.ts';
import { hashDigest } from '../../chain/digest.ts';
import type { Backend, CircuitFile } from '../backend/backend.ts';
import type { Flavour } from '../backend/flavour.ts';
import type { Proof } from '../backend/proof.ts';
import { solveWitness } from '../backend/solve-witness.ts';
import { proverError } from '../errors.ts';
import type { KeySet } from '../keys/make-keys.ts';
import type { InnerProof, LeafWitness, Prover } from '../port.ts';
import { createRecursionInputs, wrapPublicInputs } from './recursion-inputs.ts';
import { verifyWrap } from './verify-wrap.ts';

export interface ProverDeps {
  readonly backend: Backend;
  readonly keys: KeySet;
  readonly proofSystemId: Hex;
  /** A uniform field element: every merge and wrap commits a fresh one. */
  readonly randomField: () => bigint;
}

/** 512 bits, so that the remainder is as good as uniform. */
export const randomField = (): bigint => bytesToBigInt(new Uint8Array(randomBytes(64))) % FR_MODULUS;

export function createProver({ backend, keys, proofSystemId, randomField }: ProverDeps): Prover {
  const inputsOf = createRecursionInputs(keys, randomField);

  const fileOf = (name: string): CircuitFile => {
    const circuit = keys.circuits.find((candidate) => candidate.name === name);
    if (circuit === undefined) throw proverError('KEYS_MISMATCH', `no circuit '${name}' under vkRoot`);
    return circuit.file;
  };

  async function prove(
    file: CircuitFile,
    inputs: InputMap,
    flavour: Flavour,
    expected: readonly bigint[],
    signal?: AbortSignal,
  ): Promise<Proof> {
    const made = await backend.prove(file, await solveWitness(file, inputs, signal), flavour, signal);
    const { publicInputs } = made;
    if (publicInputs.length !== expected.length || publicInputs.some((input, i) => input !== expected[i])) {
      throw proverError('PROOF_INVALID', `a proof of ${file.name} for another statement`);
    }
    return made;
  }

  async function proveLeaf(witness: LeafWitness, signal?: AbortSignal): Promise<InnerProof> {
    const { circuit, before, after } = witness;
    const inputs = { ...witness.inputs, ...inputsOf.vkRoot };
    const { proof } = await prove(fileOf(circuit), inputs, 'inner', [before, after, keys.vkRoot], signal);
    return { circuit, zk: false, before, after, proof };
  }

  return {
    proofSystemId,
    verifierBytecode: keys.verifierBytecode,
    proveSegment: proveLeaf,
    proveSeal: proveLeaf,

    async proveMerge(left, right, zk, signal) {
      if (left.after !== right.before) {
        throw proverError('RANGE_BROKEN', 'the right proof does not follow the left one');
      }
      if (left.zk || right.zk) {
        throw proverError('RANGE_BROKEN', 'a merge takes proofs that do not hide their witness');
      }
      const { before } = left;
      const { after } = right;
      const expected = [before, after, keys.vkRoot];
      const flavour = zk ? 'inner-zk' : 'inner';
      const { proof } = await prove(fileOf('merge'), inputsOf.merge(left, right), flavour, expected, signal);
      return { circuit: 'merge', zk, before, after, proof };
    },

    async proveWrap(range, first, last, signal) {
      if (!range.zk) throw proverError('RANGE_BROKEN', 'wrap takes a proof that hides its witness');
      if (hashDigest(first.digest) !== range.before || hashDigest(last.digest) !== range.after) {
        throw proverError('RANGE_BROKEN', 'the range is proven between other digests');
      }
      const expected = wrapPublicInputs(first, last);
      const made = await prove(keys.wrap.file, inputsOf.wrap(range, first, last), 'wrap', expected, signal);
      const { valid } = await verifyWrap(made, keys.verifierBytecode);
      if (!valid) throw proverError('PROOF_INVALID', 'the verifier contract refuses the wrap proof');
      return made;
    },

    verifyWrap: async (proof) => (await verifyWrap(proof, keys.verifierBytecode)).valid,
  };
}
