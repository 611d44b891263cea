import { type Html, html } from '../../base/html.ts';
import { type AuthorizationRequest, authorizationFields, callbackUrl } from './authorization-request.ts';
import type { Page } from './page.ts';

export interface ConsentFacts {
  readonly chainName: string;
  readonly chainId: bigint;
  readonly displayName: string;
  /** With checksums. */
  readonly wallets: readonly string[];
}

/** Asks the person who is logged in whether the application may act for them. */
export function consentPage(request: AuthorizationRequest, facts: ConsentFacts): Page {
  const { host, origin } = new URL(request.redirectUri);
  const needsWallet = request.scopes.has('wallet:required') && facts.wallets.length === 0;
  const fields = authorizationFields(request).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  );
  return {
    title: needsWallet ? 'A wallet is needed' : 'Allow access',
    formOrigins: [origin],
    body: html`<h1>${needsWallet ? 'A wallet is needed' : `Allow ${host}?`}</h1>
${needsWallet ? walletMissing(host) : asking(host, facts)}
<dl>
<dt>Signed in as</dt><dd>${facts.displayName}</dd>
<dt>Wallets</dt><dd>${walletList(facts.wallets)}</dd>
<dt>Application</dt><dd>${request.clientId}</dd>
</dl>
<form method="post" action="/auth/authorize">
${fields}
${needsWallet ? [] : decisions(request, facts)}
<button class="button quiet" name="decision" value="switch">Use another account</button>
</form>
<p class="status" id="status" role="status"></p>
<p class="away"><a id="cancel" href="${callbackUrl(request, { error: 'access_denied' })}">Cancel and go back</a></p>`,
  };
}

const asking = (
  host: string,
  { chainName }: ConsentFacts,
): Html => html`<p><strong>${host}</strong> will be able to, on ${chainName}:</p>
<ul class="rights">
<li>read what you may read as a customer: your balances, transactions and contracts</li>
<li>send transactions that your own wallet has signed</li>
</ul>
<p class="hint">It gets none of your rights as staff, and cannot sign for you. It gets a session, which ends by itself and which you can end before, and an RPC address of that session, which ends with it.</p>`;

const walletMissing = (
  host: string,
): Html => html`<p><strong>${host}</strong> works only for people with a wallet, and none is linked to your account.</p>
<p>Use another account, and there “Sign in with a wallet”; or ask your organisation to link a wallet to this account, and start again.</p>`;

const walletList = (wallets: readonly string[]): Html =>
  wallets.length === 0 ? html`none` : html`${wallets.map((wallet) => html`<code>${wallet}</code>`)}`;

function decisions({ scopes }: AuthorizationRequest, { chainId, chainName }: ConsentFacts): Html {
  if (!scopes.has('network:required'))
    return html`<button class="button primary" id="allow" name="decision" value="allow">Continue</button>`;
  // Whether the wallet is on this chain only the browser can say; the node judges every transaction by its chain id anyway.
  return html`<section id="network" data-chain-id="0x${chainId.toString(16)}" data-chain-name="${chainName}">
<p class="hint" id="network-text">This application needs your wallet to be on ${chainName} (chain ${chainId.toString()}).</p>
<button class="button" id="network-switch" type="button" hidden>Add ${chainName} to your wallet</button>
</section>
<button class="button primary" id="allow" name="decision" value="allow" disabled>Continue</button>`;
}
