import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { embeddedIssuer, isProviderEmbedded } from '../open-id-providers.ts';
import { publicUrlOf } from '../web.ts';
import { ill, type Probe, well } from './probe.ts';

const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

/** OpenID Connect Discovery 1.0, for each provider: the document must be there, name this issuer, and its keys must be readable. */
export function createIdentityProbes(config: Config, deps: { readonly fetch: typeof fetch }): Probe[] {
  if (isProviderEmbedded(config))
    return [
      probe(
        'identity provider',
        embeddedIssuer(publicUrlOf(config)),
        'The embedded provider runs with the node: `npm start`, or `privity start --dev --config FILE`.',
        deps,
      ),
    ];
  return config['oidc.providers'].map(({ id, issuer }) =>
    probe(
      `identity provider ${id}`,
      issuer,
      'Check its issuer in oidc.providers and that this machine reaches it; its people who are logged in stay so, no other of them can log in.',
      deps,
    ),
  );
}

function probe(name: string, issuer: string, advice: string, deps: { readonly fetch: typeof fetch }): Probe {
  return {
    name,
    needs: ['configuration'],
    advice,
    async look(signal) {
      const answer = await deps.fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal });
      if (!answer.ok) return ill(`${issuer} answers ${answer.status}`, advice);
      const parsed = discoverySchema.safeParse(await answer.json());
      if (!parsed.success) return ill(`${issuer} gives no discovery document`, advice);
      if (parsed.data.issuer !== issuer)
        return ill(
          `it calls itself ${parsed.data.issuer}`,
          'Set its issuer in oidc.providers to exactly this, or suspect the network.',
        );
      const keys = await deps.fetch(parsed.data.jwks_uri, { signal });
      return keys.ok ? well(issuer) : ill(`its keys answer ${keys.status}`, advice);
    },
  };
}
