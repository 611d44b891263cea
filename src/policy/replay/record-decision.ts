import type { Identity } from '../../chain/identity.ts';
import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { decideWrite } from '../decide/decide-write.ts';
import type { PolicyFacts, WriteRequest } from '../port.ts';
import type { DecisionRecord, ListAnswer } from './decision-record.ts';

/** Decides and keeps what was looked up. `listRoot` gives the approved root of a list (0 when never set). */
export function recordDecision(
  policy: Pick<CompiledPolicy, 'root' | 'targets' | 'wildcard'>,
  request: WriteRequest,
  facts: PolicyFacts,
  listRoot: (list: bigint) => bigint,
): DecisionRecord {
  const identities = new Map<bigint, Identity>();
  const roots = new Map<bigint, bigint>();
  const inRoot = new Map<string, ListAnswer>();
  const inLeaf = new Map<string, ListAnswer>();
  const recording: PolicyFacts = {
    identity(address) {
      const identity = facts.identity(address);
      identities.set(address, identity);
      return identity;
    },
    isInListRoot(list, address) {
      roots.set(list, listRoot(list));
      return remember(inRoot, list, address, facts.isInListRoot(list, address));
    },
    isInListLeaf: (list, address) => remember(inLeaf, list, address, facts.isInListLeaf(list, address)),
  };
  const decision = decideWrite(policy, request, recording);
  return {
    policyRoot: policy.root,
    request,
    identities: [...identities].map(([address, { roles, flags, expiry }]) => ({ address, roles, flags, expiry })),
    listRoots: [...roots].map(([list, root]) => ({ list, root })),
    listRootAnswers: [...inRoot.values()],
    listLeafAnswers: [...inLeaf.values()],
    decision,
  };
}

function remember(answers: Map<string, ListAnswer>, list: bigint, address: bigint, inside: boolean): boolean {
  answers.set(`${list}/${address}`, { list, address, inside });
  return inside;
}
