/** An application as its developers would write it with the public SDK; tests talk to `window.dapp`. */
import { createPrividiumChain, createPrividiumClient } from 'prividium';
import { defineChain } from 'viem';

const settings = await (await fetch('/settings.json')).json();
const prividium = createPrividiumChain({
  clientId: settings.clientId,
  chain: defineChain({
    id: settings.chainId,
    name: 'Test chain',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [] } },
  }),
  authBaseUrl: settings.apiUrl,
  prividiumApiBaseUrl: settings.apiUrl,
  redirectUrl: `${window.location.origin}/auth/callback`,
  onAuthExpiry: () => {
    window.dapp.expiries += 1;
  },
});
window.dapp = {
  expiries: 0,
  prividium,
  client: (account) =>
    createPrividiumClient({ chain: prividium.chain, transport: prividium.transport, account, pollingInterval: 100 }),
  /** Resolves with what became of it, so that a test can act in the popup meanwhile. */
  authorize(options) {
    window.outcome = prividium.authorize(options).then(
      (token) => ({ token }),
      (error) => ({ error: error.message }),
    );
  },
};
document.title = 'ready';
