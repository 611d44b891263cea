import type { UserDirectory } from '../port.ts';
import type { OidcProviderOptions } from './provider.ts';

/**
 * At a start: whoever the configuration lets in no more, because their provider was taken out or lists them no longer, has no roles and no sessions.
 * A changed mapping of claims holds from a person's next login.
 */
export async function refuseStrangers(
  providers: readonly Pick<OidcProviderOptions, 'issuer' | 'admission' | 'roles'>[],
  users: UserDirectory,
): Promise<void> {
  const isExpected = (issuer: string, subject: string) => {
    const provider = providers.find((candidate) => candidate.issuer === issuer);
    return provider !== undefined && (provider.admission === 'just-in-time' || provider.roles.subjects.has(subject));
  };
  for (const { id, source, roles, issuer, subject } of [...users.all()])
    if (source === 'oidc' && roles.length > 0 && !isExpected(issuer, subject)) await users.refuse(id);
}
