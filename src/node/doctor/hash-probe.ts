import { createHashEngine, createHashMemory } from '../../chain/poseidon2/engine.ts';
import { ill, type Probe, well } from './probe.ts';

/** Whether this machine runs the vector kernel of Poseidon2. Without it every hash is right, and a chain of any size too slow. */
export const createHashProbe = (engineOf = () => createHashEngine(createHashMemory(0))): Probe => ({
  name: 'hashing',
  advice: 'Run the node on the Node.js it ships with.',
  look() {
    if (engineOf().isFast) return well('Poseidon2 in vectors');
    return ill(
      'Poseidon2 in plain integers, some thirty times slower',
      'Use a processor with fused multiplication (x86-64 with FMA3, or arm64) and the Node.js that the product ships with.',
    );
  },
});
