/** A wallet belongs to who can sign with its key and says so; to one person at a time. */

import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { parseSiweMessage } from 'viem/siwe';
import { describe, expect, it } from 'vitest';
import type { Session, SessionMethod, SiweAnswer, User } from '../../src/access/port.ts';
import { PUBLISHED_KEY_WALLETS } from '../../src/access/siwe/published-keys.ts';
import type { Hex } from '../../src/base/bytes.ts';
import { type AccessWorld, createAccessWorld, MINUTE, person } from '../support/access-world.ts';

const account = () => privateKeyToAccount(generatePrivateKey());
const addressOf = (wallet: PrivateKeyAccount) => wallet.address.toLowerCase() as `0x${string}`;

interface Person {
  readonly user: User;
  readonly session: Session;
}

async function loggedIn(world: AccessWorld, subject: string, method: SessionMethod = 'oidc'): Promise<Person> {
  const user = await world.access.users.save(person(subject));
  return { user, session: (await world.access.sessions.open(user, method)).session };
}

async function answerOf(world: AccessWorld, { session }: Person, wallet: PrivateKeyAccount, signer = wallet) {
  const { msg, nonceToken } = world.access.walletLinks.issue(session, { address: wallet.address }, 'client');
  return { message: msg, signature: await signer.signMessage({ message: msg }), nonceToken };
}

async function link(world: AccessWorld, who: Person, wallet: PrivateKeyAccount) {
  return world.access.walletLinks.link(who.session, await answerOf(world, who, wallet));
}

const walletsOf = (world: AccessWorld, { user }: Person) => world.access.users.byId(user.id)!.wallets;

describe('linking a wallet', () => {
  it('makes it the person’s in every session at once, and a login by it the person’s as a customer', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const other = await world.access.sessions.open(ann.user, 'oidc');
    const wallet = account();
    expect(await link(world, ann, wallet)).toBe(addressOf(wallet));
    expect(world.access.sessions.find(other.token)!.principal.wallets).toEqual([BigInt(wallet.address)]);
    // The chain knows no role of the address: the provider admitted its owner.
    const { msg, nonceToken } = world.access.siweChallenges.issue({ address: wallet.address }, 'client');
    const answer = { message: msg, signature: await wallet.signMessage({ message: msg }), nonceToken };
    const user = await world.access.siweLogin.verify(answer);
    expect(user.id).toBe(ann.user.id);
    const { session } = await world.access.sessions.open(user, 'siwe');
    expect(session.principal.roles).toEqual(['customer']);
    expect((await world.restart()).users.byWallet(addressOf(wallet))?.id).toBe(ann.user.id);
  });

  it('asks in words that name the account, the domain and the chain, and nothing that the name brings along', async () => {
    const world = await createAccessWorld();
    const name = 'Ann\n\nURI: https://evil.example\u202e “x”';
    const user = await world.access.users.save(person('ann', { displayName: name }));
    const { session } = await world.access.sessions.open(user, 'oidc');
    const { msg } = world.access.walletLinks.issue(session, { address: account().address }, 'client');
    expect(msg).toContain('bank.example wants you to sign in with your Ethereum account:');
    expect(msg).toContain(
      `Link this wallet to account ${user.id.slice(0, 8)} (Ann??URI? https???evil.example? ?x?) of Test chain.`,
    );
    expect(parseSiweMessage(msg)).toMatchObject({ uri: 'https://bank.example', chainId: 7107, version: '1' });
    expect(msg.split('\n')).toHaveLength(11);
  });

  it('is done once by one signature, and again without harm', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const wallet = account();
    const answer = await answerOf(world, ann, wallet);
    await world.access.walletLinks.link(ann.session, answer);
    await expect(world.access.walletLinks.link(ann.session, answer)).rejects.toMatchObject({ code: 'SIWE_NONCE_USED' });
    await link(world, ann, wallet);
    expect(walletsOf(world, ann)).toEqual([addressOf(wallet)]);
  });

  it('of several at once keeps all, and a login under way takes none away', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const wallets = [account(), account(), account()];
    const answers = await Promise.all(wallets.map((wallet) => answerOf(world, ann, wallet)));
    const login = () =>
      world.access.users.save({ ...person('ann', { roles: ['auditor'] }), wallets: undefined } as never);
    await Promise.all([...answers.map((answer) => world.access.walletLinks.link(ann.session, answer)), login()]);
    expect(walletsOf(world, ann)).toEqual(wallets.map(addressOf).sort());
    // Nor does a link bring back roles that the login took.
    expect(world.access.users.byId(ann.user.id)!.roles).toEqual(['auditor']);
  });

  it('takes over a wallet that logged in on its own, whose sessions and wallet URLs end', async () => {
    const world = await createAccessWorld();
    const wallet = account();
    world.onChain.set(BigInt(wallet.address), 1n);
    const { msg, nonceToken } = world.access.siweChallenges.issue({ address: wallet.address }, 'client');
    const alone = await world.access.siweLogin.verify({
      message: msg,
      signature: await wallet.signMessage({ message: msg }),
      nonceToken,
    });
    const { token } = await world.access.sessions.open(alone, 'siwe');
    const url = await world.access.walletTokens.current({ userId: alone.id });
    await link(world, await loggedIn(world, 'ann'), wallet);
    for (const access of [world.access, await world.restart()]) {
      expect(access.sessions.find(token)).toBeUndefined();
      expect(access.walletTokens.find(url.token)).toBeUndefined();
    }
  });
});

