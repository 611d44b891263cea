import { html } from '../../base/html.ts';
import type { Page } from './page.ts';

export interface ProviderChoice {
  readonly chainName: string;
  readonly returnTo: string;
  readonly providers: readonly { readonly id: string; readonly name: string }[];
  /** Whether an e-mail address can lead to a provider. */
  readonly hasDomains: boolean;
  /** An address that led nowhere. */
  readonly unknownEmail?: string | undefined;
}

/** Where somebody logs in who may belong to one of several organisations. */
export function chooseProviderPage({ chainName, returnTo, providers, hasDomains, unknownEmail }: ProviderChoice): Page {
  const links = providers.map(
    ({ id, name }) =>
      html`<li><a class="button" href="/auth/login?${new URLSearchParams({ provider: id, return_to: returnTo }).toString()}">${name}</a></li>`,
  );
  const refused =
    unknownEmail === undefined
      ? []
      : [
          html`<p class="status" id="email-unknown" role="alert">No organisation here uses the e-mail domain of “${unknownEmail}”. Check the spelling, or ask your organisation.</p>`,
        ];
  const form = hasDomains
    ? [
        html`<form method="post" action="/auth/login">
<input type="hidden" name="return_to" value="${returnTo}">
<label for="email">${links.length === 0 ? 'Your' : 'Or your'} e-mail address at work</label>
<input class="field" id="email" name="email" type="email" autocomplete="email" required maxlength="254" value="${unknownEmail ?? ''}"${refused.length === 0 ? '' : html` aria-describedby="email-unknown" aria-invalid="true"`}>
${refused}
<button class="button primary">Continue</button>
</form>`,
      ]
    : [];
  return {
    title: 'Sign in',
    body: html`<h1>Sign in to ${chainName}</h1>
<p>${links.length === 0 ? 'Your organisation checks who you are.' : 'Choose your organisation. It checks who you are.'}</p>
<ul class="choices plain">
${links}
</ul>
${form}
<p class="hint">This page only finds your organisation’s login. Your password is never asked for here.</p>`,
  };
}
