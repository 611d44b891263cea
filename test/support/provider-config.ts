import { loadConfig } from '../../src/config/load.ts';
import type { ProviderConfig } from '../../src/config/schema.ts';

/** One of `oidc.providers` that nothing is wrong with, as it is loaded. */
export function providerConfig(changes: Partial<ProviderConfig> = {}): ProviderConfig {
  const provider = {
    id: 'bank',
    issuer: 'https://login.bank.example',
    clientSecretFile: '/run/keys/oidc-bank',
    ...changes,
  };
  return loadConfig({ environment: { PRIVITY_OIDC_PROVIDERS: JSON.stringify([provider]) } })['oidc.providers'][0]!;
}
