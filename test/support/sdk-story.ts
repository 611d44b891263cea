import { createPrividiumClient } from 'prividium';
import { createPrividiumSiweChain } from 'prividium/siwe';
import { type Address, createWalletClient, defineChain, type PrivateKeyAccount } from 'viem';
import { expect } from 'vitest';

export interface SdkStory {
  readonly apiUrl: string;
  readonly chainId: number;
  /** Holds a role and at least `amount` and the fees. */
  readonly account: PrivateKeyAccount;
  /** May receive from `account` under the policy in force. */
  readonly recipient: Address;
  /** An account of somebody else that has a balance. */
  readonly stranger: Address;
  readonly amount: bigint;
  readonly domain?: string;
}

/**
 * The public SDK, unmodified, from login to receipt. The same body runs over the small chain of the tests and over the whole node.
 */
export async function runSdkStory(story: SdkStory): Promise<{ hash: `0x${string}`; reauthentications: () => number }> {
  let reauthentications = 0;
  const prividium = createPrividiumSiweChain({
    account: story.account,
    chain: defineChain({
      id: story.chainId,
      name: 'Test chain',
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [] } },
    }),
    prividiumApiBaseUrl: story.apiUrl,
    ...(story.domain === undefined ? {} : { domain: story.domain }),
    onReauthenticate: () => {
      reauthentications += 1;
    },
  });
  const { expiresAt } = await prividium.authorize();
  expect(expiresAt.getTime()).toBeGreaterThan(Date.now());
  expect(prividium.isAuthorized()).toBe(true);

  const user = await prividium.fetchUser();
  expect(user.wallets).toEqual([{ walletAddress: story.account.address }]);

  const reader = createPrividiumClient({
    chain: prividium.chain,
    transport: prividium.transport,
    account: story.account,
  });
  expect(await reader.getChainId()).toBe(story.chainId);
  const before = await reader.getBalance({ address: story.account.address });
  expect(before).toBeGreaterThan(story.amount);
  expect(await reader.getBalance({ address: story.stranger })).toBe(0n);

  const wallet = createWalletClient({ chain: prividium.chain, transport: prividium.transport, account: story.account });
  const request = await wallet.prepareTransactionRequest({ to: story.recipient, value: story.amount });
  const authorization = await prividium.authorizeTransaction({
    walletAddress: story.account.address,
    toAddress: story.recipient,
    nonce: Number(request.nonce),
    value: story.amount,
  });
  expect(new Date(authorization.activeUntil).getTime()).toBeGreaterThan(Date.now());
  const hash = await wallet.sendTransaction({ to: story.recipient, value: story.amount });
  const receipt = await reader.waitForTransactionReceipt({ hash, pollingInterval: 100, timeout: 30_000 });
  expect(receipt.status).toBe('success');
  expect(receipt.from).toBe(story.account.address.toLowerCase());
  const after = await reader.getBalance({ address: story.account.address });
  expect(before - after).toBe(story.amount + receipt.gasUsed * receipt.effectiveGasPrice);

  // The wallet's own URL reads and is replaced when its owner asks.
  const url = await prividium.getWalletRpcUrl();
  expect(await prividium.getWalletRpcUrl()).toBe(url);
  const viaUrl = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_getBalance',
      params: [story.account.address, 'latest'],
    }),
  });
  expect(await viaUrl.json()).toEqual({ jsonrpc: '2.0', id: 1, result: `0x${after.toString(16)}` });
  const fresh = await prividium.invalidateWalletToken();
  expect(url.endsWith(fresh)).toBe(false);
  return { hash, reauthentications: () => reauthentications };
}
