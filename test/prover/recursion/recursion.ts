/** Real proofs over the tiny key set, and proving without any of the prover's own checks, as an attacker would. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InputMap } from '@noir-lang/noir_js';
import type { Backend, CircuitFile } from '../../../src/prover/backend/backend.ts';
import { findBb } from '../../../src/prover/backend/binary.ts';
import { FLAVOUR, type Flavour } from '../../../src/prover/backend/flavour.ts';
import { fromFields, type Proof, toFields } from '../../../src/prover/backend/proof.ts';
import { runBb } from '../../../src/prover/backend/run-bb.ts';
import { solveWitness } from '../../../src/prover/backend/solve-witness.ts';
import { withWorkFolder } from '../../../src/prover/backend/work-folder.ts';
import type { KeySet } from '../../../src/prover/keys/make-keys.ts';
import type { FreshDigest, InnerProof, Prover } from '../../../src/prover/port.ts';
import { createProver, randomField } from '../../../src/prover/recursion/create-prover.ts';
import { fieldInput } from '../../../src/prover/recursion/noir-inputs.ts';
import { createRecursionInputs, type RecursionInputs } from '../../../src/prover/recursion/recursion-inputs.ts';
import { digestHash, freshDigest } from '../fresh-digests.ts';
import { proverSettings } from '../prover-cache.ts';
import { makeTinyKeySet } from '../tiny-key-set.ts';

export interface Recursion {
  readonly backend: Backend;
  readonly keys: KeySet;
  readonly prover: Prover;
  readonly inputs: RecursionInputs;
  /** Three digests just after a seal, in order. */
  readonly digests: readonly [FreshDigest, FreshDigest, FreshDigest];
  leaf(circuit: 'segment_xs' | 'seal', from: FreshDigest, to: FreshDigest, zk?: boolean): Promise<InnerProof>;
  /** A true proof of a forger's circuit, passed off as a seal, and that circuit's key. */
  forgery(
    from: FreshDigest,
    to: FreshDigest,
    zk: boolean,
  ): Promise<{ readonly child: InnerProof; readonly key: string[] }>;
}

export async function openRecursion(): Promise<Recursion> {
  const { backend, keys, outsider } = await makeTinyKeySet();
  const inputs = createRecursionInputs(keys, randomField);
  async function proveWith(
    file: CircuitFile,
    from: FreshDigest,
    to: FreshDigest,
    zk: boolean,
  ): Promise<Omit<InnerProof, 'circuit'>> {
    const [before, after] = [digestHash(from), digestHash(to)];
    const own = { digest_before: fieldInput(before), digest_after: fieldInput(after) };
    const witness = await solveWitness(file, { ...own, ...inputs.vkRoot, entropy: fieldInput(randomField()) });
    const { proof } = await backend.prove(file, witness, zk ? 'inner-zk' : 'inner');
    return { zk, before, after, proof };
  }
  return {
    backend,
    keys,
    inputs,
    prover: createProver({ backend, keys, randomField, proofSystemId: '0x00' }),
    digests: [freshDigest(1n), freshDigest(2n), freshDigest(3n)],
    async leaf(circuit, from, to, zk = false) {
      const { file } = keys.circuits.find(({ name }) => name === circuit)!;
      return { circuit, ...(await proveWith(file, from, to, zk)) };
    },
    async forgery(from, to, zk) {
      const key = await backend.writeKey(outsider, 'inner');
      return {
        child: { circuit: 'seal', ...(await proveWith(outsider, from, to, zk)) },
        key: toFields(key.bytes).map(fieldInput),
      };
    },
  };
}

/** Whatever the binary makes of a witness, satisfying or not; `warned` when it said that it does not satisfy. */
export async function proveUnchecked(
  backend: Backend,
  circuit: CircuitFile,
  witness: Uint8Array,
  flavour: Flavour,
): Promise<Proof & { readonly warned: boolean }> {
  const key = await backend.writeKey(circuit, flavour);
  return withWorkFolder(async (work) => {
    const files = ['-c', backend.string.directory, '-b', circuit.path, '-w', '/dev/stdin', '-k', key.path, '-o', work];
    const args = ['prove', ...files, '-t', FLAVOUR[flavour].target];
    const { exitCode, stderr } = await runBb({
      binary: findBb(),
      args,
      home: work,
      limits: proverSettings.limits,
      input: witness,
    });
    if (exitCode !== 0) throw new Error(`the binary makes no proof: ${stderr.slice(-300)}`);
    const [proof, publicInputs] = await Promise.all(
      ['proof', 'public_inputs'].map((name) => readFile(join(work, name))),
    );
    return {
      proof: new Uint8Array(proof!),
      publicInputs: toFields(new Uint8Array(publicInputs!)),
      warned: stderr.includes('Builder failure'),
    };
  });
}

/** The commitment that opens an inner proof, replaced by the generator: well-formed, and false only to the pairing. */
export function withFalseOpening(child: InnerProof): InnerProof {
  return { ...child, proof: fromFields([...toFields(child.proof).slice(0, -4), 1n, 0n, 2n, 0n]) };
}

/** Another value at one element of an inner proof. */
export function withElement(child: InnerProof, index: number, change: (element: bigint) => bigint): InnerProof {
  const fields = toFields(child.proof);
  return { ...child, proof: fromFields(fields.with(index, change(fields[index]!))) };
}

/** Sets a nested input, `path` by dots. */
export function withInput(inputs: InputMap, path: string, value: unknown): InputMap {
  const copy = structuredClone(inputs) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  let at: Record<string, unknown> = copy;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (!(last in at)) throw new Error(`no input ${path}`);
  at[last] = value;
  return copy as InputMap;
}
