import { describe, expect, it } from 'vitest';
import { createAccessWorld, person } from '../support/access-world.ts';

async function bank() {
  const world = await createAccessWorld();
  const { users, sessions } = world.access;
  const root = await users.save(person('root', { roles: ['operator'] }));
  const second = await users.save(person('second', { roles: ['operator'] }));
  const ann = await users.save(person('ann'));
  const { token, session } = await sessions.open(ann, 'oidc');
  return { ...world, users, sessions, administration: world.access.administration, root, second, ann, token, session };
}

const WALLET = `0x${'ab'.repeat(20)}` as const;
const OTHER = `0x${'cd'.repeat(20)}` as const;

describe('administrators', () => {
  it('disable a person: sessions are dead in the same call, and the act is written with the change', async () => {
    const { administration, sessions, users, root, ann, token, stores } = await bank();
    const done = administration.disable({ actor: root.id, userId: ann.id, reason: 'left the bank' });
    expect(sessions.find(token)).toBeUndefined();
    expect(stores.rows.users.get(ann.id)?.disabled).toBe(false);
    await done;
    expect(stores.rows.users.get(ann.id)?.disabled).toBe(true);
    expect(stores.rows.acts).toEqual([
      { actor: root.id, action: 'user.disabled', resource: ann.id, detail: { reason: 'left the bank' } },
    ]);
    await expect(sessions.open(users.byId(ann.id)!, 'oidc')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
  });

  it('enable a person again, and nothing that was ended comes back, not even from rows that were left', async () => {
    const { administration, sessions, users, root, ann, token, session, stores, restart } = await bank();
    const row = stores.rows.sessions.get(session.tokenHash)!;
    await administration.disable({ actor: root.id, userId: ann.id, reason: 'r' });
    await administration.enable({ actor: root.id, userId: ann.id, reason: 'came back' });
    expect(sessions.find(token)).toBeUndefined();
    stores.rows.sessions.set(session.tokenHash, row);
    const again = await restart();
    expect(again.sessions.find(token)).toBeUndefined();
    expect(stores.rows.sessions.size).toBe(0);
    const opened = await sessions.open(users.byId(ann.id)!, 'oidc');
    expect(sessions.find(opened.token)).toBeDefined();
    expect(stores.rows.acts.map(({ action }) => action)).toEqual(['user.disabled', 'user.enabled']);
  });

  it('end a login that was verified before the person was disabled and is opened after they were enabled', async () => {
    const { administration, sessions, root, ann } = await bank();
    await administration.disable({ actor: root.id, userId: ann.id, reason: 'r' });
    await administration.enable({ actor: root.id, userId: ann.id, reason: 'r' });
    await expect(sessions.open(ann, 'oidc')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
  });

  it('end all sessions, with wallet URLs, and the person may log in again', async () => {
    const { administration, access, sessions, users, root, ann, token } = await bank();
    const { token: url } = await access.walletTokens.current({ userId: ann.id });
    const application = await sessions.open(ann, 'application', 'dapp');
    const done = administration.endSessions({ actor: root.id, userId: ann.id, reason: 'stolen laptop' });
    expect([sessions.find(token), sessions.find(application.token), access.walletTokens.find(url)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    await done;
    expect(sessions.ofUser(ann.id)).toEqual([]);
    expect(sessions.find((await sessions.open(users.byId(ann.id)!, 'oidc')).token)).toBeDefined();
  });

  it('end one session by its id, and no other', async () => {
    const { administration, sessions, users, root, ann, session, token, stores } = await bank();
    const other = await sessions.open(users.byId(ann.id)!, 'oidc');
    await administration.endSession({ actor: root.id, sessionId: session.id, reason: 'r' });
    expect([sessions.find(token), sessions.find(other.token) !== undefined]).toEqual([undefined, true]);
    expect(stores.rows.acts).toMatchObject([{ action: 'user.session_ended', detail: { session: session.id } }]);
    const again = administration.endSession({ actor: root.id, sessionId: session.id, reason: 'r' });
    await expect(again).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
    const byToken = administration.endSession({ actor: root.id, sessionId: other.token, reason: 'r' });
    await expect(byToken).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
  });

  it('unlink a wallet that a thief of a login linked: nothing of theirs is left, also after the person is enabled again', async () => {
    const { administration, access, sessions, users, root, ann, token, stores, restart } = await bank();
    await users.changeWallets(ann.id, () => [WALLET, OTHER]);
    const thief = await sessions.open(users.byId(ann.id)!, 'siwe');
    const application = await sessions.open(users.byId(ann.id)!, 'application', 'dapp');
    const urls = [
      await access.walletTokens.current({ userId: ann.id }),
      await access.walletTokens.current({ userId: ann.id, sessionId: application.session.id }),
    ];
    const verified = users.byId(ann.id)!;
    const order = { actor: root.id, userId: ann.id, reason: 'stolen login' };
    await administration.unlinkWallet({ ...order, address: WALLET.toUpperCase().replace('0X', '0x') });
    await expect(sessions.open(verified, 'siwe')).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await administration.disable(order);
    await administration.enable(order);
    for (const { sessions, walletTokens, users } of [access, await restart()]) {
      for (const each of [token, thief.token, application.token]) expect(sessions.find(each)).toBeUndefined();
      for (const url of urls) expect(walletTokens.find(url.token)).toBeUndefined();
      expect([users.byWallet(WALLET), users.byWallet(OTHER)?.id]).toEqual([undefined, ann.id]);
    }
    expect(stores.rows.acts[0]).toEqual({
      ...{ actor: root.id, action: 'user.wallet_unlinked', resource: ann.id },
      detail: { wallet: WALLET, reason: 'stolen login' },
    });
  });

  it('unlink a wallet of a person who is disabled and stays so, and link none to them', async () => {
    const { administration, users, root, ann, stores } = await bank();
    await users.changeWallets(ann.id, () => [WALLET]);
    const order = { actor: root.id, userId: ann.id, reason: 'r' };
    await administration.disable(order);
    for (const wallets of [[WALLET, OTHER], [OTHER]] as const)
      await expect(users.changeWallets(ann.id, () => wallets)).rejects.toMatchObject({ code: 'LOGIN_NOT_PERMITTED' });
    await Promise.all([administration.unlinkWallet({ ...order, address: WALLET }), administration.endSessions(order)]);
    for (const user of [users.byId(ann.id), stores.rows.users.get(ann.id)])
      expect(user).toMatchObject({ wallets: [], disabled: true });
  });

  it('leave a wallet linked when its unlinking could not be written with its record', async () => {
    const { administration, users, root, ann, stores } = await bank();
    await users.changeWallets(ann.id, () => [WALLET]);
    const { update } = stores.users;
    stores.users.update = () => Promise.reject(new Error('disk full'));
    const order = { actor: root.id, userId: ann.id, reason: 'r', address: WALLET };
    await expect(administration.unlinkWallet(order)).rejects.toThrow('disk full');
    stores.users.update = update;
    expect([users.byWallet(WALLET)?.id, stores.rows.acts]).toEqual([ann.id, []]);
    await administration.unlinkWallet(order);
    expect([users.byWallet(WALLET), stores.rows.acts]).toMatchObject([undefined, [{ actor: root.id }]]);
  });

  it('unlink no wallet of their own, of nobody, of another than the named person, nor one twice', async () => {
    const { administration, users, root, second, ann, stores } = await bank();
    await users.changeWallets(root.id, () => [OTHER]);
    await users.changeWallets(ann.id, () => [WALLET]);
    const unlink = (userId: string, address: string) =>
      administration.unlinkWallet({ actor: root.id, userId, address, reason: 'r' });
    await expect(unlink(root.id, OTHER)).rejects.toMatchObject({ code: 'USER_IS_SELF' });
    await expect(unlink('nobody', WALLET)).rejects.toMatchObject({ code: 'USER_UNKNOWN' });
    for (const [userId, address] of [
      [second.id, WALLET],
      [ann.id, OTHER],
      [ann.id, ''],
    ] as const)
      await expect(unlink(userId, address)).rejects.toMatchObject({ code: 'WALLET_NOT_LINKED' });
    const before = users.byId(ann.id)!.generation;
    const twice = await Promise.allSettled([unlink(ann.id, WALLET), unlink(ann.id, WALLET)]);
    expect(twice).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'WALLET_NOT_LINKED' } }]);
    expect([users.byId(ann.id)!.generation - before, stores.rows.acts.length]).toEqual([1, 1]);
    expect(users.byWallet(OTHER)?.id).toBe(root.id);
  });

  it('act on nobody who does not exist, nor on themselves', async () => {
    const { administration, sessions, users, root, stores } = await bank();
    const own = await sessions.open(root, 'oidc');
    for (const act of ['disable', 'enable', 'endSessions'] as const) {
      await expect(administration[act]({ actor: root.id, userId: root.id, reason: 'r' })).rejects.toMatchObject({
        code: 'USER_IS_SELF',
      });
      await expect(administration[act]({ actor: root.id, userId: 'nobody', reason: 'r' })).rejects.toMatchObject({
        code: 'USER_UNKNOWN',
      });
    }
    await expect(
      administration.endSession({ actor: root.id, sessionId: own.session.id, reason: 'r' }),
    ).rejects.toMatchObject({ code: 'USER_IS_SELF' });
    expect([stores.rows.acts, users.byId(root.id)?.disabled]).toEqual([[], false]);
    expect(sessions.find(own.token)).toBeDefined();
  });

  it('are never all disabled, also when two disable each other at once', async () => {
    const { administration, users, root, second, stores } = await bank();
    const orders = [
      administration.disable({ actor: root.id, userId: second.id, reason: 'r' }),
      administration.disable({ actor: second.id, userId: root.id, reason: 'r' }),
    ];
    expect((await Promise.allSettled(orders)).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await expect(orders[1]).rejects.toMatchObject({ code: 'USER_LAST_ADMINISTRATOR' });
    expect([users.byId(root.id)?.disabled, users.byId(second.id)?.disabled]).toEqual([false, true]);
    expect(stores.rows.acts).toHaveLength(1);
  });

  it('do not count when they are disabled or have lost the role', async () => {
    const { administration, users, root, second, ann } = await bank();
    await users.save(person('second', { roles: ['auditor'] }));
    await expect(administration.disable({ actor: ann.id, userId: root.id, reason: 'r' })).rejects.toMatchObject({
      code: 'USER_LAST_ADMINISTRATOR',
    });
    await users.save(person('second', { roles: ['operator'] }));
    await administration.disable({ actor: root.id, userId: second.id, reason: 'r' });
    await expect(administration.disable({ actor: ann.id, userId: root.id, reason: 'r' })).rejects.toMatchObject({
      code: 'USER_LAST_ADMINISTRATOR',
    });
  });

  it('are told when an act could not be written: the person stands as before, their sessions stay ended', async () => {
    const { administration, sessions, users, root, ann, token, stores } = await bank();
    const { update } = stores.users;
    stores.users.update = () => Promise.reject(new Error('disk full'));
    const failing = administration.disable({ actor: root.id, userId: ann.id, reason: 'r' });
    await expect(failing).rejects.toThrow('disk full');
    stores.users.update = update;
    expect([users.byId(ann.id)?.disabled, stores.rows.acts, sessions.find(token)]).toEqual([false, [], undefined]);
    await administration.disable({ actor: root.id, userId: ann.id, reason: 'r' });
    expect(stores.rows.users.get(ann.id)?.disabled).toBe(true);
  });

  it('whose order meets a login under way have the last word', async () => {
    const { administration, users, root, ann, stores } = await bank();
    const saving = users.save(person('ann', { displayName: 'Ann' }));
    const order = { actor: root.id, userId: ann.id, reason: 'r' };
    await Promise.all([saving, administration.disable(order)]);
    expect(stores.rows.users.get(ann.id)).toMatchObject({ disabled: true, displayName: 'Ann' });
    await Promise.all([administration.enable(order), administration.disable(order)]);
    expect([users.byId(ann.id)?.disabled, stores.rows.users.get(ann.id)?.disabled]).toEqual([true, true]);
    await Promise.all([administration.enable(order), administration.endSessions(order)]);
    expect([users.byId(ann.id)?.disabled, stores.rows.users.get(ann.id)?.disabled]).toEqual([false, false]);
  });

  it('leave no act half done when a login is written before theirs: the mark comes with its record', async () => {
    const { administration, users, root, ann, stores } = await bank();
    const written: { disabled: boolean; recorded: boolean }[] = [];
    const { update } = stores.users;
    stores.users.update = (user, act) => {
      written.push({ disabled: user.disabled, recorded: act !== undefined });
      return update(user, act);
    };
    const first = users.save(person('ann', { displayName: 'A' }));
    const second = users.save(person('ann', { displayName: 'B' }));
    const disabling = administration.disable({ actor: root.id, userId: ann.id, reason: 'r' });
    await Promise.all([first, second, disabling]);
    expect(written).toEqual([
      { disabled: false, recorded: false },
      { disabled: false, recorded: false },
      { disabled: true, recorded: true },
    ]);
  });
});
