import { storeError } from './errors.ts';

/** Fields of typed records: JSON, with big integers and bytes marked. Lives inside sealed payloads only. */
export type RecordValue =
  | null
  | boolean
  | number
  | string
  | bigint
  | Uint8Array
  | readonly RecordValue[]
  | { readonly [name: string]: RecordValue | undefined };

const BIGINT = '$bigint';
const BYTES = '$bytes';

export function encodeRecord(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value, mark));
}

export function decodeRecord<T>(bytes: Uint8Array): T {
  try {
    return JSON.parse(Buffer.from(bytes).toString(), unmark) as T;
  } catch (error) {
    throw storeError('STORE_RECORD_CORRUPT', 'a record is authentic but cannot be decoded', { cause: error });
  }
}

function mark(this: unknown, key: string, value: unknown): unknown {
  // JSON.stringify calls Buffer.toJSON before the replacer, so look at what the holder really has.
  const original = (this as Record<string, unknown>)[key];
  if (typeof original === 'bigint') return { [BIGINT]: original.toString() };
  if (original instanceof Uint8Array) return { [BYTES]: Buffer.from(original).toString('base64') };
  // Else a caller's object could come back as bytes or as an integer.
  if (typeof original === 'object' && original !== null && Object.keys(original).some((name) => name.startsWith('$'))) {
    throw new RangeError('field names of records do not start with $');
  }
  return value;
}

function unmark(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (BIGINT in value && typeof value[BIGINT] === 'string') return BigInt(value[BIGINT]);
  if (BYTES in value && typeof value[BYTES] === 'string') return new Uint8Array(Buffer.from(value[BYTES], 'base64'));
  return value;
}
