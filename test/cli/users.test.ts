import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/run-command.ts';
import { userCommands } from '../../src/cli/users.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('privity users', () => {
  let world: RpcWorld;
  let folder: string;
  let alice: string;
  let aliceId: string;
  const file = (name: string) => join(folder, name);
  beforeAll(async () => {
    world = await startRpcWorld();
    folder = mkdtempSync(join(tmpdir(), 'privity-users-'));
    writeFileSync(file('operator'), `${await world.sessionOf('operator')}\n`, { mode: 0o600 });
    writeFileSync(file('auditor'), `${await world.sessionOf('auditor')}\n`, { mode: 0o600 });
    writeFileSync(file('nobody'), 'nonsense\n', { mode: 0o600 });
    alice = await world.login(world.people.alice);
    aliceId = world.access.sessions.find(alice)!.userId;
  });
  afterAll(async () => {
    await world.close();
    rmSync(folder, { recursive: true });
  });

  async function run(...words: string[]) {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const context = { environment: {}, print, printError: print, signal: new AbortController().signal };
    return { status: await runCommand(words, userCommands, context), text: lines.join('\n') };
  }
  const as = (who: string) => ['--token-file', file(who)];

  it('lists people and sessions, without anything that opens one', async () => {
    const people = await run('users', 'list', world.url, ...as('operator'));
    expect(people.status).toBe(0);
    expect(people.text).toMatch(new RegExp(`^${aliceId}  enabled   1  customer  0x`, 'm'));
    const sessions = await run('users', 'sessions', world.url, aliceId, ...as('auditor'));
    expect(sessions.text).toContain(`${world.access.sessions.find(alice)!.id}  siwe  -  `);
    expect(people.text + sessions.text).not.toContain(alice.slice(0, 10));
  });

  it('prints no name that moves the cursor', async () => {
    const ann = world.access.users.byId(aliceId)!;
    await world.access.users.save({ ...ann, displayName: 'A\u001b[2Jnn\nroot\u202e' });
    const { text } = await run('users', 'list', world.url, ...as('operator'));
    expect(text).toContain('A?[2Jnn?root?');
    await world.access.users.save(ann);
  });

  it('ends, disables and enables, with a reason', async () => {
    const order = (name: string) =>
      run('users', name, world.url, aliceId, '--reason', 'left the bank', ...as('operator'));
    expect((await order('end-sessions')).status).toBe(0);
    expect((await world.get('/api/profiles/me', alice)).status).toBe(401);
    expect((await order('disable')).status).toBe(0);
    await expect(world.login(world.people.alice)).rejects.toThrow('LOGIN_NOT_PERMITTED');
    expect((await order('enable')).status).toBe(0);
    expect((await world.get('/api/profiles/me', await world.login(world.people.alice))).status).toBe(200);
    expect(
      world.audit.filter(({ resource }) => resource === aliceId).map(({ action, detail }) => [action, detail]),
    ).toEqual(
      expect.arrayContaining(
        ['user.sessions_ended', 'user.disabled', 'user.enabled'].map((action) => [action, { reason: 'left the bank' }]),
      ),
    );
  });

  it('lists the wallets of a person and takes one away, of whoever may not act neither', async () => {
    const ann = await world.access.users.save({
      ...{ issuer: 'https://idp.example', subject: 'ann', source: 'oidc' as const, displayName: 'Ann' },
      ...{ roles: ['customer'], wallets: [world.people.nobody.address] },
    });
    const { address } = world.people.nobody;
    const wallets = () => run('users', 'wallets', world.url, ann.id, ...as('auditor'));
    const unlink = (who: string, ...named: string[]) =>
      run('users', 'unlink', world.url, ...named, '--reason', 'stolen login', ...as(who));
    expect(await wallets()).toEqual({ status: 0, text: address });
    expect((await unlink('auditor', ann.id, address)).text).toContain('PERMISSION_MISSING');
    expect((await unlink('nobody', ann.id, address)).text).toContain('LOGIN_REQUIRED');
    expect((await unlink('operator', aliceId, address)).text).toContain('WALLET_NOT_LINKED');
    expect((await unlink('operator', ann.id, '../disable')).text).toContain('REQUEST_INVALID');
    for (const named of [[], [ann.id], [ann.id, ''], ['', address], [ann.id, address, address]])
      expect((await unlink('operator', ...named)).status).toBe(2);
    expect((await run('users', 'unlink', world.url, ann.id, address, ...as('operator'))).status).toBe(2);
    expect(await wallets()).toEqual({ status: 0, text: address });
    expect((await unlink('operator', ann.id, address)).status).toBe(0);
    expect(await wallets()).toEqual({ status: 0, text: '' });
    expect(world.access.users.byId(ann.id)?.disabled).toBe(false);
  });

  it.each([
    ['auditor', 'disable', 'PERMISSION_MISSING'],
    ['auditor', 'end-sessions', 'PERMISSION_MISSING'],
    ['nobody', 'disable', 'LOGIN_REQUIRED'],
    ['nobody', 'enable', 'LOGIN_REQUIRED'],
  ])('refuses a %s to %s, in the words of the node', async (who, name, code) => {
    const { status, text } = await run('users', name, world.url, aliceId, '--reason', 'because', ...as(who));
    expect([status, text]).toEqual([1, expect.stringContaining(code)]);
    expect(world.access.users.byId(aliceId)?.disabled).toBe(false);
  });

  it('says what is wrong with an order', async () => {
    const disable = (id: string) => run('users', 'disable', world.url, id, '--reason', 'because', ...as('operator'));
    expect((await disable('0'.repeat(32))).text).toContain('USER_UNKNOWN');
    expect((await disable('../../auth/logout')).text).toMatch(/REQUEST_INVALID|NOT_FOUND/);
    const operator = [...world.access.users.all()].find(({ roles }) => roles.includes('operator'))!;
    expect((await disable(operator.id)).text).toContain('USER_IS_SELF');
    expect((await run('users', 'list', 'http://127.0.0.1:1', ...as('operator'))).text).toBe(
      'privity users list: nothing answers at http://127.0.0.1:1',
    );
    expect((await run('users', 'list', world.url, ...as('absent'))).text).toContain('ENOENT');
  });

  it('sends the token over no network that can read it, and asks for what is missing', async () => {
    const token = as('operator');
    for (const words of [
      ['list', 'http://node.example', ...token],
      ['list', 'http://127.0.0.1.node.example', ...token],
      ['list', 'ftp://localhost', ...token],
      ['list', 'no url', ...token],
      ['list', world.url],
      ['list', world.url, aliceId, ...token],
      ['sessions', world.url, ...token],
      ['wallets', world.url, ...token],
      ['disable', world.url, aliceId, ...token],
      ['disable', world.url, aliceId, '--reason', '  ', ...token],
      ['disable', world.url, aliceId, '--reason', 'no', ...token],
      ['disable', world.url, '--reason', 'because', ...token],
      ['enable', world.url, aliceId, 'more', '--reason', 'because', ...token],
    ]) {
      expect([words, (await run('users', ...words)).status]).toEqual([words, 2]);
    }
  });
});
