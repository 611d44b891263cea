/**
 * The machine's clock without the time in which this process was stopped (SIGSTOP): leases do not run out and no proof looks slow meanwhile.
 * A stop shows as a gap between two ticks, of which at most `stepMaxMs` counts; so does as much of an event loop that was busy for longer.
 */

import { type Clock, systemClock } from '../../../src/base/clock.ts';

export interface RunningClock extends Clock {
  close(): void;
}

const tickMs = 250;
const stepMaxMsDefault = 10_000;

export function createRunningClock(stepMaxMs = stepMaxMsDefault): RunningClock {
  let running = Date.now();
  let last = running;
  const now = () => running + Math.min(Date.now() - last, stepMaxMs);
  const timer = setInterval(() => {
    running = now();
    last = Date.now();
  }, tickMs);
  timer.unref();
  return { now, sleep: systemClock.sleep, close: () => clearInterval(timer) };
}
