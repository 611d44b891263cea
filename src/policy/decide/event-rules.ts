import type { CompiledPolicy, EventRule } from '../compile/compiled-policy.ts';
import type { LogFacts, LogFilter, Principal } from '../port.ts';
import { owns, speaksTo } from './who.ts';

/** Topics are words: an address topic with dirty upper bits equals nobody's wallet. */
const topicMatches = (equals: bigint | 'own', topic: bigint | undefined, principal: Principal): boolean =>
  equals === 'own' ? owns(principal, topic) : topic === equals;

export function eventRuleFor(
  policy: Pick<CompiledPolicy, 'events'>,
  principal: Principal,
  log: LogFacts,
): EventRule | undefined {
  return policy.events
    .get(log.address)
    ?.find(
      (rule) =>
        speaksTo(rule.who, principal) &&
        (rule.topic0 === undefined || log.topics[0] === rule.topic0) &&
        rule.topics.every(({ index, equals }) => topicMatches(equals, log.topics[index], principal)),
    );
}

/** True when `rule` could show this reader some log that the filter selects. */
export function couldShow(rule: EventRule, principal: Principal, filter: LogFilter): boolean {
  if (!speaksTo(rule.who, principal)) return false;
  if (filter.addresses.length > 0 && !filter.addresses.includes(rule.address)) return false;
  if (rule.topic0 !== undefined && filter.topics[0]?.includes(rule.topic0) === false) return false;
  return rule.topics.every(({ index, equals }) => {
    const wanted = filter.topics[index];
    if (equals === 'own' && principal.wallets.length === 0) return false;
    return wanted === undefined || wanted.some((topic) => topicMatches(equals, topic, principal));
  });
}