describe('linking a wallet is refused', () => {
  it('to a second person, who does not learn whose it is, also when both ask at once', async () => {
    const world = await createAccessWorld();
    const [ann, ben] = [await loggedIn(world, 'ann'), await loggedIn(world, 'ben')];
    const wallet = account();
    const answers = [await answerOf(world, ann, wallet), await answerOf(world, ben, wallet)] as const;
    const results = await Promise.allSettled([
      world.access.walletLinks.link(ann.session, answers[0]),
      world.access.walletLinks.link(ben.session, answers[1]),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const owner = [ann, ben].filter((who) => walletsOf(world, who).length === 1);
    expect(owner).toHaveLength(1);
    const loser = owner[0] === ann ? ben : ann;
    const refused = await link(world, loser, wallet).catch((error: { code: string; publicText: string }) => error);
    expect(refused).toMatchObject({ code: 'WALLET_TAKEN' });
    expect(JSON.stringify(refused)).not.toContain(owner[0]!.user.id);
    // Asking for the message tells nothing either.
    expect(() => world.access.walletLinks.issue(loser.session, { address: wallet.address }, 'c')).not.toThrow();
  });

  it('of somebody who was disabled, as a person or as a wallet', async () => {
    const world = await createAccessWorld();
    const [ann, ben] = [await loggedIn(world, 'ann'), await loggedIn(world, 'ben')];
    const [linked, alone] = [account(), account()];
    await link(world, ann, linked);
    const wallet = await world.access.users.save(
      person(addressOf(alone), {
        issuer: 'eip155:7107',
        source: 'siwe',
        roles: ['customer'],
        wallets: [addressOf(alone)],
      }),
    );
    for (const { id } of [ann.user, wallet]) await world.access.users.disable(id);
    for (const taken of [linked, alone])
      await expect(link(world, ben, taken)).rejects.toMatchObject({ code: 'WALLET_TAKEN' });
    await expect(link(world, ann, account())).rejects.toMatchObject({ code: expect.stringMatching(/NOT_PERMITTED/) });
  });

  it.each<[string, (user: ReturnType<typeof person>) => ReturnType<typeof person>, SessionMethod]>([
    ['a login by wallet', (user) => user, 'siwe'],
    ['an application', (user) => user, 'application'],
    ['a wallet user', (user) => ({ ...user, source: 'siwe' }), 'siwe'],
  ])('to %s', async (_who, change, method) => {
    const world = await createAccessWorld();
    const user = await world.access.users.save(change(person('ann', { wallets: [addressOf(account())] })));
    const { session } = await world.access.sessions.open(user, method);
    const refusal = { code: 'WALLET_LINK_NOT_PERMITTED' };
    expect(() => world.access.walletLinks.issue(session, { address: account().address }, 'c')).toThrow(
      expect.objectContaining(refusal),
    );
    const ann = await loggedIn(world, 'ben');
    const answer = await answerOf(world, ann, account());
    await expect(world.access.walletLinks.link(session, answer)).rejects.toMatchObject(refusal);
    await expect(world.access.walletLinks.unlink(session, user.wallets[0]!)).rejects.toMatchObject(refusal);
    expect(world.access.users.byId(user.id)!.wallets).toEqual(user.wallets);
  });

  it('with a message for another person, another session, another use, another chain or none', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const again = { user: ann.user, session: (await world.access.sessions.open(ann.user, 'oidc')).session };
    const wallet = account();
    const login = world.access.siweChallenges.issue({ address: wallet.address }, 'client');
    const abroad = await createAccessWorld({ chainId: 1n });
    const answers = [
      await answerOf(world, await loggedIn(world, 'ben'), wallet),
      await answerOf(world, again, wallet),
      { message: login.msg, signature: await wallet.signMessage({ message: login.msg }), nonceToken: login.nonceToken },
      await answerOf(abroad, await loggedIn(abroad, 'ann'), wallet),
      { ...(await answerOf(world, ann, wallet)), message: 'hello' },
      { ...(await answerOf(world, ann, wallet)), nonceToken: '' },
    ];
    for (const answer of answers)
      await expect(world.access.walletLinks.link(ann.session, answer)).rejects.toMatchObject({
        code: 'SIWE_MESSAGE_INVALID',
      });
    // And a message to link logs nobody in.
    world.onChain.set(BigInt(wallet.address), 1n);
    await expect(world.access.siweLogin.verify(await answerOf(world, ann, wallet))).rejects.toMatchObject({
      code: 'SIWE_MESSAGE_INVALID',
    });
    expect(walletsOf(world, ann)).toEqual([]);
  });

  it('with another key, a signature that is none, or too late', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const wallet = account();
    const refused = (answer: SiweAnswer, code: string) =>
      expect(world.access.walletLinks.link(ann.session, answer)).rejects.toMatchObject({ code });
    await refused(await answerOf(world, ann, wallet, account()), 'SIWE_SIGNATURE_INVALID');
    for (const signature of ['', '0x', `0x${'00'.repeat(65)}`, `0x${'ab'.repeat(200)}`])
      await refused({ ...(await answerOf(world, ann, wallet)), signature }, 'SIWE_SIGNATURE_INVALID');
    const late = await answerOf(world, ann, wallet);
    world.clock.advance(5 * MINUTE);
    await refused(late, 'SIWE_MESSAGE_EXPIRED');
    expect(walletsOf(world, ann)).toEqual([]);
  });

  it('for another domain, for what is no address, and after too many attempts', async () => {
    const world = await createAccessWorld();
    const { session } = await loggedIn(world, 'ann');
    const { address } = account();
    const issue = (request: { address: string; domain?: string }) => () =>
      world.access.walletLinks.issue(session, request, 'c');
    expect(issue({ address, domain: 'evil.example' })).toThrow(
      expect.objectContaining({ code: 'SIWE_DOMAIN_REFUSED' }),
    );
    expect(issue({ address: '0x12' })).toThrow(expect.objectContaining({ code: 'SIWE_ADDRESS_INVALID' }));
    for (let i = 0; i < 10; i += 1) issue({ address })();
    expect(issue({ address })).toThrow(expect.objectContaining({ code: 'SIWE_TOO_MANY' }));
  });

  it('for keys that everybody knows, unless development allows them', async () => {
    const world = await createAccessWorld();
    const { session } = await loggedIn(world, 'ann');
    expect(PUBLISHED_KEY_WALLETS.size).toBeGreaterThan(50);
    for (const address of PUBLISHED_KEY_WALLETS)
      expect(() => world.access.walletLinks.issue(session, { address }, 'c')).toThrow(
        expect.objectContaining({ code: 'WALLET_IS_PUBLIC_KEY' }),
      );
    const development = await createAccessWorld({ allowPublishedKeys: true });
    const ann = await loggedIn(development, 'ann');
    const [address] = PUBLISHED_KEY_WALLETS;
    expect(() => development.access.walletLinks.issue(ann.session, { address: address! }, 'c')).not.toThrow();
  });

  it.each<[string, (world: AccessWorld, who: Person) => Promise<void>]>([
    ['the session is ended', (world, { session }) => world.access.sessions.revoke(session.tokenHash)],
    ['all sessions are ended', (world, { user }) => world.access.users.endSessions(user.id)],
    ['the person is disabled', (world, { user }) => world.access.users.disable(user.id)],
  ])('when %s before the signature is verified, or a thief of the session would log in by it', async (_case, end) => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const answer = await answerOf(world, ann, account());
    const linking = world.access.walletLinks.link(ann.session, answer);
    await Promise.all([
      end(world, ann),
      expect(linking).rejects.toHaveProperty('code', expect.stringMatching(/NOT_PERMITTED$/)),
    ]);
    expect(walletsOf(world, ann)).toEqual([]);
  });

  it('beyond a hundred', async () => {
    const world = await createAccessWorld();
    const wallets = Array.from({ length: 100 }, (_, i): Hex => `0x${(i + 1).toString(16).padStart(40, 'a')}`);
    const user = await world.access.users.save(person('ann', { wallets }));
    const ann = { user, session: (await world.access.sessions.open(user, 'oidc')).session };
    await expect(link(world, ann, account())).rejects.toMatchObject({ code: 'WALLET_TOO_MANY' });
    await world.access.walletLinks.unlink(ann.session, wallets[0]!);
    const again = await world.access.sessions.open(world.access.users.byId(user.id)!, 'oidc');
    await link(world, { user, session: again.session }, account());
    expect(walletsOf(world, ann)).toHaveLength(100);
  });
});

