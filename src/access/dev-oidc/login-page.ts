import { escapeHtml } from '../../base/html.ts';
import type { SampleAccount } from './accounts.ts';

/** A plain form: the sample logins, one button each. */
export function loginPage(accounts: readonly SampleAccount[], action: string): string {
  const buttons = accounts.map(
    ({ subject, name, roles }) =>
      `<li><button name="login" value="${escapeHtml(subject)}">${escapeHtml(name)}</button> <small>${escapeHtml(roles.join(', '))}</small></li>`,
  );
  return page(`<h1>Development login</h1><p>Anybody may log in as anybody here. This page does not exist outside development mode.</p>
<form method="post" action="${escapeHtml(action)}"><ul>
${buttons.join('\n')}
</ul></form>`);
}

/** Asks whether the login here is to end; `form` is the provider's own, with the id that the button names. */
export const logoutPage = (form: string): string =>
  page(`<h1>Development logout</h1>${form}
<p><button type="submit" form="op.logoutForm" name="logout" value="yes">Sign out here too</button></p>
<p><button type="submit" form="op.logoutForm">Stay signed in here</button></p>`);

const page = (body: string): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Development login</title>
<style>body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto;padding:0 1rem}ul{list-style:none;padding:0}button{font:inherit;min-width:17rem;padding:.4rem .8rem;margin:.2rem .4rem .2rem 0}</style></head>
<body>${body}</body></html>
`;
