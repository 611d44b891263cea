/** Withdraws and executes again, and dies by its own SIGKILL at the n-th touch of the store; says how many touches there are when it lives. */

import type { Store } from '../../src/store/port.ts';
import { configIn, openLife } from './node-life.ts';
import { OPERATIONS, REORG, REVOCATION, reExecuteAll } from './unwinding-story.ts';

const [folder, cause, dieAt, side] = process.argv.slice(2) as [string, 'reorg' | 'revocation', string, string];
let armed = false;
let touches = 0;
const die = () => process.kill(process.pid, 'SIGKILL');

/** A kill before the write or after it, before anybody is told. */
const dying =
  <A extends unknown[], R>(work: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    if (!armed) return work(...args);
    touches += 1;
    const isLast = touches === Number(dieAt);
    if (isLast && side === 'before') die();
    const result = await work(...args);
    if (isLast) die();
    return result;
  };

const wrapStore = (store: Store): Store => ({
  ...store,
  log: {
    ...store.log,
    append: dying((entries) => store.log.append(entries)),
    lastSequence: () => store.log.lastSequence(),
    read: (from) => store.log.read(from),
  },
  files: { ...store.files, write: dying((name, chunks) => store.files.write(name, chunks)) },
  jobs: { ...store.jobs, removeFrom: dying((priority) => store.jobs.removeFrom(priority)) },
  transaction: dying((work) => store.transaction(work)) as Store['transaction'],
});

const life = await openLife(configIn(folder), { operations: OPERATIONS, wrapStore });
armed = true;
await life.pipeline.withdraw(cause === 'reorg' ? REORG : REVOCATION);
await reExecuteAll(life);
armed = false;
await life.stop();
console.log(`touches ${touches}`);
