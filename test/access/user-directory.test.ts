import { describe, expect, it } from 'vitest';
import { createAccessWorld, person } from '../support/access-world.ts';

const WALLET = `0x${'Ab'.repeat(20)}` as const;

describe('users', () => {
  it('are one for an issuer and a subject, also when two first logins race', async () => {
    const { access, stores } = await createAccessWorld();
    const [a, b] = await Promise.all([access.users.save(person('ann')), access.users.save(person('ann'))]);
    expect(a!.id).toBe(b!.id);
    expect(stores.rows.users.size).toBe(1);
  });

  it('of another issuer are somebody else, whatever the strings', async () => {
    const { access } = await createAccessWorld();
    const a = await access.users.save(person('b","c', { issuer: 'a' }));
    const b = await access.users.save(person('c', { issuer: 'a","b' }));
    expect(a.id).not.toBe(b.id);
    expect(access.users.byIdentity('a', 'c')).toBeUndefined();
  });

  it('own a wallet alone', async () => {
    const { access } = await createAccessWorld();
    const ann = await access.users.save(person('ann', { wallets: [WALLET] }));
    await expect(
      access.users.save(person('ben', { wallets: [WALLET.toLowerCase() as `0x${string}`] })),
    ).rejects.toMatchObject({
      code: 'WALLET_TAKEN',
    });
    expect(access.users.byWallet(WALLET)?.id).toBe(ann.id);
    expect(access.users.byIdentity('https://idp.example', 'ben')).toBeUndefined();
  });

  it('who are persons take over the wallet of a wallet user, whose session ends', async () => {
    const { access } = await createAccessWorld();
    const wallet = await access.users.save(
      person(WALLET, { source: 'siwe', issuer: 'eip155:7107', wallets: [WALLET] }),
    );
    const { token } = await access.sessions.open(wallet, 'siwe');
    const ann = await access.users.save(person('ann', { wallets: [WALLET] }));
    expect(access.users.byWallet(WALLET)?.id).toBe(ann.id);
    expect(access.sessions.find(token)).toBeUndefined();
  });

  it('stay disabled when a login saves them', async () => {
    const { access } = await createAccessWorld();
    const ann = await access.users.save(person('ann'));
    const saving = access.users.save(person('ann', { displayName: 'Ann' }));
    const disabling = access.users.disable(ann.id);
    expect((await saving).disabled).toBe(true);
    await disabling;
    expect(access.users.byId(ann.id)?.disabled).toBe(true);
    expect((await access.users.save(person('ann'))).disabled).toBe(true);
  });

  it('of a provider have no access after a start without any provider, and wallets keep theirs', async () => {
    const world = await createAccessWorld();
    const ann = await world.access.users.save(person('ann', { wallets: [WALLET] }));
    const ben = await world.access.users.save(
      person('0x1', { source: 'siwe', issuer: 'eip155:7107', roles: ['customer'] }),
    );
    const opened = await Promise.all([ann, ben].map((user) => world.access.sessions.open(user, 'siwe')));
    const url = await world.access.walletTokens.current({ userId: ann.id });
    const { users, sessions, walletTokens } = await createAccessWorld({ stores: world.stores, oidc: false }).then(
      ({ access }) => access,
    );
    expect(users.byId(ann.id)?.roles).toEqual([]);
    expect(opened.map(({ token }) => sessions.find(token)?.userId)).toEqual([undefined, ben.id]);
    expect(walletTokens.find(url.token)).toBeUndefined();
  });
});

describe('a principal', () => {
  it('carries staff roles only when the user logged in by their own means', async () => {
    const { access } = await createAccessWorld();
    const ann = await access.users.save(person('ann', { wallets: [WALLET] }));
    const rolesOf = (token: string) => access.sessions.find(token)?.principal.roles;
    expect(rolesOf((await access.sessions.open(ann, 'oidc')).token)).toEqual(['auditor', 'customer']);
    expect(rolesOf((await access.sessions.open(ann, 'siwe')).token)).toEqual(['customer']);
    const viaUrl = access.walletTokens.find((await access.walletTokens.current({ userId: ann.id })).token);
    expect(viaUrl).toMatchObject({ roles: ['customer'], wallets: [BigInt(WALLET)], method: 'wallet-token' });
  });
});
