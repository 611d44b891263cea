/** Row ids of numbered records: eight bytes, big-endian, so that they sort as numbers. */
export function numberId(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('not a record number');
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}
