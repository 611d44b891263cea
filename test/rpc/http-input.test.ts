import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nestsDeeperThan } from '../../src/rpc/json-parser.ts';
import { type RpcWorld, startRpcWorld } from '../support/rpc-world.ts';

describe('bad input over HTTP', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  const post = async (
    path: string,
    body: string,
    headers: Record<string, string> = { 'content-type': 'application/json' },
  ) => {
    const response = await fetch(world.url + path, { method: 'POST', headers, body });
    const text = await response.text();
    return {
      status: response.status,
      text,
      json: JSON.parse(text) as Record<string, { code?: unknown; data?: { code?: unknown } }>,
    };
  };
  const call = (fields: object) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'eth_chainId', ...fields });

  it.each([
    ['nothing at all', '', -32600, 200],
    ['half an object', '{"jsonrpc":"2.0"', -32700, 400],
    ['text', 'hello', -32700, 400],
    ['a lone surrogate and control characters', '\u0000\ud800', -32700, 400],
    ['NaN', '{"id":NaN}', -32700, 400],
    ['a prototype key', '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","__proto__":{"method":"x"}}', -32700, 400],
    [
      'an escaped prototype key',
      '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","\\u005f_proto__":{"x":1}}',
      -32700,
      400,
    ],
    ['a constructor key', '{"jsonrpc":"2.0","id":1,"constructor":{"prototype":{"x":1}}}', -32700, 400],
    [
      'deep nesting',
      `{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      -32600,
      400,
    ],
    ['deep nesting never closed', '['.repeat(100_000), -32600, 400],
    ['a number', '7', -32600, 200],
    ['null', 'null', -32600, 200],
    ['an empty batch', '[]', -32600, 200],
    [
      'too large a batch',
      JSON.stringify(Array(21).fill({ jsonrpc: '2.0', id: 1, method: 'eth_chainId' })),
      -32600,
      200,
    ],
    ['another version', '{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600, 200],
    ['no method', '{"jsonrpc":"2.0","id":1}', -32600, 200],
    ['a method that is a list', '{"jsonrpc":"2.0","id":1,"method":["eth_chainId"]}', -32600, 200],
    ['a notification', '{"jsonrpc":"2.0","method":"eth_chainId"}', -32600, 200],
    ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', -32600, 200],
  ])('JSON-RPC: %s', async (_name, body, code, status) => {
    const answer = await post('/rpc', body);
    expect([answer.status, answer.json['error']?.code]).toEqual([status, code]);
    expect(answer.text.length).toBeLessThan(400);
  });

  it('JSON-RPC: a huge body is refused without being read to its end', async () => {
    const answer = await post('/rpc', call({ params: ['x'.repeat(400_000)] }));
    expect([answer.status, answer.json['error']?.data?.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('JSON-RPC: another content type is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/xml',
      'multipart/form-data; boundary=x',
    ]) {
      const answer = await post('/rpc', call({}), { 'content-type': type });
      expect([answer.status, answer.json['error']?.data?.code]).toEqual([415, 'REQUEST_MEDIA_TYPE']);
    }
  });

  it('JSON-RPC: ids come back as they were', async () => {
    for (const id of ['a', '', 0, -1, 1.5, null, 'x"y\\z', 2 ** 53])
      expect((await post('/rpc', call({ id }))).json['id']).toEqual(id);
  });

  it('JSON-RPC: a batch is answered in order, each by itself', async () => {
    const batch = [{ jsonrpc: '2.0', id: 'a', method: 'eth_chainId' }, 7, { jsonrpc: '2.0', id: 'b', method: 'nope' }];
    const { text } = await post('/rpc', JSON.stringify(batch));
    expect(JSON.parse(text)).toMatchObject([
      { id: 'a', result: '0x1bc3' },
      { id: null, error: { code: -32600 } },
      { id: 'b', error: { code: -32601 } },
    ]);
  });

  it('the depth is counted outside strings only', () => {
    expect(nestsDeeperThan('{"a":"[[[[[[","b":"\\"[[[[","c":"\\\\"}', 1)).toBe(false);
    expect(nestsDeeperThan('{"a":"\\\\",   "b":[[1]]}', 2)).toBe(true);
    expect(nestsDeeperThan('[[1],[2],[3]]', 2)).toBe(false);
    expect(nestsDeeperThan('"unterminated [[[[', 1)).toBe(false);
  });

  it.each([
    ['/api/siwe-messages', '{}'],
    ['/api/siwe-messages', '{"address":7}'],
    ['/api/siwe-messages', '[]'],
    ['/api/siwe-messages', ''],
    ['/api/siwe-messages', `{"address":"0x${'1'.repeat(99)}"}`],
    ['/api/auth/login/crypto-native', '{"message":{},"signature":"0x","nonceToken":""}'],
    ['/api/auth/login/crypto-native', '{"message":"x"}'],
  ])('REST: %s with %s is a coded 400', async (path, body) => {
    const answer = await post(path, body);
    expect([answer.status, answer.json['error']?.code]).toEqual([400, 'REQUEST_INVALID']);
  });

  it('REST: malformed, poisoned and huge bodies are coded', async () => {
    const codeOf = async (body: string) => (await post('/api/siwe-messages', body)).json['error']?.code;
    expect(await codeOf('{')).toBe('REQUEST_MALFORMED_JSON');
    expect(await codeOf('{"__proto__":{"address":"x"}}')).toBe('REQUEST_MALFORMED_JSON');
    expect(await codeOf(`{"address":"${'x'.repeat(400_000)}"}`)).toBe('REQUEST_TOO_LARGE');
    expect(await codeOf('['.repeat(50))).toBe('REQUEST_TOO_DEEP');
  });

  it.each([
    '/',
    '/rpc',
    '/rpc/',
    '/api',
    '/api/nothing',
    '/rpc/wallet',
    '/%00',
    '/%',
    '/.env',
    `/rpc/wallet/${'x'.repeat(300)}`,
  ])('GET %s finds nothing', async (path) => {
    const answer = await world.get(path);
    expect([answer.status, answer.body['error']]).toMatchObject([404, { code: 'NOT_FOUND' }]);
  });

  it('bytes that are no HTTP get a bare 400', async () => {
    const { port } = new URL(world.url);
    const text = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\x16\x03\x01 hello secret-token\r\n\r\n'));
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString();
      });
      socket.on('close', () => resolve(received));
    });
    expect(text).toBe('HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
    expect(world.logLines.join()).not.toContain('secret-token');
  });

  it('an unexpected failure is INTERNAL, without a word of what happened', async () => {
    const token = await world.login(world.people.alice);
    const { heads } = world.small.chain;
    Object.assign(world.small.chain, {
      heads: () => {
        throw new Error('secret detail of the store');
      },
    });
    const answer = await world.rpc(token, 'eth_blockNumber');
    Object.assign(world.small.chain, { heads });
    expect(answer.error).toEqual({ code: -32603, message: 'Internal error.', data: { code: 'INTERNAL' } });
    const logged = world.logLines.find((line) => line.includes('rpc.failed'));
    expect(logged).toContain('"stack"');
    expect(logged).not.toContain('secret detail');
  });

  it('answers carry the headers that keep them where they belong', async () => {
    const { headers } = await fetch(`${world.url}/health`);
    expect([
      headers.get('cache-control'),
      headers.get('x-content-type-options'),
      headers.get('referrer-policy'),
    ]).toEqual(['no-store', 'nosniff', 'no-referrer']);
  });
});

describe('a part of the node that does not answer', () => {
  it('ends in a coded error after the configured time', async () => {
    const world = await startRpcWorld({
      options: {
        limits: {
          bodyBytesMax: 10_000,
          jsonDepthMax: 8,
          batchItemsMax: 5,
          batchAnswerBytesMax: 65_536,
          requestTimeoutMs: 1000,
          handlerTimeoutMs: 150,
          keepAliveTimeoutMs: 1000,
        },
      },
    });
    const token = await world.login(world.people.alice);
    Object.assign(world.small.submitter, { submit: () => new Promise(() => undefined) });
    const answer = await world.rpc(token, 'eth_sendRawTransaction', ['0x02']);
    expect(answer).toMatchObject({ status: 503, error: { code: -32603, data: { code: 'REQUEST_TIMEOUT' } } });
    const { promise: late, resolve: finish } = Promise.withResolvers<object>();
    Object.assign(world.access.sessions, { extend: () => late });
    const extended = await world.post('/api/auth/extend-session', undefined, token);
    expect(extended).toMatchObject({ status: 503, body: { error: { code: 'REQUEST_TIMEOUT' } } });
    finish({ expiresAt: 0, renewableUntil: 0 });
    expect((await world.get('/health')).status).toBe(200);
    await world.close();
  });
});

describe('ids of requests', () => {
  it('tell nothing of the requests between them', async () => {
    const world = await startRpcWorld();
    const beginnings = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      const { body } = await world.get('/api/profiles/me');
      beginnings.add((body as { requestId: string }).requestId.slice(0, 8));
    }
    expect(beginnings.size).toBe(20);
    await world.close();
  });
});

describe('limits', () => {
  it('count by class; items of a batch count each', async () => {
    const world = await startRpcWorld({
      options: {
        rateLimits: { authPerMinute: 6, publicPerMinute: 10, userPerMinute: 5, rpcPerMinute: 8, keysMax: 100 },
      },
    });
    const alice = await world.login(world.people.alice);
    const bob = await world.login(world.people.bob);
    const batch = Array.from({ length: 7 }, (_, id) => ({ jsonrpc: '2.0', id, method: 'eth_chainId' }));
    await world.post('/rpc', batch, alice);
    expect((await world.rpc(alice, 'eth_chainId')).result).toBe('0x1bc3');
    expect((await world.rpc(alice, 'eth_chainId')).error).toMatchObject({
      code: -32005,
      data: { code: 'RATE_LIMITED' },
    });
    expect((await world.rpc(bob, 'eth_chainId')).result).toBe('0x1bc3');
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await world.get('/api/profiles/me', bob)).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const logins = [];
    for (let i = 0; i < 4; i += 1)
      logins.push((await world.post('/api/siwe-messages', { address: world.people.carol.address })).status);
    expect(logins).toEqual([200, 200, 429, 429]);
    expect((await world.get('/health')).status).toBe(200);
    await world.close();
  });

  it('hold for a path written another way', async () => {
    const world = await startRpcWorld({
      options: {
        rateLimits: { authPerMinute: 6, publicPerMinute: 10, userPerMinute: 3, rpcPerMinute: 8, keysMax: 100 },
      },
    });
    const alice = await world.login(world.people.alice);
    const { hostname, port, origin } = new URL(world.url);
    /** The path as it is given: `fetch` would rewrite it. */
    const statusOf = async (path: string) => {
      const asked = request({ hostname, port, path, headers: { authorization: `Bearer ${alice}` } }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      return answer.statusCode;
    };
    const statuses = [];
    for (let i = 0; i < 4; i += 1) statuses.push(await statusOf('/%61pi/profiles/me'));
    statuses.push(await statusOf(`${origin}/api/profiles/me`));
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    await world.close();
  });

  it.each([
    ['the client that a trusted proxy names', ['127.0.0.1'], [200, 200, 429, 200]],
    ['the connection, whatever a client says of itself', false, [200, 200, 429, 429]],
  ] as const)('count by %s', async (_what, trustProxy, expected) => {
    const world = await startRpcWorld({
      options: {
        trustProxy,
        rateLimits: { authPerMinute: 2, publicPerMinute: 10, userPerMinute: 5, rpcPerMinute: 8, keysMax: 100 },
      },
    });
    const statuses = [];
    // A client may write into the header what it likes: only what the proxy adds, the last address, counts.
    for (const forwarded of ['10.1.1.1', '10.9.9.1, 10.1.1.1', '10.9.9.2, 10.1.1.1', '10.2.2.2']) {
      const response = await fetch(`${world.url}/api/siwe-messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': forwarded },
        body: JSON.stringify({ address: world.people.carol.address }),
      });
      statuses.push(response.status);
    }
    expect(statuses).toEqual(expected);
    await world.close();
  });
});
