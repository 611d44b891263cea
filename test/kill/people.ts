/** The people outside: their keys, and sessions that must outlive the node's deaths. */

import { privateKeyToAccount } from 'viem/accounts';
import { type ApiSession, loginByProvider, loginByWallet, openSession, RpcError } from '../demo/api-session.ts';
import type { Wallet } from '../demo/send-transaction.ts';
import type { Welcome } from '../demo/welcome.ts';

export const CUSTOMERS = ['customer-a', 'customer-b', 'customer-c'] as const;
export type Customer = (typeof CUSTOMERS)[number];

export interface People {
  account(name: Customer | 'outsider'): Wallet['account'];
  wallet(name: Customer): Promise<Wallet>;
  auditor(): Promise<ApiSession>;
  /** Tokens by name, kept while the node is dead. */
  readonly tokens: Record<string, string>;
}

/** `tokens` of an earlier life serve on. */
export function createPeople(welcome: Welcome, tokens: Record<string, string>): People {
  const { url } = welcome;
  const account = (name: Customer | 'outsider') => privateKeyToAccount(welcome.wallets.get(name)!);
  const session = async (name: string, login: () => Promise<ApiSession>): Promise<ApiSession> => {
    const token = tokens[name];
    if (token !== undefined) return openSession(url, token);
    const opened = await login();
    tokens[name] = opened.token;
    return opened;
  };
  return {
    tokens,
    account,
    wallet: async (name) => ({
      account: account(name),
      session: await session(name, () => loginByWallet(url, account(name))),
    }),
    auditor: () => session('auditor', () => loginByProvider(url, 'auditor')),
  };
}

/** What fetch and a cut connection throw; anything else is an answer or a mistake here. */
export const isCut = (error: unknown): boolean =>
  !(error instanceof RpcError) &&
  error instanceof Error &&
  (error.name === 'TypeError' || error.name === 'AbortError' || error.name === 'SyntaxError' || isCut(error.cause));
