/** What a person sees while a node starts. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/node/listen.ts';
import { onlyChanges } from '../../src/node/only-changes.ts';

describe('opening the HTTP side', () => {
  it('names the port that is taken and what to set', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => other.once('listening', listening));
    const { port } = other.address() as AddressInfo;
    const web = Fastify();
    await expect(listen(web, '127.0.0.1', port)).rejects.toMatchObject({
      code: 'NODE_HTTP_START',
      publicText: `127.0.0.1 port ${port} is taken by another program. Set PRIVITY_HTTP_PORT or PRIVITY_HTTP_HOST.`,
    });
    await web.close();
    await new Promise((closed) => other.close(closed));
  });

  it('names an address that this machine does not have', async () => {
    const web = Fastify();
    await expect(listen(web, '192.0.2.1', 0)).rejects.toMatchObject({ code: 'NODE_HTTP_START' });
    await web.close();
  });

  it('opens a free one', async () => {
    const web = Fastify();
    await listen(web, '127.0.0.1', 0);
    expect(web.addresses()).toHaveLength(1);
    await web.close();
  });
});

describe('lines of progress', () => {
  it('are said once, and again after another', () => {
    const said: string[] = [];
    const report = onlyChanges((line) => said.push(line));
    for (const line of ['a', 'a', 'b', 'b', 'a']) report(line);
    expect(said).toEqual(['a', 'b', 'a']);
  });
});
