import type { CompiledPolicy, EventRule } from '../compile/compiled-policy.ts';
import type { LogFacts, Principal } from '../port.ts';
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
