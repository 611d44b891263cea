import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { createAccessWorld, person } from '../support/access-world.ts';

describe('wallet tokens', () => {
  it('are the same each time until they are rotated; the former one then dies in the same call', async () => {
    const { access } = await createAccessWorld();
    const { id } = await access.users.save(person('ann'));
    const first = await access.walletTokens.current(id);
    expect(await access.walletTokens.current(id)).toBe(first);
    const rotating = access.walletTokens.rotate(id);
    expect(access.walletTokens.find(first)).toBeUndefined();
    const second = await rotating;
    expect(second).not.toBe(first);
    expect(access.walletTokens.find(second)?.subject).toBe(id);
  });

  it('do not stand in the store', async () => {
    const { access, stores } = await createAccessWorld();
    const { id } = await access.users.save(person('ann'));
    const token = await access.walletTokens.current(id);
    expect(JSON.stringify([...stores.rows.walletTokens])).not.toContain(token);
  });

  it('survive a restart and a rotation of the key', async () => {
    const [old, fresh] = [new Secret(new Uint8Array(randomBytes(32))), new Secret(new Uint8Array(randomBytes(32)))];
    const before = await createAccessWorld({ secrets: [old] });
    const { id } = await before.access.users.save(person('ann'));
    const token = await before.access.walletTokens.current(id);
    const after = await createAccessWorld({ secrets: [fresh, old], stores: before.stores });
    expect(after.access.walletTokens.find(token)?.subject).toBe(id);
    expect(await after.access.walletTokens.current(id)).toBe(token);
    const gone = await createAccessWorld({ secrets: [fresh], stores: before.stores });
    expect(await gone.access.walletTokens.current(id)).not.toBe(token);
  });

  it('die with their user', async () => {
    const { access } = await createAccessWorld();
    const { id } = await access.users.save(person('ann'));
    const token = await access.walletTokens.current(id);
    const disabling = access.users.disable(id);
    expect(access.walletTokens.find(token)).toBeUndefined();
    await disabling;
  });

  it('are one when two requests race', async () => {
    const { access } = await createAccessWorld();
    const { id } = await access.users.save(person('ann'));
    const [a, b] = await Promise.all([access.walletTokens.current(id), access.walletTokens.current(id)]);
    expect(a).toBe(b);
  });

  it('of users differ, and are no session tokens', async () => {
    const { access } = await createAccessWorld();
    const ann = await access.walletTokens.current((await access.users.save(person('ann'))).id);
    const ben = await access.walletTokens.current((await access.users.save(person('ben'))).id);
    expect(ann).not.toBe(ben);
    expect(access.sessions.find(ann)).toBeUndefined();
  });
});
