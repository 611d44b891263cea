import { raiseState } from './errors.ts';
import type { CapturedView, TreeView } from './port.ts';
import { createSparseView } from './sparse-view.ts';
import { OverlayFork } from './tree-fork.ts';

/** Hashes the paths of what was captured; throws STATE_RECORD_INVALID when they do not end in the root of that batch. */
export function openView({ batch, root, data }: CapturedView): TreeView {
  const view = new OverlayFork(createSparseView(data));
  if (view.root !== root) throw raiseState('STATE_RECORD_INVALID', `the records do not lead back to batch ${batch}`);
  return view;
}
