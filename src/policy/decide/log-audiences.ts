import { assert } from '../../base/assert.ts';
import type { CompiledPolicy, EventRule } from '../compile/compiled-policy.ts';
import type { LogAudience, LogAudiences, LogFilter, Principal } from '../port.ts';
import { speaksTo } from './who.ts';

/**
 * Whom a reader may see logs of, as far as the filter could select any: every log that `decideRead` shows is of one of them, and apart from
 * the filter every log of them is shown. So who looks through these alone does as much work as there is to see, whatever else there is (G5).
 * Of more than `max` only the first `max + 1` are named.
 */
export function logAudiences(
  policy: Pick<CompiledPolicy, 'grants' | 'events'>,
  principal: Principal,
  filter: LogFilter,
  max: number,
): LogAudiences {
  const logs = policy.grants.filter((grant) => speaksTo(grant.who, principal)).map((grant) => grant.logs);
  if (logs.includes('all')) return 'all';
  const found: LogAudience[] = [];
  const wallets = principal.kind === 'anonymous' ? [] : principal.wallets;
  if (logs.includes('party')) found.push(...wallets.map((address) => ({ kind: 'party', address }) as const));
  if (logs.every((seen) => seen === 'none')) return [];
  for (const rule of rulesFor(policy, filter)) {
    if (!speaksTo(rule.who, principal) || !selects(filter.topics[0], rule.topic0)) continue;
    for (const topics of topicsOf(rule, wallets, filter)) {
      if (found.length > max) return found.slice(0, max + 1);
      found.push({ kind: 'event', address: rule.address, topics });
    }
  }
  return found.slice(0, max + 1);
}

function* rulesFor({ events }: Pick<CompiledPolicy, 'events'>, { addresses }: LogFilter): Generator<EventRule> {
  const lists =
    addresses.length === 0 ? events.values() : [...new Set(addresses)].map((address) => events.get(address));
  for (const rules of lists) yield* rules ?? [];
}

const selects = (wanted: readonly bigint[] | undefined, topic: bigint | undefined): boolean =>
  wanted === undefined || topic === undefined || wanted.includes(topic);

/** One for each way in which the reader's wallets fill the places that must be their own. */
function* topicsOf(
  { topic0, topics: conditions }: Pick<EventRule, 'topic0' | 'topics'>,
  wallets: readonly bigint[],
  filter: LogFilter,
  topics: readonly (bigint | undefined)[] = [topic0],
): Generator<readonly (bigint | undefined)[]> {
  const [condition, ...rest] = conditions;
  if (condition === undefined) {
    yield topics;
    return;
  }
  const { index, equals } = condition;
  assert(index >= topics.length, 'conditions ascend by their topic');
  for (const topic of equals === 'own' ? wallets : [equals]) {
    if (!selects(filter.topics[index], topic)) continue;
    const filled = [...topics, ...Array<undefined>(index - topics.length).fill(undefined), topic];
    yield* topicsOf({ topic0, topics: rest }, wallets, filter, filled);
  }
}
