/** G7: the denials beside a block fit into one append, however long the reasons that policy gives. */

import { describe, expect, it } from 'vitest';
import { cutText } from '../../src/base/cut-text.ts';
import type { SignedDenial } from '../../src/chain/denial.ts';
import { blockTransactionsMax } from '../../src/node/pipeline/sequencer-options.ts';
import { cutGround, reasonBytesMax, ruleIdBytesMax } from '../../src/sequencer/denial-room.ts';
import { verifyDenial } from '../../src/sequencer/denial-signer.ts';
import { encodeEntry, type LogEntry } from '../../src/sequencer/log-entries.ts';
import { BLOCK_LOG_DEFAULTS } from '../../src/store/log/block-log.ts';
import { entrySize } from '../../src/store/log/log-codec.ts';
import { alice, DENIAL_SIGNER, openScene, transfer } from './scene.ts';

const word = (1n << 256n) - 1n;
const number = (1n << 64n) - 1n;
const longest: SignedDenial = {
  chainId: number,
  transactionHash: word,
  sender: (1n << 160n) - 1n,
  nonce: number,
  code: 'revoked',
  batch: number,
  timestamp: number,
  ...cutGround({ ruleId: 'r'.repeat(100_000), reason: 'x'.repeat(100_000) }),
  salt: word,
  signature: new Uint8Array(64).fill(255),
  withdrawn: { block: number, blockHash: word, index: blockTransactionsMax },
};
const sizeOf = (entry: LogEntry) => entrySize(encodeEntry(entry));

describe('denials in the log', () => {
  it('fit at once, a block of them and as many that expired, each as long as it gets', () => {
    const header = sizeOf({
      kind: 'block',
      number,
      timestamp: number,
      operations: [],
      transactions: Array.from({ length: blockTransactionsMax }, () => word),
      hash: word,
    });
    expect(sizeOf({ kind: 'denial', denial: longest })).toBeLessThanOrEqual(256 + 128 + 512 + 6);
    const size = 2 * blockTransactionsMax * sizeOf({ kind: 'denial', denial: longest }) + header;
    expect(size).toBeLessThan(BLOCK_LOG_DEFAULTS.groupBytesMax);
    expect(2 * blockTransactionsMax + 1).toBeLessThan(BLOCK_LOG_DEFAULTS.queueEntriesReserved);
  });

  it.each(['a', 'é', '€', '😀'])('hold and sign no more of a reason than there is room for: %s', async (letter) => {
    const scene = openScene();
    await scene.open();
    const reason = letter.repeat(300_000);
    await expect(scene.sequencer.refuse(transfer(alice), reason)).rejects.toMatchObject({ code: 'SUBMIT_DENIED' });
    const last = scene.written.at(-1)!;
    if (last.kind !== 'denial') throw new Error(last.kind);
    const { denial } = last;
    const bytes = Buffer.byteLength(denial.reason);
    expect(bytes).toBeLessThanOrEqual(reasonBytesMax);
    expect(bytes).toBeGreaterThan(reasonBytesMax - 4);
    expect(denial.reason).toMatch(new RegExp(`^(?:${letter})+…$`, 'u'));
    expect(verifyDenial(denial, DENIAL_SIGNER.publicKey)).toBe(true);
    expect(verifyDenial({ ...denial, reason }, DENIAL_SIGNER.publicKey)).toBe(false);
  });

  it.each([0, 1, ruleIdBytesMax])('keep a rule id of %s bytes as it is', (length) => {
    const ruleId = 'r'.repeat(length);
    expect(cutGround({ ruleId, reason: '' }).ruleId).toBe(ruleId);
  });

  it('never hold half a character, wherever the cut falls', () => {
    for (let max = 3; max < 30; max++) {
      const cut = cutText('aé€😀'.repeat(9), max);
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(max);
      expect(cut).not.toContain('\ufffd');
      expect('aé€😀'.repeat(9).startsWith(cut.slice(0, -1))).toBe(true);
    }
  });
});
