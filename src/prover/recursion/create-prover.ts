/**
 * The prover over one key set. It takes any proofs for the statements they claim only after the binary has verified them; what a circuit
 * asserts anyway is not checked twice here, except that proofs follow each other, which would cost a minute to find out.
 */

import { randomBytes } from 'node:crypto';
import type { Hex } from '../../base/bytes.ts';
import { bytesToBigInt } from '../../base/bytes.ts';
import { FR_MODULUS } from '../../chain/constants.ts';
import { hashDigest } from '../../chain/digest.ts';
import type { Backend } from '../backend/backend.ts';
import { solveWitness } from '../backend/solve-witness.ts';
import { proverError } from '../errors.ts';
import { type KeyedCircuit, type KeySet, keyTreeOf } from '../keys/make-keys.ts';
import type { FreshDigest, InnerProof, LeafWitness, Prover, WrapProof } from '../port.ts';
import { childInput, digestInput, fieldInput } from './noir-inputs.ts';
import { verifyWrap } from './verify-wrap.ts';

export interface ProverDeps {
  readonly backend: Backend;
  readonly keys: KeySet;
  readonly proofSystemId: Hex;
  /** A uniform field element; the commitments of a proof are hidden by it. */
  readonly randomField: () => bigint;
}

/** 512 bits, so that the remainder is as good as uniform. */
export const randomField = (): bigint => bytesToBigInt(new Uint8Array(randomBytes(64))) % FR_MODULUS;

export function createProver({ backend, keys, proofSystemId, randomField }: ProverDeps): Prover {
  const tree = keyTreeOf(keys.circuits);
  const shared = () => ({ vk_root: fieldInput(keys.vkRoot), randomness: fieldInput(randomField()) });

  const circuitOf = (name: string): KeyedCircuit => {
    const circuit = keys.circuits.find((candidate) => candidate.name === name);
    if (circuit === undefined) throw proverError('KEYS_MISMATCH', `no circuit '${name}' under vkRoot`);
    return circuit;
  };

  const childOf = (child: InnerProof) => {
    const { key, kind } = circuitOf(child.circuit);
    const position = keys.circuits.findIndex(({ name }) => name === child.circuit);
    return childInput(child, { kind, bytes: key.bytes, hash: key.hash, position }, tree);
  };

  async function proveLeaf(witness: LeafWitness, signal?: AbortSignal): Promise<InnerProof> {
    const { circuit, before, after } = witness;
    const { file } = circuitOf(circuit);
    const solved = await solveWitness(file, { ...witness.inputs, ...shared() }, signal);
    const made = await backend.prove(file, solved, 'inner', signal);
    expectStatement(made.publicInputs, [before, after, keys.vkRoot], circuit);
    return { circuit, zk: false, before, after, proof: made.proof };
  }

  return {
    proofSystemId,
    verifierBytecode: keys.verifierBytecode,
    proveSegment: proveLeaf,
    proveSeal: proveLeaf,

    async proveMerge(left, right, zk, signal) {
      if (left.after !== right.before)
        throw proverError('RANGE_BROKEN', 'the right proof does not follow the left one');
      if (left.zk || right.zk) throw proverError('RANGE_BROKEN', 'a merge takes proofs that do not hide their witness');
      const { file } = circuitOf('merge');
      const { before, after } = { before: left.before, after: right.after };
      const statement = { digest_before: fieldInput(before), digest_after: fieldInput(after) };
      const inputs = { ...statement, ...shared(), left: childOf(left), right: childOf(right) };
      const witness = await solveWitness(file, inputs, signal);
      const made = await backend.prove(file, witness, zk ? 'inner-zk' : 'inner', signal);
      expectStatement(made.publicInputs, [before, after, keys.vkRoot], 'merge');
      return { circuit: 'merge', zk, before, after, proof: made.proof };
    },

    async proveWrap(range, first, last, signal) {
      if (!range.zk) throw proverError('RANGE_BROKEN', 'wrap takes a proof that hides its witness');
      if (hashDigest(first.digest) !== range.before || hashDigest(last.digest) !== range.after) {
        throw proverError('RANGE_BROKEN', 'the range is proven between other digests');
      }
      const publicInputs = sealedLimbs(first, last);
      const [beforeHi, beforeLo, afterHi, afterLo] = publicInputs.map(fieldInput);
      const witness = await solveWitness(
        keys.wrap.file,
        {
          sealed_before_hi: beforeHi!,
          sealed_before_lo: beforeLo!,
          sealed_after_hi: afterHi!,
          sealed_after_lo: afterLo!,
          first: digestInput(first.digest),
          first_blind: fieldInput(first.blind),
          last: digestInput(last.digest),
          last_blind: fieldInput(last.blind),
          range: childOf(range),
          randomness: fieldInput(randomField()),
        },
        signal,
      );
      const made = await backend.prove(keys.wrap.file, witness, 'wrap', signal);
      expectStatement(made.publicInputs, publicInputs, 'wrap');
      const { valid } = await verifyWrap(made, keys.verifierBytecode);
      if (!valid) throw proverError('PROOF_INVALID', 'the verifier contract refuses the wrap proof');
      return made;
    },

    verifyWrap: async (proof: WrapProof) => (await verifyWrap(proof, keys.verifierBytecode)).valid,
  };
}

function sealedLimbs(first: FreshDigest, last: FreshDigest): bigint[] {
  return [first.digest, last.digest].flatMap(({ sealedHi, sealedLo }) => [sealedHi, sealedLo]);
}

function expectStatement(made: readonly bigint[], expected: readonly bigint[], circuit: string): void {
  if (made.length !== expected.length || made.some((input, i) => input !== expected[i])) {
    throw proverError('PROOF_INVALID', `a proof of ${circuit} for another statement`);
  }
}
