import { describe, expect, it } from 'vitest';
import { hashToken } from '../../src/access/tokens.ts';
import { createAccessWorld, MINUTE, person } from '../support/access-world.ts';
import { memoryAccessStores } from '../support/memory-access-stores.ts';

const act = { actor: 'ann', action: 'session.others_revoked', resource: '', detail: {} };

async function opened() {
  const world = await createAccessWorld();
  const user = await world.access.users.save(person('ann'));
  const { token, session } = await world.access.sessions.open(user, 'oidc');
  return { ...world, user, token, session };
}

describe('sessions', () => {
  it('are found by their token and by nothing else', async () => {
    const { access, token, session, user } = await opened();
    expect(access.sessions.find(token)?.principal).toMatchObject({ kind: 'user', subject: user.id, method: 'oidc' });
    const wrong = [
      token.slice(0, -1),
      `${token}A`,
      token.toLowerCase(),
      hashToken(token),
      session.tokenHash,
      '',
      'null',
      `${token}\n`,
    ];
    for (const guess of wrong) expect(access.sessions.find(guess)).toBeUndefined();
  });

  it('leave no token in the store', async () => {
    const { stores, token } = await opened();
    expect(JSON.stringify([...stores.rows.sessions])).not.toContain(token);
    expect(stores.rows.sessions.has(hashToken(token))).toBe(true);
  });

  it('have 256-bit tokens that do not repeat', async () => {
    const { access, user } = await opened();
    const tokens = new Set<string>();
    for (let i = 0; i < 50; i += 1) tokens.add((await access.sessions.open(user, 'oidc')).token);
    expect(tokens.size).toBe(50);
    for (const token of tokens) expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  });

  it('die in the call that revokes them, before that is durable', async () => {
    const { access, token, session, stores } = await opened();
    const durable = access.sessions.revoke(session.tokenHash);
    expect(access.sessions.find(token)).toBeUndefined();
    expect(stores.rows.sessions.size).toBe(1);
    await durable;
    expect(stores.rows.sessions.size).toBe(0);
  });

  it('are not brought back by a write of their idle limit that is slower than their revocation', async () => {
    const { access, token, session, stores, clock } = await opened();
    const gate = Promise.withResolvers<void>();
    const { touch } = stores.sessions;
    const written = Promise.withResolvers<void>();
    stores.sessions.touch = async (rows) => {
      await gate.promise;
      await touch(rows);
      written.resolve();
    };
    clock.advance(2 * MINUTE);
    expect(access.sessions.find(token)).toBeDefined();
    await access.sessions.revoke(session.tokenHash);
    gate.resolve();
    await written.promise;
    expect(stores.rows.sessions.size).toBe(0);
  });

  it('have their idle limits written together when they are due together', async () => {
    const { access, stores, clock } = await opened();
    const tokens: string[] = [];
    for (let i = 0; i < 120; i += 1) {
      const user = await access.users.save(person(`person ${i}`));
      tokens.push((await access.sessions.open(user, 'oidc')).token);
    }
    const sizes: number[] = [];
    const { touch } = stores.sessions;
    stores.sessions.touch = (rows) => {
      sizes.push(rows.length);
      return touch(rows);
    };
    const before = new Map(stores.rows.sessions);
    clock.advance(2 * MINUTE);
    for (const token of tokens) expect(access.sessions.find(token)).toBeDefined();
    while (sizes.reduce((a, b) => a + b, 0) < tokens.length) await new Promise((resolve) => setImmediate(resolve));
    expect(sizes.length).toBeLessThan(6);
    await new Promise((resolve) => setTimeout(resolve, 5));
    for (const [hash, row] of stores.rows.sessions) {
      const slid = tokens.some((token) => access.sessions.find(token)?.tokenHash === hash);
      expect(row.expiresAt - before.get(hash)!.expiresAt).toBe(slid ? 2 * MINUTE : 0);
    }
  });

  it('end when idle, and slide with use', async () => {
    const { access, token, clock } = await opened();
    for (let i = 0; i < 4; i += 1) {
      clock.advance(29 * MINUTE);
      expect(access.sessions.find(token)).toBeDefined();
    }
    clock.advance(30 * MINUTE);
    expect(access.sessions.find(token)).toBeUndefined();
  });

  it('end at their longest life however much they are used', async () => {
    const { access, token, clock, session } = await opened();
    while (clock.now() < session.renewableUntil - MINUTE) {
      clock.advance(20 * MINUTE);
      if (clock.now() < session.renewableUntil) expect(access.sessions.find(token)).toBeDefined();
    }
    clock.advance(session.renewableUntil - clock.now());
    expect(access.sessions.find(token)).toBeUndefined();
  });

  it('cannot be extended past their longest life, nor when dead', async () => {
    const { access, token, clock, session } = await opened();
    clock.advance(10 * MINUTE);
    const extended = await access.sessions.extend(access.sessions.find(token)!);
    expect(extended.expiresAt).toBe(clock.now() + 30 * MINUTE);
    expect(extended.renewableUntil).toBe(session.renewableUntil);
    await access.sessions.revoke(session.tokenHash);
    await expect(access.sessions.extend(session)).rejects.toMatchObject({ code: 'SESSION_NOT_EXTENDABLE' });
  });

  it('survive a restart, except those that expired or lost their user', async () => {
    const world = await opened();
    const other = await world.access.users.save(person('ben'));
    const second = await world.access.sessions.open(other, 'oidc');
    await world.access.users.disable(other.id);
    const restarted = await world.restart();
    expect(restarted.sessions.find(world.token)).toBeDefined();
    expect(restarted.sessions.find(second.token)).toBeUndefined();
    world.clock.advance(31 * MINUTE);
    expect((await world.restart()).sessions.size).toBe(0);
    expect(world.stores.rows.sessions.size).toBe(0);
  });

  it('of a disabled user die in the same call, and none is opened for one', async () => {
    const { access, token, user } = await opened();
    const done = access.users.disable(user.id);
    expect(access.sessions.find(token)).toBeUndefined();
    await done;
    await expect(access.sessions.open(user, 'oidc')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
  });

  it('opened while the user is being disabled do not live', async () => {
    const { access, user } = await opened();
    const opening = access.sessions.open(user, 'oidc');
    const disabling = access.users.disable(user.id);
    await expect(opening).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await disabling;
    expect(access.sessions.size).toBe(0);
  });

  it('follow a change of roles and wallets at once', async () => {
    const { access, token } = await opened();
    expect(access.sessions.find(token)?.principal.roles).toContain('auditor');
    const wallet = `0x${'ab'.repeat(20)}` as const;
    await access.users.save(person('ann', { roles: ['customer'], wallets: [wallet] }));
    expect(access.sessions.find(token)?.principal).toMatchObject({ roles: ['customer'], wallets: [BigInt(wallet)] });
  });

  it('of one user are bounded: the oldest ends', async () => {
    const { access, user, token } = await opened();
    const later = [];
    for (let i = 0; i < 3; i += 1) later.push((await access.sessions.open(user, 'oidc')).token);
    expect(access.sessions.find(token)).toBeUndefined();
    for (const each of later) expect(access.sessions.find(each)).toBeDefined();
  });

  it('of a user can all be ended, without touching those of others', async () => {
    const { access, user, token } = await opened();
    const other = await access.sessions.open(await access.users.save(person('ben')), 'oidc');
    await access.users.endSessions(user.id);
    expect(access.sessions.find(token)).toBeUndefined();
    expect(access.sessions.find(other.token)).toBeDefined();
  });

  it('are listed by ids that open nothing, the newest first', async () => {
    const { access, user, token, session, clock } = await opened();
    clock.advance(MINUTE);
    const second = await access.sessions.open(user, 'application', 'dapp');
    const listed = access.sessions.ofUser(user.id);
    expect(listed.map(({ id, application }) => [id, application])).toEqual([
      [second.session.id, 'dapp'],
      [session.id, undefined],
    ]);
    for (const { id, tokenHash } of listed) {
      expect(access.sessions.find(id)).toBeUndefined();
      expect(tokenHash.startsWith(id.slice(0, 6))).toBe(false);
    }
    expect(token.startsWith(session.id.slice(0, 6))).toBe(false);
    clock.advance(29 * MINUTE);
    expect(access.sessions.ofUser(user.id).map(({ id }) => id)).toEqual([second.session.id]);
  });

  it('keep when they were last used', async () => {
    const { access, user, token, clock, session } = await opened();
    clock.advance(5 * MINUTE);
    const now = clock.now();
    access.sessions.find(token);
    clock.advance(5 * MINUTE);
    expect(access.sessions.ofUser(user.id)).toMatchObject([{ lastUsedAt: now, createdAt: session.createdAt }]);
  });

  it('of the same person can be revoked but one, and nobody else’s', async () => {
    const { access, user, token, session, stores, restart } = await opened();
    const others = [await access.sessions.open(user, 'oidc'), await access.sessions.open(user, 'application', 'dapp')];
    const ben = await access.sessions.open(await access.users.save(person('ben')), 'oidc');
    const revoking = access.sessions.revokeOthers(session, act);
    for (const other of others) expect(access.sessions.find(other.token)).toBeUndefined();
    expect([access.sessions.find(token), access.sessions.find(ben.token)]).not.toContain(undefined);
    await revoking;
    expect(access.sessions.ofUser(user.id).map(({ id }) => id)).toEqual([session.id]);
    await access.sessions.revokeOthers(session, act);
    const restarted = await restart();
    expect(restarted.sessions.find(token)).toBeDefined();
    for (const other of others) expect(restarted.sessions.find(other.token)).toBeUndefined();
    expect(stores.rows.acts).toEqual([act, act]);
  });

  it('but one end with the person’s wallet URLs and the logins that are under way', async () => {
    const { access, user, token, session, restart } = await opened();
    const url = await access.walletTokens.current({ userId: user.id });
    const login = access.sessions.open(user, 'oidc');
    const making = [access.walletTokens.rotate({ userId: user.id }), access.walletTokens.current({ userId: user.id })];
    const revoking = access.sessions.revokeOthers(session, act);
    expect(access.walletTokens.find(url.token)).toBeUndefined();
    const refused = { status: 'rejected', reason: { code: 'LOGIN_NOT_PERMITTED' } };
    const late = await Promise.allSettled([login, ...making, access.sessions.open(user, 'siwe')]);
    expect(late).toMatchObject([refused, refused, refused, refused]);
    await revoking;
    for (const { sessions, walletTokens } of [access, await restart()]) {
      expect([sessions.size, sessions.find(token)?.id]).toEqual([1, session.id]);
      expect([walletTokens.find(url.token), walletTokens.ofUser(user.id)]).toEqual([undefined, []]);
    }
  });

  it('but one do not come back when the deletion of their rows fails, nor after a kill between the writes', async () => {
    const { access, user, token, session, stores, restart } = await opened();
    const other = await access.sessions.open(user, 'oidc');
    stores.sessions.delete = () => Promise.reject(new Error('disk full'));
    stores.sessions.touch = () => new Promise(() => undefined);
    void access.sessions.revokeOthers(session, act);
    while (stores.rows.acts.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect([access.sessions.find(token)?.id, access.sessions.find(other.token)]).toEqual([session.id, undefined]);
    Object.assign(stores.sessions, memoryAccessStores().sessions, { all: stores.sessions.all });
    const { sessions } = await restart();
    // Fewer than were to stay: the person logs in again.
    expect([sessions.find(token), sessions.find(other.token)]).toEqual([undefined, undefined]);
  });

  it('but one end together with that one, when somebody ends all of them at the same time', async () => {
    for (const first of ['person', 'administrator']) {
      const { access, user, token, session, restart } = await opened();
      const person = () => access.sessions.revokeOthers(session, act).catch((error: { code: string }) => error.code);
      const administrator = () => access.users.endSessions(user.id);
      await Promise.all(first === 'person' ? [person(), administrator()] : [administrator(), person()]);
      expect([access.sessions.find(token), (await restart()).sessions.find(token)]).toEqual([undefined, undefined]);
      await expect(access.sessions.revokeOthers(session, act)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    }
  });

  it('end with the last role, in the turn in which it is lost, and do not come back with it', async () => {
    const { access, user, token } = await opened();
    const refusing = access.users.refuse(user.id);
    expect(access.sessions.find(token)).toBeUndefined();
    await refusing;
    await expect(access.sessions.open(access.users.byId(user.id)!, 'oidc')).rejects.toMatchObject({
      code: 'LOGIN_NOT_PERMITTED',
    });
    await access.users.save(person('ann'));
    expect(access.sessions.find(token)).toBeUndefined();
  });

  it('go on when a login brings other roles in place of all earlier ones, with the new ones alone', async () => {
    const { access, token, restart } = await opened();
    await access.users.save(person('ann', { roles: ['compliance'] }));
    expect(access.sessions.find(token)?.principal.roles).toEqual(['compliance']);
    expect((await restart()).sessions.find(token)?.principal.roles).toEqual(['compliance']);
  });

  it('lose a role before the login that took it is written', async () => {
    const { access, token, stores } = await opened();
    const gate = Promise.withResolvers<void>();
    const { update } = stores.users;
    stores.users.update = async (user, act) => {
      await gate.promise;
      await update(user, act);
    };
    const saving = access.users.save(person('ann', { roles: ['customer', 'operator'] }));
    await Promise.resolve();
    expect(access.sessions.find(token)?.principal).toMatchObject({ roles: ['customer'], permissions: [] });
    gate.resolve();
    await saving;
    expect(access.sessions.find(token)?.principal.permissions).toEqual(['admin_read', 'admin_write']);
  });

  it('written by an earlier version, without ids, end', async () => {
    const { token, session, stores, restart } = await opened();
    stores.rows.sessions.set(session.tokenHash, { ...stores.rows.sessions.get(session.tokenHash)!, generation: -1 });
    expect((await restart()).sessions.find(token)).toBeUndefined();
  });

  it('a sweep forgets expired ones', async () => {
    const { access, clock, stores } = await opened();
    clock.advance(31 * MINUTE);
    await access.sweep();
    expect([access.sessions.size, stores.rows.sessions.size]).toEqual([0, 0]);
  });
});
