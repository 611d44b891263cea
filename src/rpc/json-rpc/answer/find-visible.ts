import { itemHash } from '../../../chain/block.ts';
import type { BlockView, ChainReader } from '../../port.ts';
import type { CallContext } from '../method.ts';
import { type VisibleItem, visibleBlock } from './visible-block.ts';

/** The transaction or operation of this hash, if there is one and the reader may see any of it: undefined says neither which. */
export async function findVisible(
  hash: bigint,
  chain: ChainReader,
  context: CallContext,
): Promise<{ view: BlockView; visible: VisibleItem } | undefined> {
  const located = await chain.itemByHash(hash, context.permit);
  if (located === undefined) return undefined;
  const visible = visibleBlock(located.view.block, context).items.find(({ item }) => itemHash(item) === hash);
  return visible === undefined ? undefined : { view: located.view, visible };
}
