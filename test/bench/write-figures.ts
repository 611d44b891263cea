import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Puts a result where the README takes its figures from. */
export function writeFigures(bench: string, result: object): void {
  const folder = join(import.meta.dirname, 'figures');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${bench}.json`), `${JSON.stringify(result, undefined, 2)}\n`);
}
