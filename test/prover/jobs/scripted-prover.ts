import { setTimeout as delay } from 'node:timers/promises';
import type { InnerProof, Prover, WitnessSource } from '../../../src/prover/port.ts';
import { digestHash, freshDigest } from '../fresh-digests.ts';

/** Batches of `segments` segments and a seal; batch n ends at fresh digest n. */
export function scriptedSource(segments: number): WitnessSource {
  const digestAfter = (batch: bigint) => digestHash(freshDigest(batch));
  const leavesOf = async (batch: bigint) =>
    Array.from({ length: segments + 1 }, (_, i) => ({
      circuit: i === segments ? ('seal' as const) : ('segment_m' as const),
      before: i === 0 ? digestAfter(batch - 1n) : batch * 1000n + BigInt(i),
      after: i === segments ? digestAfter(batch) : batch * 1000n + BigInt(i + 1),
    }));
  return {
    leavesOf,
    witnessOf: async (batch, index) => ({ ...(await leavesOf(batch))[index]!, inputs: {} }),
    freshDigestAfter: async (batch) => freshDigest(batch),
  };
}

/** Keeps the rules of the port, proves nothing: what runs the jobs is the subject. `before` may fail or wait. */
export function scriptedProver(
  before: (what: string, signal?: AbortSignal) => Promise<void> = () => delay(1),
): Prover & {
  readonly calls: string[];
} {
  const calls: string[] = [];
  const call = async (what: string, signal?: AbortSignal) => {
    calls.push(what);
    await before(what, signal);
    signal?.throwIfAborted();
  };
  const proof = (text: string) => new TextEncoder().encode(text);
  const leaf: Prover['proveSegment'] = async ({ circuit, before: from, after }, signal) => {
    await call(circuit, signal);
    return { circuit, zk: false, before: from, after, proof: proof(`${from}-${after}`) } satisfies InnerProof;
  };
  return {
    calls,
    proofSystemId: '0x01',
    verifierBytecode: '0x',
    proveSegment: leaf,
    proveSeal: leaf,
    async proveMerge(left, right, zk, signal) {
      await call(zk ? 'last merge' : 'merge', signal);
      if (left.after !== right.before) throw new Error('out of order');
      return {
        circuit: 'merge',
        zk,
        before: left.before,
        after: right.after,
        proof: proof(`${left.before}-${right.after}`),
      };
    },
    async proveWrap(range, first, last, signal) {
      await call('wrap', signal);
      if (digestHash(first) !== range.before || digestHash(last) !== range.after) throw new Error('another range');
      return {
        proof: range.proof,
        publicInputs: [first, last].flatMap(({ digest }) => [digest.sealedHi, digest.sealedLo]),
      };
    },
    verifyWrap: async () => true,
  };
}
