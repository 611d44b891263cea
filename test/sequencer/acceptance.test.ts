/** G7: durable before the hash is returned, exactly one outcome for each accepted transaction, and none is lost or doubled. */

import { describe, expect, it } from 'vitest';
import { verifyDenial } from '../../src/sequencer/denial-signer.ts';
import { alice, bob, carol, DENIAL_SIGNER, ETHER, GATES, hashOf, openScene, replay, transfer } from './scene.ts';

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  const pending = Symbol('pending');
  return (await Promise.race([promise.catch(() => undefined), Promise.resolve(pending)])) !== pending;
};
/** Lets everything that waits for nothing but the event loop go on. */
const turns = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => 'accepted',
    (error: { code?: string }) => error.code,
  );

describe('durable before the hash', () => {
  it('returns the hash only when the append is done, and no block takes it before', async () => {
    const scene = openScene();
    await scene.open();
    const release = scene.holdLog();
    const submitted = scene.submit(transfer(alice));
    await turns();
    expect(await settled(submitted)).toBe(false);
    expect(await scene.sequencer.buildBlock()).toBe(false);
    release();
    expect(await submitted).toBe(hashOf(transfer(alice)));
    expect(scene.written.at(-1)).toMatchObject({ kind: 'accepted' });
    expect(await scene.sequencer.buildBlock()).toBe(true);
  });

  it('accepts nothing when the append fails, and the same bytes may come again', async () => {
    const scene = openScene();
    await scene.open();
    const release = scene.holdLog();
    const first = rejection(scene.submit(transfer(alice)));
    const same = rejection(scene.submit(transfer(alice)));
    await turns();
    release(new Error('disk full'));
    expect(await first).toBe('SUBMIT_NOT_DURABLE');
    expect(await same).toBe('SUBMIT_NOT_DURABLE');
    expect(scene.sequencer).toMatchObject({ waiting: 0, backlogGates: 0 });
    expect(await scene.sequencer.buildBlock()).toBe(false);
    expect(await scene.submit(transfer(alice))).toBe(hashOf(transfer(alice)));
  });

  it('writes the same bytes once however often they are submitted', async () => {
    const scene = openScene();
    await scene.open();
    const release = scene.holdLog();
    const all = Array.from({ length: 4 }, () => scene.submit(transfer(alice)));
    await turns();
    release();
    expect(new Set(await Promise.all(all)).size).toBe(1);
    await scene.submit(transfer(alice));
    await scene.sequencer.buildBlock();
    expect(await scene.submit(transfer(alice))).toBe(hashOf(transfer(alice)));
    expect(scene.written.filter(({ kind }) => kind === 'accepted')).toHaveLength(1);
    expect(await scene.sequencer.outcome(hashOf(transfer(alice)))).toMatchObject({ kind: 'included', block: 2n });
  });

  it('knows a transaction while the block that takes it is written, and takes the same bytes for it', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice));
    const release = scene.holdLog();
    const built = scene.sequencer.buildBlock();
    await turns();
    expect(scene.sequencer.waiting).toBe(0);
    expect(await scene.sequencer.outcome(hashOf(transfer(alice)))).toEqual({ kind: 'pending' });
    expect(await scene.sequencer.seenBefore(transfer(alice))).toEqual({ kind: 'pending' });
    expect(scene.sequencer.pending(hashOf(transfer(alice)))).toEqual(transfer(alice));
    expect(await scene.submit(transfer(alice))).toBe(hashOf(transfer(alice)));
    release();
    expect(await built).toBe(true);
    expect(scene.sequencer.pending(hashOf(transfer(alice)))).toBeUndefined();
    expect(await scene.sequencer.outcome(hashOf(transfer(alice)))).toMatchObject({ kind: 'included' });
  });

  it('knows a transaction while its denial is written', async () => {
    const scene = openScene();
    await scene.open();
    const gapped = transfer(alice, { nonce: 2n });
    await scene.submit(gapped);
    scene.passTime(60_001);
    const release = scene.holdLog();
    const built = scene.sequencer.buildBlock();
    await turns();
    expect(await scene.sequencer.outcome(hashOf(gapped))).toEqual({ kind: 'pending' });
    expect(await scene.submit(gapped)).toBe(hashOf(gapped));
    release();
    await built;
    expect(await scene.sequencer.outcome(hashOf(gapped))).toMatchObject({ kind: 'denied' });
    expect(await rejection(scene.submit(gapped))).toBe('SUBMIT_OUTCOME_DENIED');
  });

  it('stops, rather than go on, when a block cannot be written', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice));
    const release = scene.holdLog();
    const built = scene.sequencer.buildBlock();
    release(new Error('disk full'));
    await expect(built).rejects.toThrow('disk full');
    expect(scene.blocks).toHaveLength(1);
  });

  it('keeps no denial that could not be written', async () => {
    const scene = openScene();
    await scene.open();
    const release = scene.holdLog();
    const refused = rejection(scene.sequencer.refuse(transfer(alice), 'rule: no'));
    await turns();
    release(new Error('disk full'));
    expect(await refused).toBe('SUBMIT_NOT_DURABLE');
    await scene.sequencer.close();
    expect(scene.batches[0]!.denials).toEqual([]);
  });
});

