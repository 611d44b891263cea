/** Somebody logged in to the node's public HTTP interface. */

import type { Address, Hash, Hex, LocalAccount } from 'viem';
import { createBrowser } from '../support/browser.ts';
import { requireThat } from './require-that.ts';

/** What JSON-RPC answered instead of a result. */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface ApiSession {
  readonly token: string;
  rpc<T>(method: string, params: readonly unknown[]): Promise<T>;
  /** Status and JSON of a REST answer. */
  get<T>(path: string): Promise<{ status: number; body: T }>;
}

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string };
}

export function openSession(url: string, token: string): ApiSession {
  const authorization = `Bearer ${token}`;
  return {
    token,
    async rpc<T>(method: string, params: readonly unknown[]): Promise<T> {
      const response = await fetch(`${url}/rpc`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
      });
      const { result, error } = (await response.json()) as RpcAnswer;
      if (error !== undefined) throw new RpcError(error.code, error.message);
      return result as T;
    },
    async get<T>(path: string) {
      const response = await fetch(`${url}${path}`, { headers: { authorization } });
      return { status: response.status, body: (await response.json()) as T };
    },
  };
}

async function post<T>(url: string, body: unknown): Promise<{ status: number; body: T }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as T };
}

/** Login with an Ethereum wallet (EIP-4361). */
export async function loginByWallet(url: string, account: LocalAccount): Promise<ApiSession> {
  const challenge = await post<{ msg: string; nonceToken: string }>(`${url}/api/siwe-messages`, {
    address: account.address,
    domain: new URL(url).host,
  });
  requireThat(challenge.status === 200, `a wallet gets a login challenge (${challenge.status})`);
  const { msg: message, nonceToken } = challenge.body;
  const signature = await account.signMessage({ message });
  const login = await post<{ token: string }>(`${url}/api/auth/login/crypto-native`, {
    message,
    signature,
    nonceToken,
  });
  requireThat(login.status === 200, `a wallet that holds a role logs in (${login.status})`);
  return openSession(url, login.body.token);
}

/** Login at the identity provider: the page with a button for each sample person, as a browser goes through it. */
export async function loginByProvider(url: string, subject: string): Promise<ApiSession> {
  const browser = createBrowser();
  const start = `${url}/auth/login?return_to=${encodeURIComponent('/')}`;
  const page = await browser.follow(await browser.get(start), start);
  requireThat(page.response.status === 200, `the login page opens (${page.response.status})`);
  await page.response.text();
  const answer = await browser.submit(page.url, { login: subject });
  const isCallback = (next: string) => next.startsWith(`${url}/auth/callback`);
  const callback = await browser.follow(answer, page.url, isCallback);
  const landed = await browser.get(callback.url, { accept: 'application/json' });
  requireThat(landed.status === 200, `${subject} logs in at the identity provider (${landed.status})`);
  return openSession(url, ((await landed.json()) as { token: string }).token);
}

export const balanceOf = async (session: ApiSession, address: Address): Promise<bigint> =>
  BigInt(await session.rpc<Hex>('eth_getBalance', [address, 'latest']));

export interface Receipt {
  readonly transactionHash: Hash;
  readonly status: Hex;
  readonly blockNumber: Hex;
  readonly from: Address;
  readonly to: Address;
}

export const receiptOf = (session: ApiSession, hash: Hash): Promise<Receipt | null> =>
  session.rpc<Receipt | null>('eth_getTransactionReceipt', [hash]);
