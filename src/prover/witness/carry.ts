import { appendToFrontier, type Frontier } from '../../chain/frontier.ts';
import { node } from '../../chain/poseidon2.ts';

/** Levels of the record tree that a segment's records move one by one; those above change at most once in a segment. */
export const LOW_LEVELS = 5;

/** The node of height LOW_LEVELS that the records complete, 0 when they complete none. */
export function carryOf(frontier: Frontier, records: readonly bigint[]): bigint {
  let present = frontier;
  for (const record of records) {
    if ((present.count + 1) % 2 ** LOW_LEVELS === 0) {
      return present.nodes.slice(0, LOW_LEVELS).reduce((current, left) => node(left, current), record);
    }
    present = appendToFrontier(present, record);
  }
  return 0n;
}