describe('denials', () => {
  it('ends a nonce gap as a signed denial, and the hash never comes back', async () => {
    const scene = openScene();
    await scene.open();
    const gapped = transfer(alice, { nonce: 2n });
    await scene.submit(gapped);
    scene.passTime(60_001);
    await scene.sequencer.buildBlock();
    const [{ denial, accepted }] = scene.denials as [(typeof scene.denials)[0]];
    expect(accepted).toBe(true);
    expect(denial).toMatchObject({ code: 'expired', ruleId: 'sequencer.nonce-gap', transactionHash: hashOf(gapped) });
    expect(verifyDenial(denial, DENIAL_SIGNER.publicKey)).toBe(true);
    expect(await scene.sequencer.outcome(hashOf(gapped))).toMatchObject({ kind: 'denied' });
    expect(await rejection(scene.submit(gapped))).toBe('SUBMIT_OUTCOME_DENIED');
    expect(scene.sequencer).toMatchObject({ waiting: 0, backlogGates: 0 });
  });

  it('ends no more of them at once than a block holds, for the log takes them as one', async () => {
    const scene = openScene({ options: { blockTransactionsMax: 2 } });
    await scene.open();
    for (const nonce of [2n, 3n, 4n]) await scene.submit(transfer(alice, { nonce }));
    scene.passTime(60_001);
    await scene.sequencer.buildBlock();
    expect(scene.denials).toHaveLength(2);
    scene.passTime(1_000);
    await scene.sequencer.buildBlock();
    expect(scene.denials).toHaveLength(3);
    expect(scene.sequencer.waiting).toBe(0);
  });

  it.each(['is being written', 'waits'])('signs none for bytes that were accepted meanwhile and %s', async (state) => {
    const scene = openScene();
    await scene.open();
    const release = state === 'waits' ? () => undefined : scene.holdLog();
    const submitted = scene.submit(transfer(alice));
    if (state === 'waits') await submitted;
    else await turns();
    const before = await rejection(scene.sequencer.refuse(transfer(alice), 'rule: no'));
    release();
    await submitted;
    await scene.sequencer.buildBlock();
    expect([before, scene.denials]).toEqual(['SUBMIT_DENIED', []]);
    expect(scene.written.filter(({ kind }) => kind === 'denial')).toEqual([]);
    expect(await scene.sequencer.outcome(hashOf(transfer(alice)))).toMatchObject({ kind: 'included' });
  });

  it('does not expire a gap that fills in time, nor one younger than the limit', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice, { nonce: 1n }));
    scene.passTime(59_000);
    await scene.submit(transfer(alice, { nonce: 0n }));
    scene.passTime(2_000);
    expect(await scene.sequencer.buildBlock()).toBe(true);
    expect(scene.denials).toEqual([]);
    expect(scene.blocks.at(-1)!.items).toHaveLength(2);
  });

  it('denies at block building what no longer conforms, with the rule for compliance', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(transfer(alice, { value: 60n * ETHER, to: carol.address }));
    await scene.submit(transfer(alice, { nonce: 1n, value: 40n * ETHER, to: carol.address }));
    await scene.submit(transfer(bob, { to: alice.address }));
    scene.operations.push({ index: 0n, kind: 4, sender: 1n, a: carol.address, b: 0n });
    await scene.sequencer.close();
    await scene.open(scene.sequencer.lastSlot + 1n);
    await scene.sequencer.buildBlock();
    expect(scene.denials.map(({ denial }) => [denial.code, denial.ruleId])).toEqual([
      ['policy', 'write.native.transfer#customer'],
    ]);
    expect(scene.blocks.at(-1)!.items).toHaveLength(1);
    // The second of Alice's is behind a nonce that was never used: it expires.
    scene.passTime(60_001);
    await scene.sequencer.buildBlock();
    expect(scene.denials.at(-1)!.denial).toMatchObject({ code: 'expired' });
  });

  it.each(['transactionHash', 'chainId', 'batch', 'timestamp', 'salt'] as const)(
    'does not verify with another %s',
    async (field) => {
      const scene = openScene();
      await rejection(scene.sequencer.refuse(transfer(alice), 'rule: no'));
      const { denial } = scene.denials[0]!;
      expect(verifyDenial(denial, DENIAL_SIGNER.publicKey)).toBe(true);
      expect(verifyDenial({ ...denial, [field]: denial[field] + 1n }, DENIAL_SIGNER.publicKey)).toBe(false);
    },
  );

  it('does not verify with another reason, rule, code, signature or key', async () => {
    const scene = openScene();
    await rejection(scene.sequencer.refuse(transfer(alice), 'rule: no'));
    const { denial } = scene.denials[0]!;
    const bent = denial.signature.with(3, denial.signature[3]! ^ 1);
    const others = [
      { ...denial, reason: 'another' },
      { ...denial, ruleId: 'another' },
      { ...denial, code: 'expired' as const },
      { ...denial, signature: bent },
      { ...denial, signature: denial.signature.subarray(1) },
      { ...denial, signature: new Uint8Array(64) },
    ];
    for (const other of others) expect(verifyDenial(other, DENIAL_SIGNER.publicKey)).toBe(false);
    const otherKey = DENIAL_SIGNER.publicKey.with(0, DENIAL_SIGNER.publicKey[0] === 2 ? 3 : 2);
    expect(verifyDenial(denial, otherKey)).toBe(false);
  });

  it('tells the sender nothing of the reason (G5)', async () => {
    const scene = openScene();
    const refusal: unknown = await scene.sequencer.refuse(transfer(alice), 'a very telling reason').catch((e) => e);
    expect(refusal).toMatchObject({
      code: 'SUBMIT_DENIED',
      publicText: expect.not.stringMatching(/telling|frozen|sanction/),
    });
  });
});

