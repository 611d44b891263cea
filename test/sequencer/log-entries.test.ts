/** Entries of the block log: what was written is read back, and nothing else is read at all. */

import { describe, expect, it } from 'vitest';
import { DENIAL_CODES } from '../../src/chain/denial.ts';
import { encodeFields, FieldReader, integerField } from '../../src/chain/rlp-fields.ts';
import { decodeEntry, encodeEntry, type LogEntry } from '../../src/sequencer/log-entries.ts';

const big = (1n << 256n) - 1n;

const entries: readonly LogEntry[] = [
  { kind: 'accepted', raw: Uint8Array.of(2, 0, 255), acceptedAt: 1_800_000_000_123 },
  { kind: 'accepted', raw: new Uint8Array(), acceptedAt: 0 },
  { kind: 'batch-opened', batch: 1n, slot: 0n, policyRoot: big },
  {
    kind: 'block',
    number: 3n,
    timestamp: 0n,
    operations: [
      { index: 0n, kind: 1, sender: 0n, a: big, b: 0n },
      { index: 1n, kind: 6, sender: 5n, a: 1n, b: big },
    ],
    transactions: [0n, big],
    hash: 0n,
  },
  { kind: 'block', number: 1n, timestamp: 1n, operations: [], transactions: [], hash: big },
  ...DENIAL_CODES.map(
    (code): LogEntry => ({
      kind: 'denial',
      denial: {
        chainId: 7n,
        transactionHash: big,
        sender: 9n,
        nonce: 0n,
        code,
        batch: 2n,
        timestamp: 3n,
        ruleId: 'write.x#é',
        reason: '',
        signature: new Uint8Array(64).fill(7),
        salt: big,
      },
    }),
  ),
  {
    kind: 'denial',
    denial: {
      chainId: 7n,
      transactionHash: 1n,
      sender: 9n,
      nonce: 0n,
      code: 'revoked',
      batch: 2n,
      timestamp: 3n,
      ruleId: '',
      reason: 'x',
      signature: new Uint8Array(64).fill(7),
      salt: 1n,
      withdrawn: { block: 5n, blockHash: big, index: 0 },
    },
  },
  {
    kind: 'withdrawn',
    from: 2n,
    cause: 'reorg',
    at: 1_800_000_000_123,
    upTo: [0n, 7n],
    operations: [{ index: 6n, kind: 2, sender: 5n, a: big, b: 0n }],
  },
  { kind: 'withdrawn', from: 1n, cause: 'revocation', at: 1, upTo: [], operations: [] },
  {
    kind: 'withdrawn',
    from: 1n,
    cause: 'reorg',
    at: 1,
    upTo: [9n],
    operations: [{ index: 8n, kind: 1, sender: 5n, a: 1n, b: 0n }],
    operationsBefore: 8,
  },
  { kind: 'withdrawn-operations', operations: [{ index: 6n, kind: 2, sender: 5n, a: big, b: 0n }] },
  { kind: 'batch-closed', batch: 1n },
  { kind: 'sealed', batch: 1n, stateRoot: 1n, auditRoot: 0n, denialRoot: big, dataHash: 5n },
];

const refused = expect.objectContaining({ code: 'HALT_REPLAY_MISMATCH' });

describe('log entries', () => {
  it.each(entries.map((entry) => [entry.kind, entry] as const))('%s comes back as it was', (_kind, entry) => {
    const { kind, payload } = encodeEntry(entry);
    expect(decodeEntry(kind, payload)).toEqual(entry);
  });

  it.each(entries.map((entry) => [entry.kind, entry] as const))(
    '%s cut short or with more behind it is refused',
    (_kind, entry) => {
      const { kind, payload } = encodeEntry(entry);
      for (let length = 0; length < payload.length; length++) {
        expect(() => decodeEntry(kind, payload.subarray(0, length)), `${length} bytes`).toThrow(refused);
      }
      expect(() => decodeEntry(kind, Uint8Array.of(...payload, 0))).toThrow(refused);
    },
  );

  it('refuses an entry under the name of another kind, or of none', () => {
    const { payload } = encodeEntry(entries[3]!);
    for (const kind of ['accepted', 'batch-opened', 'denial', 'batch-closed', 'sealed', 'other', '']) {
      expect(() => decodeEntry(kind, payload), kind).toThrow(refused);
    }
  });

  it('refuses a denial code that does not exist, and integers that are not shortest', () => {
    expect(() => decodeEntry('batch-closed', encodeFields([Uint8Array.of(0, 1)]))).toThrow(refused);
    expect(() => decodeEntry('batch-closed', encodeFields([integerField(1), integerField(1)]))).toThrow(refused);
    const denialOf = (code: number) => {
      const numbers = [7n, 0n, 9n, 0n, BigInt(code), 2n, 3n].map((value, i) =>
        i === 1 ? new Uint8Array(32) : integerField(value),
      );
      return encodeFields([...numbers, new Uint8Array(), new Uint8Array(), new Uint8Array(64), integerField(1)]);
    };
    expect(decodeEntry('denial', denialOf(0))).toMatchObject({ denial: { code: DENIAL_CODES[0] } });
    expect(() => decodeEntry('denial', denialOf(DENIAL_CODES.length))).toThrow(refused);
  });

  it('refuses a withdrawal that names no operations before it in a field of its own', () => {
    const { kind, payload } = encodeEntry(entries.find((entry) => entry.kind === 'withdrawn')!);
    const fields = FieldReader.decode(payload);
    const first = [fields.bytes(0), fields.bytes(1), fields.bytes(2), [], []];
    expect(decodeEntry(kind, encodeFields(first))).toMatchObject({ kind: 'withdrawn', upTo: [] });
    expect(() => decodeEntry(kind, encodeFields([...first, integerField(0)]))).toThrow(refused);
  });

  it('refuses random bytes (seed 1)', () => {
    let seed = 1;
    const byte = () => {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff;
      return (seed >> 16) & 255;
    };
    for (let i = 0; i < 500; i++) {
      const payload = Uint8Array.from({ length: byte() % 80 }, byte);
      for (const kind of ['accepted', 'block', 'denial', 'sealed'])
        expect(() => decodeEntry(kind, payload)).toThrow(refused);
    }
  });
});
