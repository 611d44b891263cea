import { z } from 'zod';
import { rpcError } from '../errors.ts';

export interface Application {
  readonly clientId: string;
  readonly redirectUris: readonly string[];
}

export type Scope = 'wallet:required' | 'network:required';

/** What an application asks of a person: the popup flow of the public SDK (OAuth 2.0 with the token in the fragment, RFC 6749 4.2). */
export interface AuthorizationRequest {
  readonly clientId: string;
  /** One of the application's own. */
  readonly redirectUri: string;
  /** The application's, given back to it. */
  readonly state: string;
  readonly scopes: ReadonlySet<Scope>;
}

const schema = z.object({
  client_id: z.string().max(64),
  redirect_uri: z.string().max(512),
  state: z.string().regex(/^[\x21-\x7e]{8,512}$/),
  response_type: z.literal('token'),
  scope: z
    .array(z.enum(['wallet:required', 'network:required']))
    .max(2)
    .default([]),
});

const identifiers = schema.pick({ client_id: true, redirect_uri: true });

/**
 * Reads the query or form of a request. Throws AUTHORIZE_APPLICATION before anything else is looked at, so that nobody is ever sent to an
 * address that is not registered, letter for letter; AUTHORIZE_REQUEST for the rest.
 */
export function readAuthorizationRequest(
  parameters: URLSearchParams,
  applications: readonly Application[],
): AuthorizationRequest {
  const names = ['client_id', 'redirect_uri', 'state', 'response_type'];
  const repeated = names.filter((name) => parameters.getAll(name).length > 1);
  if (repeated.length > 0) throw rpcError('AUTHORIZE_REQUEST', `${repeated.join()} repeated`);
  const given = Object.fromEntries(names.map((name) => [name, parameters.get(name) ?? undefined]));
  const named = identifiers.safeParse(given);
  const application = applications.find(({ clientId }) => clientId === named.data?.client_id);
  if (named.data === undefined || application?.redirectUris.includes(named.data.redirect_uri) !== true)
    throw rpcError('AUTHORIZE_APPLICATION');
  // The SDK repeats the parameter, RFC 6749 separates by spaces.
  const scope = parameters.getAll('scope').flatMap((text) => text.split(' ').filter((word) => word !== ''));
  const parsed = schema.safeParse({ ...given, scope });
  if (!parsed.success) {
    throw rpcError('AUTHORIZE_REQUEST', parsed.error.issues.map(({ path }) => path.join('.')).join());
  }
  const { client_id, redirect_uri, state } = parsed.data;
  return { clientId: client_id, redirectUri: redirect_uri, state, scopes: new Set(parsed.data.scope) };
}

/** The request as a local address: where a login on the way comes back to. */
export function authorizationPath(request: AuthorizationRequest): string {
  return `/auth/authorize?${new URLSearchParams(authorizationFields(request) as [string, string][])}`;
}

export function authorizationFields({
  clientId,
  redirectUri,
  state,
  scopes,
}: AuthorizationRequest): [string, string][] {
  return [
    ['client_id', clientId],
    ['redirect_uri', redirectUri],
    ['state', state],
    ['response_type', 'token'],
    ...[...scopes].map((scope): [string, string] => ['scope', scope]),
  ];
}

/** Where the browser goes back to. What stands after the hash never leaves the browser: no server and no log sees it. */
export const callbackUrl = (
  { redirectUri, state }: AuthorizationRequest,
  answer: { readonly token: string } | { readonly error: 'access_denied' },
): string => `${redirectUri}#${new URLSearchParams({ ...answer, state })}`;
