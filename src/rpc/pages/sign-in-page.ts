import { html } from '../../base/html.ts';
import { type AuthorizationRequest, authorizationPath, callbackUrl } from './authorization-request.ts';
import type { Page } from './page.ts';

/** For somebody who is not logged in yet. */
export function signInPage(request: AuthorizationRequest, chain: { chainName: string; hasProvider: boolean }): Page {
  const origin = new URL(request.redirectUri).host;
  const login = `/auth/login?${new URLSearchParams({ return_to: authorizationPath(request) })}`;
  const provider = chain.hasProvider
    ? [html`<a class="button primary" id="provider-sign-in" href="${login}">Sign in with your organisation</a>`]
    : [];
  return {
    title: 'Sign in',
    body: html`<h1>Sign in to ${chain.chainName}</h1>
<p><strong>${origin}</strong> wants to use this chain on your behalf. You decide on the next page.</p>
<div class="choices">
${provider}
<button class="button" id="wallet-sign-in" type="button" hidden>Sign in with a wallet</button>
<p class="hint" id="no-wallet">No wallet was found in this browser. To sign in with one, install or unlock it and load this page again.</p>
</div>
<p class="status" id="status" role="status"></p>
<p class="away"><a id="cancel" href="${callbackUrl(request, { error: 'access_denied' })}">Cancel and go back</a></p>`,
  };
}
