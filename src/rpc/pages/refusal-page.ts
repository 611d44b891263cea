import type { PrivityError } from '../../base/errors.ts';
import { html } from '../../base/html.ts';
import type { Page } from './page.ts';

/** What the person can do, where the public text of the error does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  AUTHORIZE_APPLICATION:
    'Nothing was sent to it. If you came from an application that you trust, ask whoever runs it to have this address registered by the operator of the chain.',
  AUTHORIZE_REQUEST:
    'Close this window and start again from the application. If it happens again, tell whoever runs it.',
  AUTHORIZE_WALLET_MISSING: 'Sign in with a wallet, or ask your organisation to link one to your account.',
  OIDC_UNREACHABLE:
    'Your organisation’s login service does not answer. Wait a minute and start again from the application.',
  OIDC_PROVIDER_UNKNOWN: 'Go back and choose your organisation again.',
  OIDC_PROVIDER_MISMATCH: 'Tell your operator: the login of your organisation has to be set up again.',
  OIDC_LOGIN_FAILED:
    'Close this window and start again from the application; a login must end in the window that began it, within ten minutes.',
  OIDC_NOT_CONFIGURED: 'Sign in with a wallet instead.',
  LOGIN_NOT_PERMITTED: 'Your organisation knows you, but has given you no access to this chain. Ask them for it.',
  LOGIN_REQUIRED: 'Your login has ended. Close this window and start again from the application.',
  REQUEST_CROSS_SITE: 'Close this window and start again from the application.',
  RATE_LIMITED: 'Wait a minute, then load this page again.',
};

/** An error, for people. */
export const refusalPage = ({ code, publicText }: PrivityError, requestId: string): Page => ({
  title: 'This did not work',
  body: html`<h1>This did not work</h1>
<p>${publicText}</p>
<p>${ADVICE[code] ?? 'Close this window and start again. If it happens again, tell your operator the code below.'}</p>
<p class="hint">Code <code>${code}</code> · request <code>${requestId}</code></p>`,
});
