import { RLP } from '@ethereumjs/rlp';
import { parseGwei, type TransactionSerializable } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes } from '../../src/base/bytes.ts';
import { isPrivityError } from '../../src/base/errors.ts';
import { SECP256K1_ORDER } from '../../src/chain/secp256k1.ts';
import { decodeTransaction, encodeSigned, reopenTransaction } from '../../src/chain/transaction.ts';

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const base = { chainId: 7107, nonce: 3, gas: 21_000n, to: `0x${'ab'.repeat(20)}`, value: 10n ** 18n } as const;
const kinds: Record<string, TransactionSerializable> = {
  legacy: { ...base, type: 'legacy', gasPrice: parseGwei('1') },
  eip2930: {
    ...base,
    type: 'eip2930',
    gasPrice: parseGwei('1'),
    accessList: [{ address: base.to, storageKeys: [`0x${'01'.repeat(32)}`] }],
  },
  eip1559: { ...base, type: 'eip1559', maxFeePerGas: parseGwei('2'), maxPriorityFeePerGas: 0n, data: '0x1234' },
};

const codeOf = (raw: Uint8Array): string => {
  try {
    decodeTransaction(raw, 7107n);
    return 'accepted';
  } catch (error) {
    if (isPrivityError(error)) return error.code;
    throw error;
  }
};

describe('decoding a signed transaction', () => {
  for (const [name, tx] of Object.entries(kinds)) {
    it(`recovers the sender of ${name}`, async () => {
      const raw = hexToBytes(await account.signTransaction(tx));
      const decoded = decodeTransaction(raw, 7107n);
      expect(decoded.sender).toBe(BigInt(account.address));
      expect(decoded.nonce).toBe(3n);
      expect(bytesToHex(encodeSigned(decoded, decoded.signature))).toBe(bytesToHex(raw));
      expect({ ...reopenTransaction(raw, decoded.sender) }).toEqual(decoded);
    });

    it(`refuses ${name} with a high s (EIP-2)`, async () => {
      const decoded = decodeTransaction(hexToBytes(await account.signTransaction(tx)), 7107n);
      const { r, s, yParity } = decoded.signature;
      expect(codeOf(encodeSigned(decoded, { r, s: SECP256K1_ORDER - s, yParity: yParity === 0 ? 1 : 0 }))).toBe(
        'TX_BAD_SIGNATURE',
      );
    });

    it(`refuses ${name} with a zero r or s`, async () => {
      const decoded = decodeTransaction(hexToBytes(await account.signTransaction(tx)), 7107n);
      expect(codeOf(encodeSigned(decoded, { ...decoded.signature, r: 0n }))).toBe('TX_BAD_SIGNATURE');
      expect(codeOf(encodeSigned(decoded, { ...decoded.signature, s: 0n }))).toBe('TX_BAD_SIGNATURE');
    });

    it(`refuses ${name} for another chain`, async () => {
      expect(codeOf(hexToBytes(await account.signTransaction({ ...tx, chainId: 1 })))).toBe('TX_WRONG_CHAIN');
    });

    it(`refuses ${name} with bytes behind it or missing`, async () => {
      const raw = hexToBytes(await account.signTransaction(tx));
      expect(codeOf(concatBytes(raw, Uint8Array.of(0)))).toBe('TX_MALFORMED');
      expect(codeOf(raw.subarray(0, -1))).toBe('TX_MALFORMED');
    });
  }

  it('refuses legacy without a chain id', async () => {
    const { chainId: _, ...tx } = kinds['legacy'] as { chainId: number };
    expect(codeOf(hexToBytes(await account.signTransaction(tx as TransactionSerializable)))).toBe(
      'TX_TYPE_UNSUPPORTED',
    );
  });

  it('refuses integers with leading zeros', async () => {
    const raw = hexToBytes(await account.signTransaction(kinds['eip1559']!));
    const fields = RLP.decode(raw.subarray(1)) as Uint8Array[];
    fields[1] = Uint8Array.of(0, 3);
    expect(codeOf(concatBytes(Uint8Array.of(2), RLP.encode(fields)))).toBe('TX_NOT_CANONICAL');
  });

  it.each([
    [Uint8Array.of()],
    [Uint8Array.of(2)],
    [Uint8Array.of(0xc0)],
    [Uint8Array.of(2, 0xc0)],
    [new Uint8Array(64).fill(0xff)],
  ])('refuses garbage %#', (raw) => {
    expect(codeOf(raw)).toMatch(/^TX_/);
  });

  it.each([3, 4, 0, 0x7f])('refuses envelope type %i', (type) => {
    expect(codeOf(Uint8Array.of(type, 0xc0))).toBe('TX_TYPE_UNSUPPORTED');
  });

  it('refuses more bytes than the limit', () => {
    expect(codeOf(new Uint8Array(128 * 1024 + 1))).toBe('TX_TOO_LARGE');
  });
});
