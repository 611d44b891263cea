/** A misspelt variable would leave its setting at the default without a word: the start is refused instead. Values are never shown. */

import { configError } from './errors.ts';
import { CONFIG_FIELDS, environmentName } from './schema.ts';

const prefix = 'PRIVITY_';

/** Read by the tools and tests around the node, which may share its environment. */
export const TOOL_VARIABLES: readonly string[] = [
  'PRIVITY_CACHE',
  'PRIVITY_CHROMIUM',
  'PRIVITY_CONTRACTS_CACHE',
  'PRIVITY_CONTRACTS_DIR',
  'PRIVITY_KILL_POINTS',
  'PRIVITY_SCREENSHOTS',
  'PRIVITY_TEST_REPORT',
];

/** Throws CONFIG_UNKNOWN_FIELD, which names the known variable that is nearest. `besides` are names that the configuration itself gives. */
export function refuseUnknownVariables(
  environment: Readonly<Record<string, string | undefined>>,
  besides: readonly string[],
): void {
  const settings = Object.keys(CONFIG_FIELDS).map(environmentName);
  const known = new Set([...settings, ...TOOL_VARIABLES, ...besides]);
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || !name.toUpperCase().startsWith(prefix) || known.has(name)) continue;
    const text = `${name} is no setting; the nearest is ${nearest(name.toUpperCase(), settings)}`;
    throw configError('CONFIG_UNKNOWN_FIELD', text, { publicText: text });
  }
}

function nearest(name: string, names: readonly string[]): string {
  const byDistance = names.map((known) => ({ known, distance: distanceOf(name, known) }));
  return byDistance.reduce((best, each) => (each.distance < best.distance ? each : best)).known;
}

/** Letters to be put in, left out or changed (Levenshtein). */
function distanceOf(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      next.push(Math.min(row[j + 1]! + 1, next[j]! + 1, row[j]! + (letter === b[j] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
