import { createDenialSigner as create } from '../../../src/sequencer/denial-signer.ts';
import { at } from '../trigger.ts';

export * from '../../../src/sequencer/denial-signer.ts';

/** Killed when a denial is signed, before anybody can have written it. */
export const createDenialSigner: typeof create = (key) => {
  const signer = create(key);
  return {
    ...signer,
    sign(denial) {
      const signed = signer.sign(denial);
      at('denial.unwritten');
      return signed;
    },
  };
};
