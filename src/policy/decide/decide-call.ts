import { isCanonicalEncoding } from '../abi/canonical.ts';
import type { CallRule, CompiledPolicy } from '../compile/compiled-policy.ts';
import type { PolicyFacts, Principal, ReadDecision, WriteRequest } from '../port.ts';
import { targetKey, targetOf } from '../target.ts';
import { addressWord } from './condition.ts';
import { denyRead } from './decide-read.ts';
import { decideWrite } from './decide-write.ts';
import { owns, speaksTo } from './who.ts';

/**
 * eth_call and eth_estimateGas, and each frame they run (also those that later revert, and static ones): the reader acts as one of their own
 * wallets, and the function is open to their reading or that wallet may write it. A write rule covers reading; a read rule never covers writing.
 */
export function decideCall(
  policy: CompiledPolicy,
  principal: Principal,
  request: WriteRequest,
  facts: PolicyFacts,
): ReadDecision {
  const grants = policy.grants.filter((grant) => speaksTo(grant.who, principal));
  const all = grants.find((grant) => grant.calls === 'all');
  if (all !== undefined) return { allow: true, ruleId: `${all.id}.calls`, view: 'full' };
  if (!grants.some((grant) => grant.calls === 'rules')) return denyRead('read.calls');
  if (!owns(principal, request.signer)) return denyRead('read.calls.not-own-wallet');
  const target = targetOf(request);
  const rule =
    target && policy.calls.get(targetKey(target))?.find((candidate) => callRuleHolds(candidate, principal, request));
  if (rule !== undefined && request.value === 0n) return { allow: true, ruleId: rule.id, view: 'full' };
  const write = decideWrite(policy, request, facts);
  return write.allow ? { allow: true, ruleId: write.ruleId, view: 'full' } : denyRead('read.calls');
}

function callRuleHolds(rule: CallRule, principal: Principal, { data }: WriteRequest): boolean {
  if (!speaksTo(rule.who, principal)) return false;
  if (rule.inputs !== undefined && !isCanonicalEncoding(rule.inputs, data.subarray(4))) return false;
  return rule.ownWords.every((word) => owns(principal, addressWord(data, word)));
}
