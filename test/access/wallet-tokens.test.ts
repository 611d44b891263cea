import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { createAccessWorld, MINUTE, person } from '../support/access-world.ts';

const DAY = 24 * 60 * MINUTE;

async function opened() {
  const world = await createAccessWorld();
  const user = await world.access.users.save(person('ann'));
  const { token } = await world.access.walletTokens.current({ userId: user.id });
  return { ...world, tokens: world.access.walletTokens, user, own: { userId: user.id }, token };
}

/** A person, and an application's session of theirs with a wallet URL of its own. */
async function withApplication() {
  const world = await opened();
  const { token: sessionToken, session } = await world.access.sessions.open(world.user, 'application', 'dapp');
  const grant = { userId: world.user.id, sessionId: session.id };
  const { token: appToken } = await world.tokens.current(grant);
  return { ...world, session, sessionToken, grant, appToken };
}

describe('wallet tokens', () => {
  it('are the same each time until they are rotated; the former one then dies in the same call', async () => {
    const { tokens, own, user, token: first } = await opened();
    expect((await tokens.current(own)).token).toBe(first);
    const rotating = tokens.rotate(own);
    expect(tokens.find(first)).toBeUndefined();
    const { token: second } = await rotating;
    expect(second).not.toBe(first);
    expect(tokens.find(second)?.subject).toBe(user.id);
  });

  it('do not stand in the store', async () => {
    const { stores, token } = await opened();
    expect(JSON.stringify([...stores.rows.walletTokens])).not.toContain(token);
  });

  it('survive a restart and a rotation of the key', async () => {
    const [old, fresh] = [new Secret(new Uint8Array(randomBytes(32))), new Secret(new Uint8Array(randomBytes(32)))];
    const before = await createAccessWorld({ secrets: [old] });
    const { id: userId } = await before.access.users.save(person('ann'));
    const { token } = await before.access.walletTokens.current({ userId });
    const after = await createAccessWorld({ secrets: [fresh, old], stores: before.stores });
    expect(after.access.walletTokens.find(token)?.subject).toBe(userId);
    expect((await after.access.walletTokens.current({ userId })).token).toBe(token);
    const gone = await createAccessWorld({ secrets: [fresh], stores: before.stores });
    expect((await gone.access.walletTokens.current({ userId })).token).not.toBe(token);
    expect(gone.access.walletTokens.find(token)).toBeUndefined();
  });

  it('die with their user, and do not come back with them', async () => {
    const { access, tokens, own, token, stores, restart } = await opened();
    const disabling = access.users.disable(own.userId);
    expect(tokens.find(token)).toBeUndefined();
    await disabling;
    await expect(tokens.current(own)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await access.users.enable(own.userId);
    expect(tokens.find(token)).toBeUndefined();
    expect((await tokens.current(own)).token).not.toBe(token);
    expect((await restart()).walletTokens.find(token)).toBeUndefined();
    expect(stores.rows.walletTokens.size).toBe(1);
  });

  it('die with the last role of their user', async () => {
    const { access, tokens, own, token } = await opened();
    await access.users.save(person('ann', { roles: [] }));
    expect(tokens.find(token)).toBeUndefined();
    await expect(tokens.current(own)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await access.users.save(person('ann'));
    expect(tokens.find(token)).toBeUndefined();
  });

  it('that were being made when their user was disabled never live', async () => {
    const { access, tokens, own, stores } = await opened();
    const rotating = tokens.rotate(own);
    const disabling = access.users.disable(own.userId);
    await expect(rotating).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await disabling;
    await access.users.enable(own.userId);
    expect(tokens.ofUser(own.userId)).toEqual([]);
    expect(stores.rows.walletTokens.size).toBe(0);
  });

  it.each(['current', 'rotate'] as const)(
    'asked for (%s) before everything ended are not made after it, or a thief who asks all the time would keep one',
    async (ask) => {
      const { access, tokens, own, token, restart } = await opened();
      const asked = tokens[ask](own);
      const ending = access.users.endSessions(own.userId);
      await expect(asked).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
      await ending;
      for (const { walletTokens } of [access, await restart()])
        expect([walletTokens.find(token), walletTokens.ofUser(own.userId)]).toEqual([undefined, []]);
    },
  );

  it('end at their expiry however much they are used, and another one is made then', async () => {
    const { tokens, own, token, clock, stores, access } = await opened();
    expect((await tokens.current(own)).expiresAt).toBe(clock.now() + 90 * DAY);
    clock.advance(90 * DAY - 1);
    expect(tokens.find(token)).toBeDefined();
    clock.advance(1);
    expect(tokens.find(token)).toBeUndefined();
    expect(tokens.ofUser(own.userId)).toEqual([]);
    await access.sweep();
    expect(stores.rows.walletTokens.size).toBe(0);
    expect((await tokens.current(own)).token).not.toBe(token);
  });

  it('are one when two requests race, and one is left when two rotations do', async () => {
    const { tokens, own } = await opened();
    const [a, b] = await Promise.all([tokens.current(own), tokens.current(own)]);
    expect(a).toEqual(b);
    const [c, d] = await Promise.all([tokens.rotate(own), tokens.rotate(own)]);
    expect([a!, c!, d!].map(({ token }) => tokens.find(token) !== undefined)).toEqual([false, false, true]);
    expect(tokens.ofUser(own.userId)).toHaveLength(1);
  });

  it('of users differ, and are no session tokens', async () => {
    const { access, token } = await opened();
    const ben = await access.users.save(person('ben'));
    expect((await access.walletTokens.current({ userId: ben.id })).token).not.toBe(token);
    expect(access.sessions.find(token)).toBeUndefined();
  });

  it('are listed without what opens them, and revoked by their owner alone', async () => {
    const { access, tokens, own, token } = await opened();
    const [listed, ...more] = tokens.ofUser(own.userId);
    expect(more).toEqual([]);
    expect(JSON.stringify(listed)).not.toContain(token.slice(0, 8));
    expect(listed).not.toHaveProperty('tokenHash');
    const ben = await access.users.save(person('ben'));
    expect(await tokens.revoke(ben.id, listed!.id)).toBe(false);
    expect(await tokens.revoke(own.userId, token)).toBe(false);
    expect(tokens.find(listed!.id)).toBeUndefined();
    expect(tokens.find(token)).toBeDefined();
    const revoking = tokens.revoke(own.userId, listed!.id);
    expect(tokens.find(token)).toBeUndefined();
    expect(await revoking).toBe(true);
    expect(await tokens.revoke(own.userId, listed!.id)).toBe(false);
  });
});

describe('the wallet token of an application’s session', () => {
  it('is another one than the person’s, and each may be rotated without the other', async () => {
    const { tokens, own, grant, token, appToken } = await withApplication();
    expect(appToken).not.toBe(token);
    await tokens.rotate(grant);
    expect([tokens.find(appToken), tokens.find(token)?.subject]).toEqual([undefined, own.userId]);
    const { token: again } = await tokens.current(grant);
    await tokens.rotate(own);
    expect([tokens.find(token), tokens.find(again)?.subject]).toEqual([undefined, own.userId]);
    expect(tokens.ofUser(own.userId).map(({ sessionId }) => sessionId)).toEqual(
      expect.arrayContaining([undefined, grant.sessionId]),
    );
  });

  it('dies with the session in the same call, and the person’s does not', async () => {
    const { access, tokens, session, token, appToken, grant, stores } = await withApplication();
    const revoking = access.sessions.revoke(session.tokenHash);
    expect([tokens.find(appToken), tokens.find(token) !== undefined]).toEqual([undefined, true]);
    await revoking;
    await expect(tokens.current(grant)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await access.sweep();
    expect(stores.rows.walletTokens.size).toBe(1);
  });

  it('uses the session, and ends with its idle limit and at its longest life', async () => {
    const { access, tokens, appToken, sessionToken, grant, session, clock } = await withApplication();
    expect((await tokens.current(grant)).expiresAt).toBe(session.renewableUntil);
    for (let i = 0; i < 3; i += 1) {
      clock.advance(29 * MINUTE);
      expect(tokens.find(appToken)).toBeDefined();
    }
    expect(access.sessions.find(sessionToken)).toBeDefined();
    clock.advance(30 * MINUTE);
    expect(tokens.find(appToken)).toBeUndefined();
  });

  it('survives a restart with its session, and not without', async () => {
    const { restart, appToken, stores, session } = await withApplication();
    expect((await restart()).walletTokens.find(appToken)).toBeDefined();
    stores.rows.sessions.delete(session.tokenHash);
    expect((await restart()).walletTokens.find(appToken)).toBeUndefined();
    expect(stores.rows.walletTokens.size).toBe(1);
  });

  it('is not made for the session of another person', async () => {
    const { access, tokens, session } = await withApplication();
    const ben = await access.users.save(person('ben'));
    await expect(tokens.current({ userId: ben.id, sessionId: session.id })).rejects.toMatchObject({
      code: 'LOGIN_NOT_PERMITTED',
    });
  });
});
