/** Inputs of merge and wrap, and what the prover adds to a leaf's. */

import type { InputMap } from '@noir-lang/noir_js';
import { proverError } from '../errors.ts';
import { type KeySet, keyTreeOf } from '../keys/make-keys.ts';
import type { FreshDigest, InnerProof } from '../port.ts';
import { childInput, digestInput, fieldInput } from './noir-inputs.ts';

export interface RecursionInputs {
  /** Every circuit but wrap passes it through. */
  readonly vkRoot: InputMap;
  merge(left: InnerProof, right: InnerProof): InputMap;
  wrap(range: InnerProof, first: FreshDigest, last: FreshDigest): InputMap;
}

export function createRecursionInputs(
  keys: Pick<KeySet, 'circuits' | 'vkRoot'>,
  randomField: () => bigint,
): RecursionInputs {
  const tree = keyTreeOf(keys.circuits);
  const vkRoot = { vk_root: fieldInput(keys.vkRoot) };
  const entropy = () => ({ entropy: fieldInput(randomField()) });

  const childOf = (child: InnerProof): InputMap => {
    const position = keys.circuits.findIndex(({ name }) => name === child.circuit);
    const circuit = keys.circuits[position];
    if (circuit === undefined) throw proverError('KEYS_MISMATCH', `no circuit '${child.circuit}' under vkRoot`);
    return childInput(child, { kind: circuit.kind, bytes: circuit.key.bytes, hash: circuit.key.hash, position }, tree);
  };

  return {
    vkRoot,
    merge: (left, right) => ({
      digest_before: fieldInput(left.before),
      digest_after: fieldInput(right.after),
      ...vkRoot,
      ...entropy(),
      left: childOf(left),
      right: childOf(right),
    }),
    wrap: (range, first, last) => ({
      sealed_before_hi: fieldInput(first.digest.sealedHi),
      sealed_before_lo: fieldInput(first.digest.sealedLo),
      sealed_after_hi: fieldInput(last.digest.sealedHi),
      sealed_after_lo: fieldInput(last.digest.sealedLo),
      first: digestInput(first.digest),
      first_blind: fieldInput(first.blind),
      last: digestInput(last.digest),
      last_blind: fieldInput(last.blind),
      range: childOf(range),
      ...entropy(),
    }),
  };
}

/** sealedBefore hi, lo, sealedAfter hi, lo. */
export const wrapPublicInputs = (first: FreshDigest, last: FreshDigest): bigint[] =>
  [first.digest, last.digest].flatMap(({ sealedHi, sealedLo }) => [sealedHi, sealedLo]);
