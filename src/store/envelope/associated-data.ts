export type AssociatedValue = string | number | bigint | Uint8Array | null;

/** An injective encoding: each value with its kind and length, so that no two lists of values give the same bytes. */
export function associatedData(...values: AssociatedValue[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const value of values) {
    const [kind, bytes] = encode(value);
    const head = Buffer.alloc(5);
    head[0] = kind;
    head.writeUInt32BE(bytes.length, 1);
    parts.push(head, bytes);
  }
  return Buffer.concat(parts);
}

function encode(value: AssociatedValue): [kind: number, bytes: Uint8Array] {
  if (value === null) return [0, new Uint8Array(0)];
  if (typeof value === 'string') return [1, Buffer.from(value)];
  if (value instanceof Uint8Array) return [3, value];
  return [2, Buffer.from(value.toString())];
}
