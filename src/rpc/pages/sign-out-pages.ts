import { html } from '../../base/html.ts';
import type { Page } from './page.ts';

export interface SignOut {
  readonly chainName: string;
  /** Who is signed in; undefined for nobody. */
  readonly displayName: string | undefined;
  /** Where the person signed in, and whether it can be told. */
  readonly provider: { readonly name: string; readonly location: string | undefined } | undefined;
}

/** Asks before it ends a session: a link on another site must not. */
export function signOutPage({ chainName, displayName, provider }: SignOut): Page {
  if (displayName === undefined && provider === undefined) return nobodyPage(chainName);
  const ends =
    provider?.location === undefined
      ? html`<p>This ends your session here.${provider === undefined ? '' : ` Your login at ${provider.name} stays open: end it there too, if others use this browser.`}</p>`
      : html`<p>This ends your session here, and then your login at ${provider.name}.</p>`;
  return {
    title: 'Sign out',
    formOrigins: provider?.location === undefined ? [] : [new URL(provider.location).origin],
    body: html`<h1>Sign out of ${chainName}?</h1>
${displayName === undefined ? html`<p>You are not signed in here.</p>` : html`<p>Signed in as <strong>${displayName}</strong>.</p>`}
${ends}
<form method="post" action="/auth/logout">
<button class="button primary">Sign out</button>
</form>`,
  };
}

const nobodyPage = (chainName: string): Page => ({
  title: 'Sign out',
  body: html`<h1>You are not signed in here</h1>
<p>This browser has no session on ${chainName}. If your organisation’s own login is still open in it, close that one there.</p>
<a class="button" href="/auth/login">Sign in</a>`,
});

export const signedOutPage = (chainName: string): Page => ({
  title: 'Signed out',
  body: html`<h1>You are signed out</h1>
<p>Your session on ${chainName} has ended. If your organisation’s own login is still open in this browser, whoever uses it next may sign in as you: close it there.</p>
<a class="button" href="/auth/login">Sign in again</a>`,
});
