import { describe, expect, it } from 'vitest';
import { decodeTransaction } from '../../../src/chain/transaction.ts';
import { PROFILES } from '../../../src/prover/witness/profiles.ts';
import { senderAddresses, senderCount, signTransfers } from './transfers.ts';

describe('the transfers of the batch bench', () => {
  it.each([1, 18, 19, 100])('are %i, in groups that fill a segment each', (transfers) => {
    const groups = signTransfers(7n, transfers, senderAddresses(transfers));
    expect(groups.flat()).toHaveLength(transfers);
    expect(senderCount(transfers)).toBe(groups.length * PROFILES.m.keys);
    const nonces = new Map<bigint, bigint>();
    for (const group of groups) {
      expect(group.length).toBeLessThanOrEqual(PROFILES.m.shortSignatures);
      expect(new Set(group.map(({ sender }) => sender)).size).toBeLessThanOrEqual(PROFILES.m.keys);
      for (const { sender, raw } of group) {
        const { sender: signer, nonce, to } = decodeTransaction(raw, 7n);
        expect([signer, nonce]).toEqual([sender, nonces.get(sender) ?? 0n]);
        expect(to).not.toBe(sender);
        nonces.set(sender, nonce + 1n);
      }
    }
  });
});
