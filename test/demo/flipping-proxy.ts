/** Stands between a client and an Ethereum node on loopback, passes everything on, and flips one bit of the answer to one kind of call. */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Hex, toFunctionSelector } from 'viem';

export interface FlippingProxy {
  readonly url: string;
  /** Answers changed so far. */
  readonly flipped: () => number;
  close(): Promise<void>;
}

interface Exchange {
  readonly method?: string;
  readonly params?: readonly { readonly data?: Hex; readonly input?: Hex }[];
}

/** What Ethereum stores of a batch: the fact on which every verification ends. */
const target = toFunctionSelector('function storedBatchHash(uint256)');

export async function startFlippingProxy(l1Url: string): Promise<FlippingProxy> {
  let flipped = 0;
  const pass = async (body: string): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const answer = await (await fetch(l1Url, { method: 'POST', headers, body })).text();
    const { method, params } = JSON.parse(body) as Exchange;
    const data = params?.[0]?.data ?? params?.[0]?.input;
    if (method !== 'eth_call' || data?.startsWith(target) !== true) return answer;
    const parsed = JSON.parse(answer) as { result?: Hex };
    if (parsed.result === undefined) return answer;
    flipped += 1;
    return JSON.stringify({ ...parsed, result: `${parsed.result.slice(0, -1)}${flipLastBit(parsed.result)}` });
  };
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      pass(body).then(
        (answer) => response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
        () => response.writeHead(502).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    flipped: () => flipped,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const flipLastBit = (hex: string): string => (Number.parseInt(hex.slice(-1), 16) ^ 1).toString(16);
