/** The OpenID providers of the configuration, or the embedded one in development. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SAMPLE_ACCOUNTS, type SampleAccount } from '../access/dev-oidc/accounts.ts';
import { type DevOidcKeys, generateDevOidcKeys } from '../access/dev-oidc/keys.ts';
import { createDevOidc, type DevOidc } from '../access/dev-oidc/provider.ts';
import type { ClientAuthentication, OidcProviderOptions } from '../access/oidc/provider.ts';
import type { ConsoleRole } from '../access/port.ts';
import { CONSOLE_ROLES } from '../access/roles.ts';
import type { Clock } from '../base/clock.ts';
import { Secret } from '../base/secret.ts';
import type { Config, ProviderConfig } from '../config/schema.ts';
import type { Folders } from './folders.ts';
import { random } from './keys.ts';

export interface OpenIdProviders {
  readonly providers: readonly OidcProviderOptions[];
  /** Development only. */
  readonly embedded: DevOidc | undefined;
}

const timeoutMs = 10_000;
const EMBEDDED = { id: 'development', clientId: 'privity', rolesClaim: 'privity_roles' };

export const isProviderEmbedded = (config: Config): boolean =>
  config.mode === 'development' && config['oidc.providers'].length === 0;

export const embeddedIssuer = (publicUrl: string): string => `${publicUrl}/oidc`;

const addressesOf = (publicUrl: string, id: string) => ({
  redirectUri: `${publicUrl}/auth/callback/${id}`,
  signedOutUri: `${publicUrl}/auth/signed-out`,
});

export function openIdProviders(
  deps: { readonly config: Config; readonly folders: Folders; readonly clock: Clock },
  publicUrl: string,
): OpenIdProviders {
  if (isProviderEmbedded(deps.config)) return embeddedProvider(deps, publicUrl);
  const providers = deps.config['oidc.providers'].map((provider) => optionsOf(provider, deps.config, publicUrl));
  return { providers, embedded: undefined };
}

function optionsOf(provider: ProviderConfig, config: Config, publicUrl: string): OidcProviderOptions {
  const { id, name, issuer, clientId, scopes, audiences, emailDomains, isListed, clockToleranceSeconds } = provider;
  return {
    ...{ id, issuer, clientId, scopes, audiences, emailDomains, isListed, clockToleranceSeconds, timeoutMs },
    ...addressesOf(publicUrl, id),
    name: name === '' ? id : name,
    authentication: authenticationOf(provider),
    roles: {
      claim: provider.rolesClaim,
      names: rolesByText((role) => provider[`roles.${role}`]),
      subjects: rolesByText((role) => provider[`subjects.${role}`]),
    },
    admission: provider.admission === 'listed' ? 'listed' : 'just-in-time',
    allowInsecureIssuer: config.mode === 'development',
  };
}

function authenticationOf({ clientAuthentication: method, clientSecretFile }: ProviderConfig): ClientAuthentication {
  if (method === 'none') return { method };
  const secret = new Secret(readFileSync(clientSecretFile, 'utf8').trim());
  return { method: method === 'client_secret_post' ? method : 'client_secret_basic', secret };
}

function rolesByText(textsOf: (role: ConsoleRole) => readonly string[]): ReadonlyMap<string, readonly ConsoleRole[]> {
  const roles = new Map<string, ConsoleRole[]>();
  for (const role of CONSOLE_ROLES)
    for (const text of textsOf(role)) roles.set(text, [...(roles.get(text) ?? []), role]);
  return roles;
}

function embeddedProvider(
  { config, folders, clock }: { readonly config: Config; readonly folders: Folders; readonly clock: Clock },
  publicUrl: string,
): OpenIdProviders {
  const keys = developmentOidcKeys(join(folders.keys, 'oidc.json'));
  const { id, clientId, rolesClaim } = EMBEDDED;
  const issuer = embeddedIssuer(publicUrl);
  const addresses = addressesOf(publicUrl, id);
  const embedded = createDevOidc(
    {
      ...{ mode: config.mode, issuer, clientId, ...addresses, accounts: SAMPLE_ACCOUNTS },
      clientAuthentication: 'client_secret_basic',
      claimsOf: ({ name, roles }: SampleAccount) => ({ name, [rolesClaim]: [...roles] }),
    },
    { keys, clock },
  );
  const provider: OidcProviderOptions = {
    ...{ id, name: 'the development provider', issuer, clientId, ...addresses, timeoutMs },
    authentication: { method: 'client_secret_basic', secret: new Secret(keys.reveal().clientSecret) },
    scopes: ['openid', 'profile', 'email'],
    audiences: [],
    emailDomains: [],
    isListed: true,
    roles: { claim: rolesClaim, names: new Map(), subjects: new Map() },
    admission: 'just-in-time',
    clockToleranceSeconds: 30,
    allowInsecureIssuer: true,
    prompt: 'login',
  };
  return { providers: [provider], embedded };
}

/** Kept, so that a restart does not invalidate what the provider signed. */
function developmentOidcKeys(path: string): Secret<DevOidcKeys> {
  if (existsSync(path)) return new Secret(JSON.parse(readFileSync(path, 'utf8')) as DevOidcKeys);
  const keys = generateDevOidcKeys(random);
  writeFileSync(path, JSON.stringify(keys.reveal()), { mode: 0o600 });
  return keys;
}
