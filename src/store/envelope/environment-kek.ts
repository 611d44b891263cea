import { storeError } from '../errors.ts';
import type { Kek } from './kek.ts';
import { createLocalKek, parseKekHex } from './local-kek.ts';
import type { RandomBytes } from './record-cipher.ts';

/** A KEK of 64 hexadecimal digits from an environment variable. Errors name the variable, never its value. */
export function openEnvironmentKek(
  variable: string,
  deps: { environment: Readonly<Record<string, string | undefined>>; random: RandomBytes },
): Kek {
  const text = deps.environment[variable];
  if (text === undefined || text === '') throw storeError('STORE_KEK_MISSING', `${variable} is not set`);
  const key = parseKekHex(text);
  if (key === undefined) throw storeError('STORE_KEK_MISSING', `${variable} is not 64 hexadecimal digits`);
  return createLocalKek(key, deps.random);
}
