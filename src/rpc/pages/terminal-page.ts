import { html } from '../../base/html.ts';
import type { Page } from './page.ts';

/** Asks before it makes a session for the command line: a link on another site must not. */
export const terminalPage = (displayName: string): Page => ({
  title: 'Session for the command line',
  body: html`<h1>A session for the command line</h1>
<p>Signed in as <strong>${displayName}</strong>. This makes a session with your rights for the <code>privity</code> command. It ends when this one would at the latest, and you can end it before.</p>
<form method="post" action="/auth/terminal">
<button class="button primary" id="make">Make a session</button>
</form>`,
});

/** The only time that the token is shown. */
export const terminalTokenPage = (token: string, until: string): Page => ({
  title: 'Session for the command line',
  body: html`<h1>Your session for the command line</h1>
<p>Whoever has this token has your rights until it is not used for a while, and until ${until} at the latest. Put it into a file that only you can read, and name the file with <code>--token-file</code>. It is not shown again.</p>
<p><code id="token">${token}</code></p>`,
});
