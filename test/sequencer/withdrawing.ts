/** Takes batches of a scene back, as the node does, and reads logs that hold withdrawals. */

import type { Block } from '../../src/chain/block.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import type { LogEntry, WithdrawalCause } from '../../src/sequencer/log-entries.ts';
import { type WithdrawnBatch, withdrawnBlock } from '../../src/sequencer/re-execution.ts';
import { fatesOf, Withdrawals } from '../../src/sequencer/withdrawals.ts';
import { openScene, type Scene, type SceneOptions } from './scene.ts';

export const AT = 1_900_000_000_500;

/** Blocks that stand, by number. */
export function standing(blocks: readonly Block[]): Block[] {
  const found = new Map<bigint, Block>();
  for (const block of blocks) {
    for (const number of found.keys()) if (number >= block.number) found.delete(number);
    found.set(block.number, block);
  }
  return [...found.values()];
}

export interface WithdrawOptions {
  readonly from: bigint;
  readonly operations: readonly PriorityOperation[];
  readonly upTo: readonly bigint[];
  readonly cause?: WithdrawalCause;
}

/** Leaves the withdrawn batches to be executed again. */
export async function withdraw(scene: Scene, { from, operations, upTo, cause = 'reorg' }: WithdrawOptions) {
  const { sequencer } = scene;
  const closed = new Map(scene.batches.map((batch) => [batch.number, batch]));
  const open = sequencer.openBatch;
  const all = [...closed.values(), ...(open === undefined ? [] : [open])].filter(({ number }) => number >= from);
  const blocks = standing(scene.blocks);
  const batches: WithdrawnBatch[] = all.map((batch) => ({
    number: batch.number,
    slot: batch.slot,
    isClosed: batch !== open,
    denials: batch.denials,
    blocks: blocks.filter((block) => block.batch === batch.number).map(withdrawnBlock),
  }));
  const transactions = blocks
    .filter(({ batch }) => batch >= from)
    .flatMap(({ items }) => items.flatMap((item) => (item.kind === 'transaction' ? [item.transaction] : [])));
  await sequencer.withdraw(
    { kind: 'withdrawn', from, cause, at: AT, upTo, operations },
    all[0]!.start,
    batches,
    transactions,
  );
}

export async function reExecuteAll(scene: Scene): Promise<void> {
  while (await scene.sequencer.reExecute());
}

/** Feeds a log to another life, passing over what it takes back. */
export function replayStanding(log: readonly LogEntry[], options: SceneOptions = {}): Scene {
  const scene = openScene(options);
  const found = new Withdrawals(
    log.flatMap((entry, i) => (entry.kind === 'withdrawn' ? [{ sequence: i + 1, from: entry.from }] : [])),
  );
  const isVoid = fatesOf(found);
  for (const [i, entry] of log.entries()) scene.sequencer.replay(entry, isVoid(i + 1, entry));
  return scene;
}
