import { html } from '../../base/html.ts';
import type { Page } from './page.ts';

/**
 * On the way to a provider found by e-mail domain. A page of its own, since browsers check where redirects of a form end, and a provider's address
 * is not known before it is asked.
 */
export function goToProviderPage({ id, name }: { id: string; name: string }, returnTo: string): Page {
  const address = `/auth/login?${new URLSearchParams({ provider: id, return_to: returnTo })}`;
  return {
    title: 'Sign in',
    refreshTo: address,
    body: html`<h1>Taking you to ${name}</h1>
<p>You sign in there, and come back here.</p>
<a class="button primary" href="${address}">Continue</a>`,
  };
}
