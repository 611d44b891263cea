/**
 * What may this reader see? Pure; one engine for RPC, WebSocket, explorer and export (G5). The first grant that allows gives the rule id.
 * Answering a denial like an absence is the caller's part: `absentAnswer` says how.
 */

import { unreachable } from '../../base/assert.ts';
import type { CompiledPolicy, Grant } from '../compile/compiled-policy.ts';
import { classOfMethod } from '../method-class.ts';
import type { Principal, ReadDecision, ReadRequest, TransactionFacts } from '../port.ts';
import { eventRuleFor } from './event-rules.ts';
import { owns, speaksTo } from './who.ts';

export type ReadPolicy = Pick<CompiledPolicy, 'grants' | 'events'>;

export function decideRead(policy: ReadPolicy, principal: Principal, request: ReadRequest): ReadDecision {
  const grants = policy.grants.filter((grant) => speaksTo(grant.who, principal));
  const first = (part: string, test: (grant: Grant) => boolean, view: 'full' | 'filtered' = 'full'): ReadDecision => {
    const grant = grants.find(test);
    return grant === undefined ? denyRead(`read.${part}`) : { allow: true, ruleId: `${grant.id}.${part}`, view };
  };
  switch (request.kind) {
    case 'method': {
      const found = classOfMethod(request.method);
      return first('methods', (grant) => found !== undefined && grant.methods.has(found));
    }
    case 'account': {
      const own = owns(principal, request.address);
      return first('accounts', (grant) => canSeeAccount(grant, request.address, own));
    }
    case 'storage':
      return first(
        'storage',
        (grant) => grant.storage === 'all' || grant.slots.get(request.address)?.has(request.slot) === true,
      );
    case 'transaction':
      return decideTransaction(policy, principal, grants, request.transaction);
    case 'log': {
      const party = isParty(principal, request);
      const decision = first('logs', (grant) => grant.logs === 'all' || (grant.logs === 'party' && party));
      return decision.allow ? decision : decideByEventRules(policy, principal, grants, request.log);
    }
    case 'block': {
      const full = first('blocks', (grant) => grant.blocks === 'full');
      return full.allow ? full : first('blocks', (grant) => grant.blocks === 'filtered', 'filtered');
    }
    case 'outcome': {
      const own = owns(principal, request.sender);
      return first('transactions', (grant) => grant.transactions === 'all' || (grant.transactions === 'party' && own));
    }
    case 'audit':
      return first('audit', (grant) => grant.audit);
    default:
      return unreachable(request);
  }
}

const canSeeAccount = (grant: Grant, address: bigint, own: boolean): boolean =>
  grant.accounts === 'all' || (grant.accounts === 'own' && own) || grant.contracts.has(address);

const isParty = (principal: Principal, { from, to }: Pick<TransactionFacts, 'from' | 'to'>): boolean =>
  owns(principal, from) || owns(principal, to);

/** A party sees everything; another reader sees the logs that event rules show, if any, and nothing else of it. */
function decideTransaction(
  policy: ReadPolicy,
  principal: Principal,
  grants: readonly Grant[],
  transaction: TransactionFacts,
): ReadDecision {
  const party = isParty(principal, transaction);
  const grant = grants.find(({ transactions }) => transactions === 'all' || (transactions === 'party' && party));
  if (grant !== undefined) return { allow: true, ruleId: `${grant.id}.transactions`, view: 'full' };
  const logGrant = grants.find(({ logs }) => logs === 'all') ?? grants.find(({ logs }) => logs !== 'none');
  if (logGrant === undefined) return denyRead('read.transactions');
  const shown = transaction.logs.map(
    (log) => logGrant.logs === 'all' || eventRuleFor(policy, principal, log) !== undefined,
  );
  const logIndexes = shown.flatMap((visible, i) => (visible ? [i] : []));
  if (logIndexes.length === 0) return denyRead('read.transactions');
  return { allow: true, ruleId: `${logGrant.id}.logs`, view: 'logs', logIndexes };
}

function decideByEventRules(
  policy: ReadPolicy,
  principal: Principal,
  grants: readonly Grant[],
  log: Parameters<typeof eventRuleFor>[2],
): ReadDecision {
  if (!grants.some((grant) => grant.logs !== 'none')) return denyRead('read.logs');
  const rule = eventRuleFor(policy, principal, log);
  return rule === undefined ? denyRead('read.logs') : { allow: true, ruleId: rule.id, view: 'full' };
}

export const denyRead = (ruleId: string): ReadDecision => ({ allow: false, ruleId, reason: 'no read rule allows it' });
