import type { ProviderConfig } from './schema.ts';

interface ProviderRefusal {
  readonly reason: string;
  readonly applies: (providers: readonly ProviderConfig[], production: boolean) => boolean;
}

const ID = /^[a-z0-9][a-z0-9-]{0,31}$/;
const DOMAIN = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const ROLE_NAMES = ['operator', 'registrar', 'compliance', 'auditor', 'customer'] as const;

const repeats = (texts: readonly string[]): boolean => new Set(texts).size !== texts.length;

/** An issuer has no query and no fragment (OpenID Connect Discovery 1.0, 3); a user in it would be a credential in the open. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return ['https:', 'http:'].includes(protocol) && username === '' && password === '' && !/[?#\s]/.test(text);
}

const mapsNames = (provider: ProviderConfig): boolean =>
  ROLE_NAMES.some((role) => provider[`roles.${role}`].length > 0);
const namesSubjects = (provider: ProviderConfig): boolean =>
  ROLE_NAMES.some((role) => provider[`subjects.${role}`].length > 0);

/** What is unsafe or cannot work in `oidc.providers`, one a row (G10). */
export const PROVIDER_REFUSALS: readonly ProviderRefusal[] = [
  {
    reason: 'an id is empty, too long, or not of a-z, 0-9 and "-"',
    applies: (providers) => !providers.every(({ id }) => ID.test(id)),
  },
  { reason: 'two have the same id', applies: (providers) => repeats(providers.map(({ id }) => id)) },
  {
    reason: 'an issuer is missing, or not a URL without user, query and fragment',
    applies: (providers) => !providers.every(({ issuer }) => isIssuer(issuer)),
  },
  {
    reason: 'two have the same issuer, so one person could get the roles of either',
    applies: (providers) => repeats(providers.map(({ issuer }) => issuer)),
  },
  {
    reason: 'an issuer must be reached over https',
    applies: (providers, production) => production && providers.some(({ issuer }) => /^http:/i.test(issuer)),
  },
  {
    reason: 'clientSecretFile is missing, or given although clientAuthentication is none',
    applies: (providers) => providers.some((p) => (p.clientSecretFile === '') !== (p.clientAuthentication === 'none')),
  },
  {
    reason: 'scopes must have `openid`, each one word',
    applies: (providers) =>
      !providers.every(
        ({ scopes }) => scopes.includes('openid') && scopes.every((scope) => /^[\x21-\x7e]+$/.test(scope)),
      ),
  },
  {
    reason: 'an entry of emailDomains is not a domain in lower case',
    applies: (providers) => !providers.every(({ emailDomains }) => emailDomains.every((domain) => DOMAIN.test(domain))),
  },
  {
    reason: 'two claim the same e-mail domain',
    applies: (providers) => repeats(providers.flatMap(({ emailDomains }) => emailDomains)),
  },
  {
    reason: 'one is neither listed nor has an e-mail domain, so nobody gets there',
    applies: (providers) => providers.some((p) => !p.isListed && p.emailDomains.length === 0),
  },
  {
    reason:
      'of several, each must say in `roles` or `subjects` whom it makes what: a group that another organisation happens to call `operator` would make operators',
    applies: (providers, production) =>
      production && providers.length > 1 && !providers.every((p) => mapsNames(p) || namesSubjects(p)),
  },
  {
    reason: 'admission is `listed` and `subjects` lists nobody',
    applies: (providers) => providers.some((p) => p.admission === 'listed' && !namesSubjects(p)),
  },
];
