/** `npm run docs:config`: writes docs/configuration.md, the settings and then what refuses to start. */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeConfig } from './describe.ts';
import { REFUSALS } from './verify.ts';

export const CONFIGURATION_DOC = fileURLToPath(new URL('../../docs/configuration.md', import.meta.url));

export function configurationDoc(): string {
  return [
    describeConfig(),
    '## What refuses to start (G10)',
    '',
    'From `src/config/verify.ts`. The node names every field and reason that applies, not only the first.',
    '',
    '| field | reason |',
    '|---|---|',
    ...REFUSALS.map(({ field, reason }) => `| \`${field}\` | ${reason} |`),
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(CONFIGURATION_DOC, configurationDoc());
