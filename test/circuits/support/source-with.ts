import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { CIRCUITS_FOLDER } from '../../../src/prover/compile.ts';

/** An overlay in which `text`, which stands in the file once, is `other`. `path` is under circuits/. */
export async function sourceWith(path: string, text: string, other: string): Promise<Readonly<Record<string, string>>> {
  const source = await readFile(join(CIRCUITS_FOLDER, path), 'utf8');
  expect(source.split(text)).toHaveLength(2);
  return { [path]: source.replace(text, other) };
}
