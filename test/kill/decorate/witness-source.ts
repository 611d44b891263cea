import { createWitnessSource as create } from '../../../src/node/witness-source.ts';
import { at } from '../trigger.ts';

export * from '../../../src/node/witness-source.ts';

/** Killed when the witness of a leaf is made. */
export const createWitnessSource: typeof create = (...args) => {
  const source = create(...args);
  return {
    ...source,
    async witnessOf(...job) {
      const witness = await source.witnessOf(...job);
      at('job.witnessed');
      return witness;
    },
  };
};
