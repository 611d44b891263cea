import { randomBytes } from 'node:crypto';
import { createAccess } from '../../src/access/create-access.ts';
import type { OidcOptions } from '../../src/access/oidc/login.ts';
import type { Access, AccessStores, UserDraft } from '../../src/access/port.ts';
import type { Clock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { type MemoryAccessStores, memoryAccessStores } from './memory-access-stores.ts';

export interface AccessWorld<Stores extends AccessStores = MemoryAccessStores> {
  readonly access: Access;
  readonly stores: Stores;
  readonly clock: Clock & { advance(ms: number): void };
  /** Role bits by address. */
  readonly onChain: Map<bigint, bigint>;
  readonly logged: { fields: object; event: string }[];
  /** The same database and keys in a new process. */
  restart(): Promise<Access>;
}

export const MINUTE = 60_000;
export const ACCESS_CHAIN_ID = 7107n;

/** The provider of `person`; nobody asks it. */
const OIDC: OidcOptions = {
  pendingTtlMs: 10 * MINUTE,
  logoutTtlMs: 12 * 60 * MINUTE,
  providers: [
    {
      ...{ id: 'bank', name: 'Bank', issuer: 'https://idp.example', clientId: 'chain' },
      ...{ redirectUri: 'https://bank.example/auth/callback/bank', signedOutUri: 'https://bank.example' },
      ...{ authentication: { method: 'none' }, scopes: ['openid'], audiences: [], emailDomains: [], isListed: true },
      roles: { claim: 'roles', names: new Map(), subjects: new Map() },
      ...{ admission: 'just-in-time', clockToleranceSeconds: 0, timeoutMs: 1000, allowInsecureIssuer: false },
    },
  ],
};

interface Overrides {
  /** False: no provider is configured. */
  readonly oidc?: boolean;
  readonly secrets?: readonly Secret<Uint8Array>[];
  readonly domains?: readonly string[];
  readonly allowPublishedKeys?: boolean;
  readonly chainId?: bigint;
}

export const createAccessWorld = ({
  stores = memoryAccessStores(),
  ...overrides
}: Overrides & { readonly stores?: MemoryAccessStores } = {}): Promise<AccessWorld> =>
  createAccessWorldOver(stores, overrides);

export async function createAccessWorldOver<Stores extends AccessStores>(
  stores: Stores,
  overrides: Overrides = {},
): Promise<AccessWorld<Stores>> {
  let now = Date.parse('2026-11-23T10:00:00Z');
  const clock = {
    now: () => now,
    sleep: async () => undefined,
    advance: (ms: number) => {
      now += ms;
    },
  };
  const secrets = overrides.secrets ?? [new Secret(new Uint8Array(randomBytes(32)))];
  const onChain = new Map<bigint, bigint>();
  const logged: AccessWorld['logged'] = [];
  const write = (fields: object, event: string) => void logged.push({ fields, event });
  const start = () =>
    createAccess(
      {
        sessions: { idleMs: 30 * MINUTE, absoluteMs: 12 * 60 * MINUTE, sessionsPerUserMax: 3, touchPersistMs: MINUTE },
        walletTokens: { lifetimeMs: 90 * 24 * 60 * MINUTE },
        siwe: {
          chainId: overrides.chainId ?? ACCESS_CHAIN_ID,
          chainName: 'Test chain',
          domains: overrides.domains ?? ['bank.example'],
          uri: 'https://bank.example',
          challengeTtlMs: 5 * MINUTE,
          limits: { attemptsMax: 10, windowMs: 5 * MINUTE, keysMax: 100 },
          allowPublishedKeys: overrides.allowPublishedKeys ?? false,
        },
        oidc: overrides.oidc === false ? undefined : OIDC,
      },
      {
        stores,
        secrets,
        identities: { rolesOf: (address) => onChain.get(address) ?? 0n },
        clock,
        random: randomBytes,
        fetch,
        log: { debug: write, info: write, warn: write, error: write },
      },
    );
  return { access: await start(), stores, clock, onChain, logged, restart: start };
}

export const person = (subject: string, changes: Partial<UserDraft> = {}): UserDraft => ({
  issuer: 'https://idp.example',
  subject,
  source: 'oidc',
  displayName: subject,
  roles: ['auditor', 'customer'],
  wallets: [],
  ...changes,
});
