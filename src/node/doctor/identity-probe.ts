import { z } from 'zod';
import type { Config } from '../../config/schema.ts';
import { publicUrlOf } from '../web.ts';
import { ill, type Probe, well } from './probe.ts';

const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

/** OpenID Connect Discovery 1.0: the document must be there, name this issuer, and its keys must be readable. */
export function createIdentityProbe(config: Config, deps: { readonly fetch: typeof fetch }): Probe {
  const embedded = config.mode === 'development' && config['oidc.issuer'] === '';
  const issuer = embedded ? `${publicUrlOf(config)}/oidc` : config['oidc.issuer'];
  return {
    name: 'identity provider',
    needs: ['configuration'],
    advice: embedded
      ? 'The embedded provider runs with the node: `privity start --dev`.'
      : 'Check oidc.issuer and that this machine reaches it; people who are logged in stay so, nobody else can log in.',
    async look(signal) {
      const answer = await deps.fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { signal });
      if (!answer.ok) return ill(`${issuer} answers ${answer.status}`, this.advice);
      const parsed = discoverySchema.safeParse(await answer.json());
      if (!parsed.success) return ill(`${issuer} gives no discovery document`, this.advice);
      if (parsed.data.issuer !== issuer)
        return ill(`it calls itself ${parsed.data.issuer}`, 'Set oidc.issuer to exactly this, or suspect the network.');
      const keys = await deps.fetch(parsed.data.jwks_uri, { signal });
      return keys.ok ? well(issuer) : ill(`its keys answer ${keys.status}`, this.advice);
    },
  };
}