describe('unlinking a wallet', () => {
  it('ends every session at once, and frees it for another person', async () => {
    const world = await createAccessWorld();
    const [ann, ben] = [await loggedIn(world, 'ann'), await loggedIn(world, 'ben')];
    const wallet = account();
    await link(world, ann, wallet);
    const { token } = await world.access.sessions.open(world.access.users.byId(ann.user.id)!, 'siwe');
    expect(await world.access.walletLinks.unlink(ann.session, wallet.address)).toBe(addressOf(wallet));
    expect(world.access.sessions.find(token)).toBeUndefined();
    const { msg, nonceToken } = world.access.siweChallenges.issue({ address: wallet.address }, 'client');
    const answer = { message: msg, signature: await wallet.signMessage({ message: msg }), nonceToken };
    await expect(world.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await link(world, ben, wallet);
    expect(walletsOf(world, ben)).toEqual([addressOf(wallet)]);
  });

  it('ends what a thief of its key got by it, who would go on reading the other wallets', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const [stolen, other] = [account(), account()];
    await link(world, ann, stolen);
    await link(world, ann, other);
    const owner = world.access.users.byId(ann.user.id)!;
    const opened = [
      await world.access.sessions.open(owner, 'siwe'),
      await world.access.sessions.open(owner, 'application', 'app'),
    ];
    const urls = [
      await world.access.walletTokens.current({ userId: owner.id }),
      await world.access.walletTokens.current({ userId: owner.id, sessionId: opened[1]!.session.id }),
    ];
    const unlinking = world.access.walletLinks.unlink(ann.session, stolen.address);
    // A login by the stolen key that was verified before and opens its session now.
    const late = world.access.sessions.open(owner, 'siwe').then(
      ({ token }) => token,
      () => undefined,
    );
    await unlinking;
    for (const access of [world.access, await world.restart()]) {
      expect(opened.map(({ token }) => access.sessions.find(token))).toEqual([undefined, undefined]);
      expect(urls.map(({ token }) => access.walletTokens.find(token))).toEqual([undefined, undefined]);
      expect(access.sessions.find((await late) ?? '')).toBeUndefined();
    }
    // She herself comes back by her provider, with what is left.
    const { session } = await world.access.sessions.open(world.access.users.byId(owner.id)!, 'oidc');
    expect(session.principal.wallets).toEqual([BigInt(other.address)]);
  });

  it('ends what was opened while it was being written, after all sessions were ended in the meantime', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const wallet = account();
    await link(world, ann, wallet);
    const unlinking = world.access.walletLinks.unlink(ann.session, wallet.address);
    await Promise.resolve();
    await Promise.resolve();
    const ending = world.access.users.endSessions(ann.user.id);
    const between = world.access.sessions.open(world.access.users.byId(ann.user.id)!, 'siwe').then(
      ({ token }) => token,
      () => '',
    );
    await Promise.all([unlinking, ending]);
    for (const access of [world.access, await world.restart()])
      expect(access.sessions.find(await between)).toBeUndefined();
  });

  it('is refused when the session ended before its turn came', async () => {
    const world = await createAccessWorld();
    const ann = await loggedIn(world, 'ann');
    const wallet = account();
    await link(world, ann, wallet);
    for (const end of [
      () => world.access.users.disable(ann.user.id),
      () => world.access.sessions.revoke(ann.session.tokenHash),
    ]) {
      const unlinking = world.access.walletLinks.unlink(ann.session, wallet.address);
      await Promise.all([end(), expect(unlinking).rejects.toMatchObject({ code: 'WALLET_LINK_NOT_PERMITTED' })]);
    }
    expect(walletsOf(world, ann)).toEqual([addressOf(wallet)]);
  });

  it('is for one’s own only', async () => {
    const world = await createAccessWorld();
    const [ann, ben] = [await loggedIn(world, 'ann'), await loggedIn(world, 'ben')];
    const wallet = account();
    await link(world, ann, wallet);
    for (const address of [wallet.address, account().address, ''])
      await expect(world.access.walletLinks.unlink(ben.session, address)).rejects.toMatchObject({
        code: 'WALLET_NOT_LINKED',
      });
    expect(walletsOf(world, ann)).toEqual([addressOf(wallet)]);
  });
});
