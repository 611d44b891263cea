import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { accountKey } from '../../src/chain/keys.ts';
import type { Word } from '../../src/chain/word.ts';
import { createAccountHistory } from '../../src/node/services/account-history.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, found, openLife } from './node-life.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-history-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('accounts as of past blocks', () => {
  it('are those of the ends of sealed batches, after a restart too, and of no other block', async () => {
    await found(configIn(folder));
    let life = await openLife(configIn(folder));
    const ends: { block: bigint; batch: bigint; accounts: Word[] }[] = [];
    const between: bigint[] = [];
    const people = [alice.address, bob.address, 0x99n];
    const note = (batch: bigint) => {
      const { head, state } = life.pipeline.sequencer;
      ends.push({ block: head, batch, accounts: people.map((address) => state.get(accountKey(address))) });
    };
    note(0n);
    for (let batch = 1n; batch <= 4n; batch++) {
      await life.open();
      between.push(life.pipeline.sequencer.head);
      const { chainId } = life.genesis;
      await life.submit(
        transactionOf(alice, { chainId, nonce: batch - 1n, to: bob.address, value: batch, gasLimit: 21_000n }),
      );
      await life.pipeline.sequencer.buildBlock();
      note(batch);
      await life.close();
    }
    await life.stop();
    life = await openLife(configIn(folder));
    await life.open();
    const history = createAccountHistory(life.pipeline);
    for (const { block, batch, accounts } of ends) {
      expect(await history.batchEndingAt(block)).toBe(batch);
      for (const [i, address] of people.entries()) {
        expect(await history.account(batch, address)).toEqual(accounts[i]);
        expect(await history.account(batch, address)).toEqual(accounts[i]);
      }
    }
    expect(new Set(ends.map(({ accounts }) => accounts[1]!.lo)).size).toBe(ends.length);
    for (const block of [...between, life.pipeline.index.head, 10_000n]) {
      expect(await history.batchEndingAt(block)).toBeUndefined();
    }
    await life.stop();
  });

  it('are not looked for too far back, nor by too many at once', async () => {
    let views = 0;
    const gate = Promise.withResolvers<void>();
    const history = createAccountHistory({
      index: { header: async (number) => ({ batch: number }) as never },
      book: { latest: 500n, get: async (number) => ({ lastBlock: number, stored: { stateRoot: number } }) as never },
      tree: {
        async view() {
          views += 1;
          await gate.promise;
          return { get: () => ({ hi: 1n, lo: 2n }) } as never;
        },
      },
    });
    expect([await history.batchEndingAt(400n), await history.batchEndingAt(300n)]).toEqual([400n, undefined]);
    expect(await history.batchEndingAt(0n)).toBeUndefined();
    const asked = Array.from({ length: 70 }, (_, i) =>
      history.account(400n, BigInt(i)).catch((error: { code: string }) => error.code),
    );
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(views).toBe(1);
    gate.resolve();
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer === 'CALL_BUSY')).toHaveLength(6);
    expect(answers[0]).toEqual({ hi: 1n, lo: 2n });
  });
});
