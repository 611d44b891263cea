import type { FastifyReply } from 'fastify';
import { type Html, html } from '../../base/html.ts';

export interface Page {
  readonly title: string;
  readonly body: Html;
  /** Origins beside our own that a form of the page may end at: the browser checks redirects of a form too. */
  readonly formOrigins?: readonly string[];
  /** A path of our own where the browser goes on by itself. */
  readonly refreshTo?: string;
}

/** Nothing inline, nothing from elsewhere, in nobody's frame. */
const policyFor = ({ formOrigins = [] }: Page): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `form-action ${["'self'", ...formOrigins].join(' ')}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** Answers with a page for people. */
export function sendPage(reply: FastifyReply, status: number, page: Page): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': policyFor(page),
      // Forms would name no origin under `no-referrer`, and a form of ours must show that it is ours.
      'referrer-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'x-frame-options': 'DENY',
    })
    .type('text/html; charset=utf-8')
    .send(documentOf(page).text);
}

const documentOf = ({ title, body, refreshTo }: Page): Html => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Privity</title>
${refreshTo === undefined ? [] : html`<meta http-equiv="refresh" content="0;url=${refreshTo}">`}
<link rel="stylesheet" href="/auth/assets/pages.css">
<script type="module" src="/auth/assets/pages.js"></script>
</head>
<body>
<main>
<p class="brand"><span class="mark" aria-hidden="true"></span>Privity</p>
${body}
</main>
</body>
</html>
`;
