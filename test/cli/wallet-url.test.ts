import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walletUrl } from '../../src/cli/wallet-url.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('privity wallet-url', () => {
  let world: RpcWorld;
  let folder: string;
  const key = generatePrivateKey();
  const owner = privateKeyToAccount(key);
  beforeAll(async () => {
    world = await startRpcWorld();
    world.small.setIdentity(BigInt(owner.address), { roles: 1n, flags: 0n, expiry: 0n });
    folder = await mkdtemp(join(tmpdir(), 'privity-wallet-'));
    writeFileSync(join(folder, 'key'), `${key}\n`, { mode: 0o600 });
    writeFileSync(join(folder, 'stranger'), `${generatePrivateKey()}\n`, { mode: 0o600 });
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  async function run(positionals: string[], values: Record<string, string>) {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const context = { environment: {}, print, printError: print, signal: new AbortController().signal };
    return { status: await walletUrl.run({ positionals, values }, context), text: lines.join('\n') };
  }

  it('prints a URL on which an ordinary client is the owner of the key', async () => {
    const { status, text } = await run([world.url], { key: join(folder, 'key') });
    expect([status, text.startsWith(`${world.url}/rpc/wallet/`)]).toEqual([0, true]);
    const ask = async (url: string) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_getBalance', params: [owner.address, 'latest'] }),
      });
      return (await response.json()) as { result?: string; error?: { code: number } };
    };
    expect(await ask(text)).toMatchObject({ result: '0x0' });
    expect(await ask(`${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}`)).toMatchObject({
      error: { code: -32090 },
    });
  });

  it('says in the words of the node why somebody has none', async () => {
    const { status, text } = await run([world.url], { key: join(folder, 'stranger') });
    expect([status, text]).toEqual([
      1,
      'privity wallet-url: LOGIN_NOT_PERMITTED: Forbidden: this login has no access to this chain.',
    ]);
  });

  it('asks for one key and a URL', async () => {
    for (const [positionals, values] of [
      [[], { sample: 'customer-a' }],
      [['no url'], { sample: 'customer-a' }],
      [['http://localhost:1'], {}],
      [['http://localhost:1'], { sample: 'customer-a', key: 'file' }],
      [['http://localhost:1', 'more'], { sample: 'customer-a' }],
      [['http://localhost:1'], { sample: 'somebody' }],
    ] as [string[], Record<string, string>][]) {
      expect((await run(positionals, values)).status).toBe(2);
    }
  });

  describe('at another server', () => {
    let server: Server;
    let url: string;
    let challenge: string;
    const signed: string[] = [];
    beforeAll(async () => {
      server = createServer((request, response) => {
        if (request.url === '/api/siwe-messages')
          return response.end(JSON.stringify({ msg: challenge, nonceToken: 'n' }));
        signed.push(request.url!);
        response.writeHead(404).end('{}');
      }).listen(0, '127.0.0.1');
      await new Promise((listening) => server.once('listening', listening));
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => new Promise((closed) => server.close(closed)));

    const login = (domain: string, address: string) =>
      `${domain} wants you to sign in with your Ethereum account:\n${address}\n\nLog in.\n\nURI: prividium:access\nVersion: 1\nChain ID: 7107\nNonce: eba03edb2642c5a0a930bef085162664\nIssued At: 2026-11-23T10:16:35.657Z`;

    it('signs nothing but a login of this wallet to this server', async () => {
      const host = new URL(url).host;
      for (challenge of [
        'I owe you everything.',
        login('bank.example', owner.address),
        login(host, world.people.bob.address),
      ]) {
        const { status, text } = await run([url], { key: join(folder, 'key') });
        expect([status, text]).toEqual([
          1,
          `privity wallet-url: ${url} asked to sign something else than a login to it`,
        ]);
      }
      expect(signed).toEqual([]);
      challenge = login(host, owner.address);
      expect((await run([url], { key: join(folder, 'key') })).text).toContain('is no Privity node');
      expect(signed).toEqual(['/api/auth/login/crypto-native']);
    });

    it('says so when nothing answers', async () => {
      const { text } = await run(['http://127.0.0.1:1'], { key: join(folder, 'key') });
      expect(text).toBe('privity wallet-url: nothing answers at http://127.0.0.1:1');
    });
  });
});
