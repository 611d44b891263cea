import { describe, expect, it } from 'vitest';
import type { BlockItem } from '../../src/chain/block.ts';
import {
  decodeBlockItem,
  decodeKeptItem,
  encodeBlockItem,
  encodeKeptItem,
  itemBytesOf,
} from '../../src/chain/block-codec.ts';
import { CHAIN_ID, signerOf, transactionOf } from '../execution/support.ts';

const alice = signerOf(1);
const position = {
  index: 3,
  record: 70,
  cumulativeGas: 84_000n,
  firstLogIndex: 0,
  salt: 5n,
  result: { status: 1, gasUsed: 21_000n, effectiveGasPrice: 7n, logs: [], ruleId: 'native-transfer' },
} as const;
const items: Record<string, BlockItem> = {
  transaction: {
    ...position,
    kind: 'transaction',
    transaction: transactionOf(alice, { nonce: 2n, to: 0xabcn, value: 9n, gasLimit: 21_000n }),
  },
  operation: {
    ...position,
    kind: 'operation',
    operation: { index: 4n, kind: 1, sender: 0xdefn, a: 0x123n, b: 10n ** 18n },
    roll: 99n,
  },
};

describe('items as this node keeps them', () => {
  it.each(Object.entries(items))(
    'a kept %s reads like one that was decoded from its canonical bytes',
    (_name, item) => {
      const kept = encodeKeptItem(item);
      expect({ ...decodeKeptItem(kept, CHAIN_ID) }).toEqual(decodeBlockItem(encodeBlockItem(item), CHAIN_ID));
      expect(itemBytesOf(kept)).toEqual(encodeBlockItem(item));
    },
  );

  it('reads what was kept before senders were', () => {
    for (const item of Object.values(items)) {
      const canonical = encodeBlockItem(item);
      expect(decodeKeptItem(canonical, CHAIN_ID)).toEqual(decodeBlockItem(canonical, CHAIN_ID));
      expect(itemBytesOf(canonical)).toEqual(canonical);
    }
  });

  it('recovers no key for a sender that did not sign', () => {
    const kept = encodeKeptItem(items['transaction']!);
    kept[20] = kept[20]! ^ 1;
    const read = decodeKeptItem(kept, CHAIN_ID);
    if (read.kind !== 'transaction') throw new Error('a transaction was kept');
    expect(read.transaction.sender).toBe(alice.address ^ 1n);
    expect(() => read.transaction.publicKey).toThrow(expect.objectContaining({ code: 'TX_BAD_SIGNATURE' }));
  });
});
