import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { policyError } from '../errors.ts';
import type { ListTree } from '../lists/list-tree.ts';
import type { PolicyFacts, WriteDecision } from '../port.ts';
import { decodeDecisionRecord, encodeDecisionRecord, type ListAnswer } from './decision-record.ts';
import { recordDecision } from './record-decision.ts';

export interface ReplayInput {
  /** Canonical text of the record. */
  readonly record: string;
  readonly policy: Pick<CompiledPolicy, 'root' | 'targets' | 'wildcard'>;
  /** The lists as they stood, so that their roots and answers are recomputed and not believed; a list that is missing is an error. */
  readonly lists: ReadonlyMap<bigint, ListTree>;
}

/**
 * Recomputes a decision from (transaction, policy, list roots, identity leaves) and compares it byte for byte. Throws POLICY_REPLAY_MISMATCH
 * on any difference. Identity and LIST leaves are taken from the record: their proof is the state root's matter.
 */
export function replayDecision({ record, policy, lists }: ReplayInput): WriteDecision {
  const recorded = decodeDecisionRecord(record);
  const mismatch = (what: string) => policyError('POLICY_REPLAY_MISMATCH', what);
  if (recorded.policyRoot !== policy.root) throw mismatch('another policy root');
  const roots = new Map(recorded.listRoots.map(({ list, root }) => [list, root]));
  for (const [list, root] of roots) {
    const tree = lists.get(list);
    if ((tree?.root ?? 0n) !== root) throw mismatch(`list ${list} has another root`);
  }
  const identities = new Map(recorded.identities.map(({ address, ...identity }) => [address, identity]));
  const leaves = new Map(recorded.listLeafAnswers.map((answer) => [keyOf(answer), answer.inside]));
  const facts: PolicyFacts = {
    identity(address) {
      const identity = identities.get(address);
      if (identity === undefined) throw mismatch('an identity leaf is missing');
      return identity;
    },
    isInListRoot: (list, address) => lists.get(list)?.has(address) ?? false,
    isInListLeaf(list, address) {
      const inside = leaves.get(keyOf({ list, address }));
      if (inside === undefined) throw mismatch('a LIST leaf is missing');
      return inside;
    },
  };
  const again = recordDecision(
    policy,
    recorded.request,
    facts,
    (list) => roots.get(list) ?? lists.get(list)?.root ?? 0n,
  );
  if (encodeDecisionRecord(again) !== record) throw mismatch('the decision comes out differently');
  return again.decision;
}

const keyOf = ({ list, address }: Pick<ListAnswer, 'list' | 'address'>): string => `${list}/${address}`;
