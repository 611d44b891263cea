/** Inputs of the sample that a prover may choose in this slice, each with its reason. Every other input is fixed by the constraints. */

import type { EvmInputs } from '../../../../src/prover/witness/evm/frame-inputs.ts';

export function freeSites({ frame }: EvmInputs): (path: string) => string | undefined {
  const named = new Set<number>([0, 1]);
  for (const { a, b, p, q, d } of frame.arithmetic) for (const id of [a, b, p, q, d]) named.add(id);
  for (const { a, b } of frame.flow) named.add(a).add(b);
  for (const { result } of frame.gas) named.add(result);
  for (const { constant } of frame.pushes) named.add(constant);
  for (const { a, b, result } of frame.memory.requests) named.add(a).add(b).add(result);
  for (const { old0, old1, new0, new1, value } of frame.memory.windows)
    for (const id of [old0, old1, new0, new1, value]) named.add(id);
  for (const { s, v } of frame.memory.copies) named.add(s).add(v);
  for (const { o } of frame.memory.merges) named.add(o);
  for (const { a, result } of frame.calldata) named.add(a).add(result);
  for (const { result } of frame.environment) named.add(result);
  for (const id of frame.names) named.add(id);
  return (path) => {
    const value = /^frame\.values\.(?:hi|lo)\.(\d+)$/.exec(path);
    if (value !== null && !named.has(Number(value[1]))) return 'a word that only boundary rows name, or none';
    if (/^frame\.boundary\.\d+\.result$/.test(path)) return 'NOT CONSTRAINED YET: the result of a boundary row';
    return undefined;
  };
}
