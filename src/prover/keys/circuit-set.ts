import { CIRCUIT_KIND } from '../../chain/constants.ts';

/** The circuits under vkRoot, in the order of their positions; appending one changes vkRoot, wrap's key and the verifier contract. */
export const INNER_CIRCUITS = [
  { name: 'segment_xs', kind: CIRCUIT_KIND.SEGMENT },
  { name: 'segment_m', kind: CIRCUIT_KIND.SEGMENT },
  { name: 'seal', kind: CIRCUIT_KIND.SEAL },
  { name: 'merge', kind: CIRCUIT_KIND.MERGE },
] as const;

export type InnerCircuitName = (typeof INNER_CIRCUITS)[number]['name'];
