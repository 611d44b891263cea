/** When the disk stalls, what comes from outside is refused as busy, and blocks, seals and their denials still find room in the log (G7). */

import { describe, expect, it } from 'vitest';
import { alice, GENESIS_SLOT, hashOf, openScene, type Scene, transfer } from './scene.ts';

const codeOf = (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );

/** One transaction waits; then the log's room, but for its reserve, is full. */
async function stalled(): Promise<{ scene: Scene; free(): void }> {
  let isFull = false;
  const scene = openScene({ logFull: (leavesReserve) => isFull && leavesReserve });
  await scene.open();
  await scene.submit(transfer(alice, { maxFeePerGas: 100n }));
  isFull = true;
  return {
    scene,
    free() {
      isFull = false;
    },
  };
}

describe('a log that has only its reserve left', () => {
  it.each([
    ['an arrival', (scene: Scene) => scene.submit(transfer(alice, { nonce: 1n }))],
    ['a replacement', (scene: Scene) => scene.submit(transfer(alice, { maxFeePerGas: 200n }))],
    ['a refusal', (scene: Scene) => scene.sequencer.refuse(transfer(alice, { nonce: 1n }), 'rule: no')],
  ])('takes no %s, and nothing is left of it', async (_what, act) => {
    const { scene, free } = await stalled();
    const { length } = scene.written;
    expect(await codeOf(act(scene))).toBe('SUBMIT_LOG_BUSY');
    expect(scene.written).toHaveLength(length);
    expect(scene.denials).toEqual([]);
    expect(scene.sequencer).toMatchObject({ waiting: 1 });
    expect(scene.sequencer.openBatch!.denials).toEqual([]);
    free();
    expect(['done', 'SUBMIT_DENIED']).toContain(await codeOf(act(scene)));
  });

  it('takes blocks, denials of what expires, the end of a batch and the next one', async () => {
    const { scene } = await stalled();
    expect(await scene.sequencer.buildBlock()).toBe(true);
    expect(await scene.sequencer.outcome(hashOf(transfer(alice, { maxFeePerGas: 100n })))).toMatchObject({
      kind: 'included',
    });
    await scene.sequencer.close();
    await scene.sequencer.open(GENESIS_SLOT + 2n);
    expect(scene.written.slice(-2).map(({ kind }) => kind)).toEqual(['batch-opened', 'block']);
  });

  it('stops the chain when the reserve is used up too: a block is not dropped', async () => {
    let isFull = false;
    const scene = openScene({ logFull: () => isFull });
    await scene.open();
    await scene.submit(transfer(alice));
    isFull = true;
    await expect(scene.sequencer.buildBlock()).rejects.toMatchObject({ code: 'STORE_BUSY' });
    expect(scene.blocks).toHaveLength(1);
  });
});
