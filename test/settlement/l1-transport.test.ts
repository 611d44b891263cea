/** A credential in `l1.url` is used and never shown: not in errors of any kind, nor in what is logged of them. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import pino from 'pino';
import { createPublicClient, HttpRequestError, RpcRequestError, TimeoutError } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { hideUrl, shownUrl } from '../../src/base/secret-url.ts';
import { loadConfig, showValue } from '../../src/config/load.ts';
import { foldersOf } from '../../src/node/folders.ts';
import { openL1 } from '../../src/node/l1.ts';
import { createLog } from '../../src/node/log.ts';
import { l1Transport } from '../../src/settlement/l1-transport.ts';
import { createTransactionSender } from '../../src/settlement/transaction-sender.ts';
import { testAccount } from '../contracts/stage.ts';
import { runCommand } from '../support/run-command.ts';

const PASSWORD = 'pass-4f1d77';
const KEY = 'key-93ab02';
const QUERY = 'token-1c6e5d';

const folder = mkdtempSync(join(tmpdir(), 'privity-transport-'));
let server: Server;
let port: number;
let asked: IncomingMessage | undefined;
let answer: { status: number; body: string; holds?: boolean };
beforeAll(async () => {
  server = createServer((request, response) => {
    asked = request;
    if (answer.holds === true) return;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const urls = (at = port) =>
  [
    ['user and password', `http://user:${PASSWORD}@127.0.0.1:${at}`],
    ['a key in the path', `http://127.0.0.1:${at}/v3/${KEY}`],
    ['a key in the query', `http://127.0.0.1:${at}/rpc?apikey=${QUERY}`],
    ['all of them, encoded', `http://user:${encodeURIComponent(`${PASSWORD}/`)}@127.0.0.1:${at}/v3/${KEY}?a=${QUERY}`],
  ] as const;

/** Every way in which an error is turned into text here. */
function everyText(error: unknown): string {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  log.error({ err: error }, 'test');
  pino({}, { write: (line) => void lines.push(line) }).error(error);
  return [String(error), inspect(error, { depth: 8, showHidden: true }), JSON.stringify(error), ...lines].join('\n');
}
const secretsIn = (text: string): string[] => [PASSWORD, KEY, QUERY].filter((secret) => text.includes(secret));

const clientOf = (url: string) => createPublicClient({ transport: l1Transport(url, { retryCount: 0, timeout: 300 }) });
const failureOf = (asking: Promise<unknown>): Promise<unknown> =>
  asking.then(
    () => undefined,
    (error) => error,
  );

describe('a URL with a credential', () => {
  it.each(['user and password', 'a key in the path', 'a key in the query'])('is used as it is: %s', async (what) => {
    answer = { status: 200, body: '{"jsonrpc":"2.0","id":1,"result":"0x7a69"}' };
    const url = urls().find(([name]) => name === what)![1];
    expect(await clientOf(url).getChainId()).toBe(31_337);
    const sent = `${asked!.url} ${Buffer.from(asked!.headers.authorization?.slice(6) ?? '', 'base64')}`;
    expect(secretsIn(sent)).toHaveLength(1);
  });

  describe.each([0, 1, 2, 3])('form %i', (form) => {
    const urlAt = (at = port) => urls(at)[form]![1];

    it.each([
      ['that refuses it', { status: 401, body: '{"error":"no"}' }, HttpRequestError],
      ['that answers no JSON', { status: 200, body: '<html>' }, Error],
      [
        'that answers an error',
        { status: 200, body: '{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"no"}}' },
        RpcRequestError,
      ],
      ['that never answers', { status: 200, body: '', holds: true }, TimeoutError],
    ] as const)('stays out of the error of a node %s', async (_what, given, type) => {
      answer = given;
      const error = (await failureOf(clientOf(urlAt()).getBlockNumber())) as Error & {
        walk?: (test: (e: unknown) => boolean) => unknown;
      };
      expect(error).toBeInstanceOf(Error);
      expect(error.walk?.((e) => e instanceof type) ?? error).toBeInstanceOf(type);
      expect(secretsIn(everyText(error))).toEqual([]);
    });

    it('stays out of the error of a node that is not there, and of the settlement that meets it', async () => {
      const url = urlAt(1);
      expect(secretsIn(everyText(await failureOf(clientOf(url).getChainId())))).toEqual([]);
      const sender = createTransactionSender(
        { maxFeePerGas: 1n, stallMs: 1, pollIntervalMs: 1, attemptsMax: 1 },
        { client: clientOf(url) as never, account: testAccount('sender'), clock: systemClock },
      );
      const request = { to: `0x${'11'.repeat(20)}`, data: '0x', label: 'commit 1' } as const;
      const error = await failureOf(sender.send(request, new AbortController().signal));
      expect(error).toBeInstanceOf(Error);
      expect(secretsIn(everyText(error))).toEqual([]);
    });

    it('stays out of a failed start, and of the configuration as it is shown', async () => {
      const config = loadConfig({ environment: { PRIVITY_L1_URL: urlAt(1) } });
      const error = await failureOf(openL1(config, foldersOf(config), { clock: systemClock }));
      expect(error).toMatchObject({ code: 'L1_UNREACHABLE' });
      expect(secretsIn(everyText(error))).toEqual([]);
      expect(showValue('l1.url', config)).toBe('[secret]');
    });

    it('stays out of what a command says', async () => {
      const [salt, list] = [join(folder, 'salt'), join(folder, 'list')];
      writeFileSync(salt, '11'.repeat(32));
      writeFileSync(list, `0x${'33'.repeat(20)}\n`);
      const error = await failureOf(
        runCommand('list execute', [
          ...[list, '--list', '1', '--salt', salt, '--governor', `0x${'11'.repeat(20)}`],
          ...['--bridge', `0x${'22'.repeat(20)}`, '--l1', urlAt(1)],
        ]),
      );
      expect(everyText(error)).toContain('127.0.0.1:1');
      expect(secretsIn(everyText(error))).toEqual([]);
    });
  });

  it('is shown by scheme, host and port', () => {
    expect(urls(5).map(([, url]) => shownUrl(url))).toEqual(Array(4).fill('http://127.0.0.1:5/[secret]'));
    expect(shownUrl('http://127.0.0.1:8546')).toBe('http://127.0.0.1:8546');
    expect(shownUrl('http://127.0.0.1:8546/')).toBe('http://127.0.0.1:8546');
    expect(shownUrl('not a URL')).toBe('[secret]');
    expect(hideUrl('see http://127.0.0.1:8546 there', 'http://127.0.0.1:8546')).toBe('see http://127.0.0.1:8546 there');
  });
});
