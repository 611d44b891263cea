import { watchPriorityQueue as watch } from '../../../src/node/priority-queue.ts';
import { at } from '../trigger.ts';

/** The look at Ethereum's queue, killed when it has found something. */
export const watchPriorityQueue: typeof watch = (...args) => {
  const watcher = watch(...args);
  let first = true;
  return Object.assign(Object.create(watcher) as typeof watcher, {
    async poll() {
      const before = watcher.confirmed;
      await watcher.poll();
      // The first look finds what earlier lives have taken.
      if (watcher.confirmed > before && !first) at('watcher.seen');
      first = false;
    },
  });
};
