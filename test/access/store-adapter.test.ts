import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessStores, type RecordWith } from '../../src/access/store-adapter.ts';
import { openAuditLog } from '../../src/audit/audit-log.ts';
import type { Audit } from '../../src/audit/port.ts';
import { Secret } from '../../src/base/secret.ts';
import { createAuditStore } from '../../src/node/audit-store.ts';
import type { Store, StoreWrites } from '../../src/store/port.ts';
import { createWorkbench, type Workbench } from '../store/harness.ts';
import { createAccessWorldOver, person } from '../support/access-world.ts';

/** The access layer over the encrypted store, closed and opened again in between. */
describe('what access keeps, in the encrypted store', () => {
  let bench: Workbench;
  let store: Store;
  const secrets = [new Secret(new Uint8Array(randomBytes(32)))];
  let audit: Audit<StoreWrites>;
  const recordWith: RecordWith = (act, work) => audit.recordWith(act, work);
  const open = async () => {
    store = await bench.open();
    const clock = { now: () => 1_800_000_000_000, sleep: async () => undefined };
    const onFailure = (error: unknown) => {
      throw error;
    };
    audit = await openAuditLog({ writeEntriesMax: 10, onFailure }, { store: createAuditStore(store), clock });
    return createAccessWorldOver(accessStores(store, recordWith), { secrets });
  };
  const reopen = async () => {
    await store.close();
    return open();
  };
  beforeEach(async () => {
    bench = await createWorkbench();
  });
  afterEach(() => bench.dispose());

  it('survives a restart: users, wallets, sessions, wallet tokens', async () => {
    const first = await open();
    const wallets = [`0x${'ab'.repeat(20)}`, `0x${'12'.repeat(20)}`] as const;
    const ann = await first.access.users.save(person('ann', { wallets }));
    const { token, session } = await first.access.sessions.open(ann, 'oidc');
    const walletToken = (await first.access.walletTokens.current({ userId: ann.id })).token;
    const second = await reopen();
    expect(second.access.users.byId(ann.id)).toEqual(ann);
    expect(second.access.users.byWallet(wallets[0])?.id).toBe(ann.id);
    expect(second.access.sessions.find(token)).toMatchObject({
      ...session,
      principal: { roles: ['auditor', 'customer'] },
    });
    expect((await second.access.walletTokens.current({ userId: ann.id })).token).toBe(walletToken);
    expect(second.access.walletTokens.find(walletToken)?.subject).toBe(ann.id);
  });

  it('replaces sessions that are there, and brings back none', async () => {
    const { access } = await open();
    const ann = await access.users.save(person('ann'));
    const [kept, gone] = [await access.sessions.open(ann, 'oidc'), await access.sessions.open(ann, 'oidc')];
    const { sessions } = accessStores(store, recordWith);
    await sessions.delete(gone.session.tokenHash);
    const rows = [kept, gone].map(({ session: { principal: _, ...row } }) => ({
      ...row,
      expiresAt: row.expiresAt + 7,
    }));
    await sessions.touch(rows);
    expect(await sessions.all()).toEqual([rows[0]]);
  });

  it('forgets what was revoked, rotated, disabled and unlinked', async () => {
    const first = await open();
    const wallet = `0x${'ab'.repeat(20)}` as const;
    const ann = await first.access.users.save(person('ann', { wallets: [wallet] }));
    const ben = await first.access.users.save(person('ben'));
    const revoked = await first.access.sessions.open(ann, 'oidc');
    const bens = await first.access.sessions.open(ben, 'oidc');
    await first.access.sessions.revoke(revoked.session.tokenHash);
    const former = (await first.access.walletTokens.current({ userId: ann.id })).token;
    const current = (await first.access.walletTokens.rotate({ userId: ann.id })).token;
    await first.access.users.save(person('ann', { wallets: [] }));
    await first.access.users.disable(ben.id);
    const second = await reopen();
    expect(second.access.sessions.find(revoked.token)).toBeUndefined();
    expect(second.access.sessions.find(bens.token)).toBeUndefined();
    expect(second.access.walletTokens.find(former)).toBeUndefined();
    expect(second.access.walletTokens.find(current)?.subject).toBe(ann.id);
    expect(second.access.users.byWallet(wallet)).toBeUndefined();
    expect(second.access.users.byId(ben.id)?.disabled).toBe(true);
  });

  it('writes what an administrator did in one transaction with its row of the audit log, or neither', async () => {
    const { access } = await open();
    const root = await access.users.save(person('root', { roles: ['operator'] }));
    const ann = await access.users.save(person('ann'));
    const { session } = await access.sessions.open(ann, 'oidc');
    const order = { actor: root.id, userId: ann.id, reason: 'left the bank' };
    const { transaction } = store;
    const seen: { disabled: boolean | undefined; rows: number }[] = [];
    const look = async () => ({
      disabled: (await store.read.users.byId(ann.id))?.disabled,
      rows: (await store.read.audit.range(1, 10)).length,
    });
    Object.assign(store, {
      transaction: async (...args: Parameters<typeof transaction>) => {
        seen.push(await look());
        const result = await transaction(...args);
        seen.push(await look());
        return result;
      },
    });
    await access.administration.disable(order);
    expect(seen.length).toBeGreaterThan(0);
    expect(seen.filter(({ disabled, rows }) => disabled !== (rows === 1))).toEqual([]);
    expect(await look()).toEqual({ disabled: true, rows: 1 });
    Object.assign(store, { transaction });
    const [row] = await store.read.audit.range(1, 10);
    expect(JSON.parse(Buffer.from(row!.payload).toString())).toMatchObject({
      actor: root.id,
      action: 'user.disabled',
      resource: ann.id,
      detail: { reason: 'left the bank' },
    });
    // An audit row that cannot be written takes the act with it.
    const ben = await access.users.save(person('ben'));
    const failing = accessStores(store, async (act, work) =>
      audit.recordWith(act, async (writes) => {
        await work(writes);
        throw new Error('no room for the row');
      }),
    );
    await expect(
      failing.users.update({ ...ben, disabled: true }, { actor: root.id, action: 'a', resource: '', detail: {} }),
    ).rejects.toThrow('no room');
    expect((await store.read.users.byId(ben.id))?.disabled).toBe(false);
    const second = await reopen();
    expect(second.access.users.byId(ann.id)).toMatchObject({ disabled: true, generation: 1 });
    expect(second.access.sessions.byId(session.id)).toBeUndefined();
  });

  it('keeps what an application’s session is, and its wallet token with it', async () => {
    const first = await open();
    const ann = await first.access.users.save(person('ann'));
    const { session } = await first.access.sessions.open(ann, 'application', 'dapp');
    const { token } = await first.access.walletTokens.current({ userId: ann.id, sessionId: session.id });
    const second = await reopen();
    expect(second.access.sessions.byId(session.id)).toEqual(session);
    expect(second.access.walletTokens.find(token)?.method).toBe('wallet-token');
    await second.access.sessions.revoke(session.tokenHash);
    expect((await reopen()).access.walletTokens.find(token)).toBeUndefined();
  });

  it('lets a challenge work once, over a restart', async () => {
    const wallet = privateKeyToAccount(generatePrivateKey());
    const first = await open();
    first.onChain.set(BigInt(wallet.address), 1n);
    const { msg, nonceToken } = first.access.siweChallenges.issue({ address: wallet.address }, 'c');
    const answer = { message: msg, signature: await wallet.signMessage({ message: msg }), nonceToken };
    const user = await first.access.siweLogin.verify(answer);
    const second = await reopen();
    second.onChain.set(BigInt(wallet.address), 1n);
    await expect(second.access.siweLogin.verify(answer)).rejects.toMatchObject({ code: 'SIWE_NONCE_USED' });
    expect(second.access.users.byWallet(wallet.address)?.id).toBe(user.id);
  });

  it('moves a wallet from its wallet user to a person in the database too', async () => {
    const wallet = `0x${'cd'.repeat(20)}` as const;
    const first = await open();
    await first.access.users.save(person(wallet, { source: 'siwe', issuer: 'eip155:7107', wallets: [wallet] }));
    const ann = await first.access.users.save(person('ann', { wallets: [wallet] }));
    expect((await reopen()).access.users.byWallet(wallet)?.id).toBe(ann.id);
  });

  it('reads more users than one page holds', async () => {
    const first = await open();
    for (let i = 0; i < 205; i += 1) await first.access.users.save(person(`user-${i}`));
    const second = await reopen();
    for (const i of [0, 1, 199, 200, 204])
      expect(second.access.users.byIdentity('https://idp.example', `user-${i}`)).toBeDefined();
  });

  it('leaves no name, subject, wallet or token on the disk', async () => {
    const { access } = await open();
    const wallet = `0x${randomBytes(20).toString('hex')}` as const;
    const ann = await access.users.save(person('subject-of-ann', { displayName: 'Ann Example', wallets: [wallet] }));
    const { token } = await access.sessions.open(ann, 'oidc');
    const walletToken = (await access.walletTokens.current({ userId: ann.id })).token;
    await store.close();
    const bytes = Buffer.concat(filesIn(bench.folder).map((file) => readFileSync(file)));
    const secrets = ['subject-of-ann', 'Ann Example', wallet.slice(2), token, walletToken];
    for (const secret of secrets) expect(bytes.includes(secret)).toBe(false);
    for (const secret of [wallet.slice(2)]) expect(bytes.includes(Buffer.from(secret, 'hex'))).toBe(false);
    expect(Buffer.concat([bytes, Buffer.from(token)]).includes(token)).toBe(true);
  });
});

const filesIn = (folder: string): string[] =>
  readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
