/** A thread that does nothing but hash for the thread that started it (hash-crew.ts). */

import { workerData } from 'node:worker_threads';
import { createHashEngine } from '../chain/poseidon2/engine.ts';
import { CONTROL, type HashHelperData, workOff } from './hash-crew.ts';

const { hash, control, thread } = workerData as HashHelperData;
const engine = createHashEngine(hash, thread);

for (let seen = 0; ; ) {
  Atomics.wait(control, CONTROL.ROUND, seen);
  const round = Atomics.load(control, CONTROL.ROUND);
  if (round === seen) continue;
  if (Atomics.load(control, CONTROL.STOP) !== 0) break;
  seen = round;
  workOff(engine, control);
  Atomics.sub(control, CONTROL.LEFT, 1);
  Atomics.notify(control, CONTROL.LEFT);
}
