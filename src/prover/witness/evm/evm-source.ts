/** The measuring circuit of the zkEVM in a profile. It is in no key set, and nothing admits its proofs (ADR 0015). */

import type { CircuitSource } from '../../compile.ts';
import { PROFILES } from '../profiles.ts';
import { type EvmProfile, renderEvmProfile } from './evm-profile.ts';

export const evmSource = (profile: EvmProfile, overlay: Readonly<Record<string, string>> = {}): CircuitSource => ({
  folder: 'evm_measure',
  libraries: ['evm'],
  profile: PROFILES.xs,
  overlay: { 'evm/src/profile.nr': renderEvmProfile(profile), ...overlay },
});