describe('replacement', () => {
  const cheap = transfer(alice, { maxFeePerGas: 100n });
  const dear = transfer(alice, { maxFeePerGas: 110n, to: carol.address });

  it.each([
    ['the same fee', 100n],
    ['a little more', 109n],
    ['less', 1n],
  ])('needs ten percent more: %s is not enough', async (_name, maxFeePerGas) => {
    const scene = openScene();
    await scene.submit(cheap);
    expect(await rejection(scene.submit(transfer(alice, { maxFeePerGas, value: 2n })))).toBe('SUBMIT_UNDERPRICED');
    expect(scene.sequencer.pending(hashOf(cheap))).toBeDefined();
  });

  it('writes the denial of the old and the new as one group, in this order', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(cheap);
    await scene.submit(dear);
    expect(scene.written.slice(-2).map(({ kind }) => kind)).toEqual(['denial', 'accepted']);
    expect(scene.denials).toMatchObject([
      { accepted: true, denial: { code: 'replaced', transactionHash: hashOf(cheap) } },
    ]);
    expect(scene.sequencer).toMatchObject({ waiting: 1, backlogGates: GATES });
    await scene.sequencer.buildBlock();
    expect(await scene.sequencer.outcome(hashOf(dear))).toMatchObject({ kind: 'included' });
    expect(await rejection(scene.submit(cheap))).toBe('SUBMIT_OUTCOME_DENIED');
  });

  it('leaves the old one as it was when the write fails', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(cheap);
    const release = scene.holdLog();
    const replacing = rejection(scene.submit(dear));
    await turns();
    release(new Error('disk full'));
    expect(await replacing).toBe('SUBMIT_NOT_DURABLE');
    expect(scene.denials).toEqual([]);
    expect(scene.sequencer).toMatchObject({ waiting: 1, backlogGates: GATES });
    await scene.sequencer.buildBlock();
    expect(await scene.sequencer.outcome(hashOf(cheap))).toMatchObject({ kind: 'included' });
    await scene.sequencer.close();
    expect(scene.batches[0]!.denials).toEqual([]);
  });

  it('no block takes the old one, and no second replacement starts, while it is written', async () => {
    const scene = openScene();
    await scene.open();
    await scene.submit(cheap);
    const release = scene.holdLog();
    const replacing = scene.submit(dear);
    await turns();
    expect(await scene.sequencer.buildBlock()).toBe(false);
    expect(await rejection(scene.submit(transfer(alice, { maxFeePerGas: 200n })))).toBe('SUBMIT_UNDERPRICED');
    release();
    await replacing;
    await scene.sequencer.buildBlock();
    const again = replay(scene.written);
    expect(again.blocks.map(({ hash }) => hash)).toEqual(scene.blocks.map(({ hash }) => hash));
    expect(again.sequencer.waiting).toBe(0);
  });
});
