/** RLP of nested fields: integers big-endian without leading zeros, text as UTF-8. For what we write ourselves and read back. */

import { RLP } from '@ethereumjs/rlp';
import { bytesToBigInt } from '../base/bytes.ts';

export type RlpField = Uint8Array | readonly RlpField[];

export const integerField = (value: bigint | number): Uint8Array => {
  const hex = BigInt(value).toString(16);
  if (hex === '0') return new Uint8Array();
  return new Uint8Array(Buffer.from(hex.length % 2 === 1 ? `0${hex}` : hex, 'hex'));
};

export const textField = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'utf8'));

export const encodeFields = (fields: readonly RlpField[]): Uint8Array =>
  RLP.encode(fields as Parameters<typeof RLP.encode>[0]);

/** Reads fields by position; a field of the wrong shape throws a RangeError. */
export class FieldReader {
  readonly #fields: readonly RlpField[];

  constructor(fields: RlpField) {
    if (!Array.isArray(fields)) throw new RangeError('a list of fields expected');
    this.#fields = fields;
  }

  static decode(bytes: Uint8Array): FieldReader {
    return new FieldReader(RLP.decode(bytes) as RlpField);
  }

  get length(): number {
    return this.#fields.length;
  }

  bytes(index: number): Uint8Array {
    const field = this.#fields[index];
    if (!(field instanceof Uint8Array)) throw new RangeError(`field ${index}: bytes expected`);
    return field;
  }

  integer(index: number): bigint {
    return bytesToBigInt(this.bytes(index));
  }

  number(index: number): number {
    const value = this.integer(index);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RangeError(`field ${index}: too large`);
    return Number(value);
  }

  text(index: number): string {
    return Buffer.from(this.bytes(index)).toString('utf8');
  }

  list(index: number): readonly RlpField[] {
    const field = this.#fields[index];
    if (!Array.isArray(field)) throw new RangeError(`field ${index}: list expected`);
    return field;
  }

  reader(index: number): FieldReader {
    return new FieldReader(this.list(index));
  }

  /** Each element of a list, as a reader of its own. */
  readers(index: number): FieldReader[] {
    return this.list(index).map((field) => new FieldReader(field));
  }

  integers(index: number): bigint[] {
    return this.list(index).map((field) => {
      if (!(field instanceof Uint8Array)) throw new RangeError(`field ${index}: integers expected`);
      return bytesToBigInt(field);
    });
  }
}
