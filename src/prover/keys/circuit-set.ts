import { CIRCUIT_KIND } from '../../chain/constants.ts';
import { CIRCUIT_SOURCES } from '../compile.ts';
import type { KeySetCircuit } from './make-keys.ts';

/** The circuits under vkRoot, in the order of their positions; adding one changes vkRoot, wrap's key and the verifier contract. */
export const INNER_CIRCUITS: readonly KeySetCircuit[] = [
  { name: 'segment_xs', kind: CIRCUIT_KIND.SEGMENT, source: CIRCUIT_SOURCES.segment_xs },
  { name: 'segment_m', kind: CIRCUIT_KIND.SEGMENT, source: CIRCUIT_SOURCES.segment_m },
  { name: 'seal', kind: CIRCUIT_KIND.SEAL, source: CIRCUIT_SOURCES.seal },
  { name: 'merge', kind: CIRCUIT_KIND.MERGE, source: CIRCUIT_SOURCES.merge },
];

/** The embedded Ethereum node's: the one chain that a development verifier can be deployed on. */
export const DEVELOPMENT_CHAIN_ID = 31_337n;
