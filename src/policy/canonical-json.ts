import { InvariantError } from '../base/assert.ts';

export type Canonical =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Canonical[]
  | { readonly [key: string]: Canonical | undefined };

/** One text for one value: keys sorted by UTF-16 unit, no spaces, bigints as decimal strings, undefined fields left out (after RFC 8785). */
export function canonicalJson(value: Canonical): string {
  if (typeof value === 'bigint') return `"${value}"`;
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new InvariantError('only safe integers have a canonical text');
    return String(value);
  }
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const record = value;
  const fields = Object.keys(record)
    .filter((key) => record[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key]!)}`);
  return `{${fields.join(',')}}`;
}

const isArray = (value: object): value is readonly Canonical[] => Array.isArray(value);
