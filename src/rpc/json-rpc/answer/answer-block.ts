import type { BlockView } from '../../port.ts';
import type { CallContext } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { toQuantity } from '../schema/primitives.ts';
import { type VisibleBlock, visibleBlock } from './visible-block.ts';

/** What the reader may see of a block, recorded when some of it is another's; null when there is no block. */
export function answerBlock<T>(
  method: string,
  view: BlockView | undefined,
  { foreignReads }: Pick<MethodDeps, 'foreignReads'>,
  context: CallContext,
  answer: (view: BlockView, visible: VisibleBlock) => T,
): T | null {
  if (view === undefined) return null;
  const visible = visibleBlock(view.block, context);
  foreignReads.items(visible.items, `block ${toQuantity(view.block.number)}`, method, context);
  return answer(view, visible);
}
