import type { LogEntryInput } from '../port.ts';

/** Bytes of one group: `count (4)`, then for each entry `kind length (1) || kind || payload length (4) || payload`. */

export const KIND_LENGTH_MAX = 32;
const KIND = /^[\x21-\x7e]{1,32}$/;

export const isLogKind = (kind: string): boolean => KIND.test(kind);

export const entrySize = (entry: LogEntryInput): number => 5 + entry.kind.length + entry.payload.length;

export function encodeGroup(entries: readonly LogEntryInput[]): Uint8Array {
  const bytes = Buffer.allocUnsafe(entries.reduce((sum, entry) => sum + entrySize(entry), 4));
  let at = bytes.writeUInt32BE(entries.length, 0);
  for (const { kind, payload } of entries) {
    at = bytes.writeUInt8(kind.length, at);
    at += bytes.write(kind, at, 'latin1');
    at = bytes.writeUInt32BE(payload.length, at);
    bytes.set(payload, at);
    at += payload.length;
  }
  return bytes;
}

/** Undefined when the bytes are not exactly one group. */
export function decodeGroup(bytes: Uint8Array): LogEntryInput[] | undefined {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: LogEntryInput[] = [];
  try {
    const count = view.readUInt32BE(0);
    let at = 4;
    for (let index = 0; index < count; index++) {
      const kindEnd = at + 1 + view.readUInt8(at);
      const kind = view.toString('latin1', at + 1, kindEnd);
      const payloadAt = kindEnd + 4;
      const end = payloadAt + view.readUInt32BE(kindEnd);
      if (end > view.length || !isLogKind(kind)) return undefined;
      entries.push({ kind, payload: new Uint8Array(view.subarray(payloadAt, end)) });
      at = end;
    }
    return at === view.length ? entries : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
