import { compressWitness, decompressWitness } from '@noir-lang/acvm_js';

/** A solved witness with some values replaced: what a prover that skips the solver's checks would put in. */
export function withWitness(witness: Uint8Array, changes: ReadonlyMap<number, bigint>): Uint8Array {
  const map = decompressWitness(witness);
  for (const [index, value] of changes) map.set(index, `0x${value.toString(16).padStart(64, '0')}`);
  return compressWitness(map);
}
