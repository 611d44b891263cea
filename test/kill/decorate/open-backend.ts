import { openBackend as open } from '../../../src/prover/keys/open-backend.ts';
import { during } from '../trigger.ts';

export * from '../../../src/prover/keys/open-backend.ts';

/** Killed while the proving binary works: witnesses are solved before. */
export const openBackend: typeof open = (...args) => {
  const backend = open(...args);
  return {
    ...backend,
    prove(circuit, ...rest) {
      const proof = backend.prove(circuit, ...rest);
      if (circuit.name.startsWith('segment')) return during('proof.segment', proof);
      if (circuit.name === 'merge') return during('proof.merge', proof);
      return circuit.name.startsWith('wrap') ? during('proof.wrap', proof) : proof;
    },
  };
};
