import { fileURLToPath } from 'node:url';
import { type BackendSettings, backendLimitsDefault } from '../../src/prover/keys/open-backend.ts';

/** Strings, circuits and keys survive between runs: they are what tests of proofs spend their time on. */
export const cacheDirectory =
  process.env['PRIVITY_CACHE'] ?? fileURLToPath(new URL('../../node_modules/.cache/privity-prover', import.meta.url));

export const proverSettings: BackendSettings = {
  cacheDirectory,
  limits: { ...backendLimitsDefault, niceness: 0 },
  slots: 1,
};
