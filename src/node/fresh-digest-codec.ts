import { DIGEST_FIELDS, type Digest } from '../chain/digest.ts';
import { type FieldReader, integerField as int, type RlpField } from '../chain/rlp-fields.ts';
import type { FreshDigest } from '../prover/port.ts';

/** Two fields: the digest's own in the order of its hash, then the blind. */
export const freshDigestFields = ({ digest, blind }: FreshDigest): readonly [RlpField, RlpField] => [
  DIGEST_FIELDS.map((field) => int(digest[field])),
  int(blind),
];

/** Reads them from position `at` on; throws a RangeError when they are not there. */
export function readFreshDigest(fields: FieldReader, at: number): FreshDigest {
  const values = fields.integers(at);
  if (values.length !== DIGEST_FIELDS.length) throw new RangeError('a digest has another number of fields');
  const digest = Object.fromEntries(DIGEST_FIELDS.map((field, i) => [field, values[i]])) as unknown as Digest;
  return { digest, blind: fields.integer(at + 1) };
}
