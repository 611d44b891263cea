/**
 * The reference string on disk, as `bb -c DIR` reads it: `bn254_g1.dat` ([1], [x], [x^2], ...; 64 bytes each) and `bn254_g2.dat` ([x] in
 * G2), and `string.json`, which says where it came from and what its bytes hash to. A folder without a valid `string.json` is no string.
 */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { proverError } from '../errors.ts';
import { decodeG1, decodeG2, encodeG2, G1_BYTES, type G2Point } from './points.ts';

/** Points a string needs for circuits of up to 2^21 gates. */
export const STRING_POINTS = 2 ** 21 + 1;

export const G1_FILE = 'bn254_g1.dat';
export const G2_FILE = 'bn254_g2.dat';
const DESCRIPTION_FILE = 'string.json';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

const descriptionSchema = z.strictObject({
  source: z.enum(['development', 'ptau', 'ignition']),
  points: z.number().int().min(2),
  g1Sha256: hex32,
  g2Sha256: hex32,
});

export type StringDescription = z.infer<typeof descriptionSchema>;

export interface ReferenceString {
  readonly directory: string;
  readonly description: StringDescription;
  readonly g2: G2Point;
}

/** Identifies a string: sha256 over the hash of its G1 bytes and the hash of its G2 bytes. */
export function stringHash({ g1Sha256, g2Sha256 }: Pick<StringDescription, 'g1Sha256' | 'g2Sha256'>): string {
  return createHash('sha256').update(Buffer.from(g1Sha256, 'hex')).update(Buffer.from(g2Sha256, 'hex')).digest('hex');
}

export async function sha256File(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Writes G2 and the description beside a G1 file that is complete; the description comes last and makes the string valid. */
export async function finishString(
  directory: string,
  g2: G2Point,
  source: StringDescription['source'],
): Promise<ReferenceString> {
  const g1Path = join(directory, G1_FILE);
  await writeFile(join(directory, G2_FILE), encodeG2(g2), { mode: 0o600 });
  const description: StringDescription = {
    source,
    points: (await stat(g1Path)).size / G1_BYTES,
    g1Sha256: await sha256File(g1Path),
    g2Sha256: await sha256File(join(directory, G2_FILE)),
  };
  const temporary = join(directory, `${DESCRIPTION_FILE}.part`);
  await writeFile(temporary, `${JSON.stringify(description, null, 2)}\n`, { mode: 0o600 });
  await rename(temporary, join(directory, DESCRIPTION_FILE));
  return { directory, description, g2 };
}

/** Opens a string and compares every byte with its description (0.3 s); undefined when the folder holds none. */
export async function openString(directory: string): Promise<ReferenceString | undefined> {
  let text: string;
  try {
    text = await readFile(join(directory, DESCRIPTION_FILE), 'utf8');
  } catch {
    return undefined;
  }
  const parsed = descriptionSchema.safeParse(parseJson(text));
  if (!parsed.success) throw proverError('STRING_INVALID', 'string.json is not a description of a string');
  const description = parsed.data;
  const [g1, g2] = await Promise.all([fileSha256(directory, G1_FILE), fileSha256(directory, G2_FILE)]);
  if (g1 !== description.g1Sha256 || g2 !== description.g2Sha256) {
    throw proverError('STRING_INVALID', 'its bytes are not those it was checked with');
  }
  if ((await stat(join(directory, G1_FILE))).size !== description.points * G1_BYTES) {
    throw proverError('STRING_INVALID', 'its number of points is not the one described');
  }
  return { directory, description, g2: decodeG2(new Uint8Array(await readFile(join(directory, G2_FILE)))) };
}

/** [x] in G1. */
export async function secondPoint(directory: string): Promise<ReturnType<typeof decodeG1>> {
  const file = await open(join(directory, G1_FILE));
  try {
    const bytes = new Uint8Array(G1_BYTES);
    await file.read(bytes, 0, G1_BYTES, G1_BYTES);
    return decodeG1(bytes);
  } finally {
    await file.close();
  }
}

export async function removeString(directory: string): Promise<void> {
  for (const file of [DESCRIPTION_FILE, G1_FILE, G2_FILE]) await rm(join(directory, file), { force: true });
}

async function fileSha256(directory: string, file: string): Promise<string> {
  try {
    return await sha256File(join(directory, file));
  } catch (cause) {
    throw proverError('STRING_INVALID', `${file} cannot be read`, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
