import type { RuleSummary } from '../port.ts';
import type { PolicyContent } from './canonical-text.ts';
import type { CompiledRule, Grant } from './compiled-policy.ts';

/** Every rule in words, marked `proven` (a leaf that the circuit checks) or `enforced` (this server's word). */
export function summarise(rules: readonly CompiledRule[], content: PolicyContent): RuleSummary[] {
  const { roles } = content.scope;
  const exits = [...roles].filter(([, bit]) => (content.exitMask >> BigInt(bit)) & 1n).map(([name]) => name);
  const enforced = (id: string, text: string): RuleSummary => ({ id, assurance: 'enforced', text });
  return [
    {
      id: 'exit',
      assurance: 'proven',
      text: `${exits.join(' or ') || 'anyone'} may exit by a forced withdrawal, unless frozen`,
    },
    ...rules.map(({ id, text }, i): RuleSummary => {
      // No circuit matches the wildcard's leaf, so nothing proves it.
      return { id, assurance: content.drafts[i]!.wildcard ? 'enforced' : 'proven', text };
    }),
    ...content.grants.map((grant) => enforced(grant.id, `${list(grant.who)} may read: ${grantText(grant)}`)),
    ...[...content.calls.values()].flat().map(({ id, who, ownWords }) => {
      return enforced(id, `${list(who)} may call${ownWords.length > 0 ? ' about their own wallets' : ''}`);
    }),
    ...[...content.events.values()].flat().map(({ id, who, topics }) => {
      const conditions = topics.map(
        ({ index, equals }) => `topic ${index} is ${equals === 'own' ? 'their own' : `0x${equals.toString(16)}`}`,
      );
      return enforced(id, [`${list(who)} may see`, ...conditions].join('; '));
    }),
    ...content.limits.map(({ id, who, methods, perMinute }) => {
      return enforced(id, `${list(who)}: at most ${perMinute} a minute of ${list(methods)}`);
    }),
  ];
}

const list = (names: ReadonlySet<string>): string => [...names].join(', ');

function grantText(grant: Grant): string {
  const { accounts, transactions, logs, blocks, calls, storage, submit } = grant;
  const scopes = Object.entries({ accounts, transactions, logs, blocks, calls, storage, submit })
    .filter(([, scope]) => scope !== 'none')
    .map(([part, scope]) => `${part} ${scope}`);
  if (grant.contracts.size > 0) scopes.push(`${grant.contracts.size} contracts`);
  if (grant.slots.size > 0) scopes.push(`storage slots of ${grant.slots.size} contracts`);
  if (grant.audit) scopes.push('audit');
  return [`methods ${list(grant.methods) || 'none'}`, ...scopes].join('; ');
}
