import type { Block, BlockItem } from '../../../chain/block.ts';
import type { Log } from '../../../chain/log.ts';
import type { CallContext } from '../method.ts';
import { itemFacts } from './item-fields.ts';

export interface VisibleLog {
  readonly log: Log;
  /** In the block, as this reader sees it. */
  readonly index: number;
  /** 0-based among the item's logs. */
  readonly position: number;
}

export interface VisibleItem {
  readonly item: BlockItem;
  /** `logs`: only logs are visible; input is blanked. */
  readonly view: 'full' | 'logs';
  readonly logs: readonly VisibleLog[];
  /** In the block, as this reader sees it. */
  readonly index: number;
  readonly cumulativeGas: bigint;
}

export interface VisibleBlock {
  /** False: header fields that tell of others are blank, and positions count only what is visible. */
  readonly full: boolean;
  readonly items: readonly VisibleItem[];
}

/**
 * A block as one reader may see it (G5). Positions and sums are counted over the visible items alone: the true ones would tell how much others
 * did in the same block.
 */
export function visibleBlock(block: Block, { policy, principal }: CallContext): VisibleBlock {
  const decision = policy.decideRead(principal, { kind: 'block' });
  const full = decision.allow && decision.view === 'full';
  const items: VisibleItem[] = [];
  let gas = 0n;
  let logCount = 0;
  for (const item of block.items) {
    const seen = policy.decideRead(principal, { kind: 'transaction', transaction: itemFacts(item) });
    if (!seen.allow) continue;
    const view = seen.view === 'logs' ? 'logs' : 'full';
    const positions = seen.view === 'logs' ? seen.logIndexes : item.result.logs.map((_, position) => position);
    gas += item.result.gasUsed;
    const firstLog = logCount;
    const logs = positions.map((position, count) => ({
      log: item.result.logs[position]!,
      index: full ? item.firstLogIndex + position : firstLog + count,
      position,
    }));
    logCount += logs.length;
    items.push({
      item,
      view,
      logs,
      index: full ? item.index : items.length,
      cumulativeGas: full ? item.cumulativeGas : gas,
    });
  }
  return { full, items };
}
