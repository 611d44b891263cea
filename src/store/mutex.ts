import { AsyncLocalStorage } from 'node:async_hooks';
import { InvariantError } from '../base/assert.ts';

export interface Mutex {
  /** Runs one task at a time, in the order in which they came. A task that waits for another of its own mutex throws. */
  <T>(task: () => Promise<T>): Promise<T>;
  /** Throws when called from within a task: what follows would wait for itself for ever. */
  assertOutside(what: string): void;
}

export function createMutex(): Mutex {
  const inside = new AsyncLocalStorage<true>();
  let last: Promise<unknown> = Promise.resolve();
  const assertOutside = (what: string) => {
    if (inside.getStore() === true)
      throw new InvariantError(`${what} within a write transaction would wait for itself`);
  };
  const run = async <T>(task: () => Promise<T>): Promise<T> => {
    assertOutside('a write');
    const start = () => inside.run(true, task);
    const result = last.then(start, start);
    last = result.catch(() => undefined);
    return result;
  };
  return Object.assign(run, { assertOutside });
}
