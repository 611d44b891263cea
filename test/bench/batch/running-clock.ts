/** The machine's clock without the time in which this process was stopped (SIGSTOP): leases do not run out and no proof looks slow meanwhile. */

import { type Clock, systemClock } from '../../../src/base/clock.ts';

export interface RunningClock extends Clock {
  close(): void;
}

const tickMs = 250;

export function createRunningClock(): RunningClock {
  let stoppedMs = 0;
  let last = Date.now();
  const timer = setInterval(() => {
    last = Date.now();
  }, tickMs);
  timer.unref();
  const continued = () => {
    const now = Date.now();
    stoppedMs += Math.max(0, now - last - tickMs);
    last = now;
  };
  process.on('SIGCONT', continued);
  return {
    now: () => Date.now() - stoppedMs,
    sleep: systemClock.sleep,
    close() {
      clearInterval(timer);
      process.off('SIGCONT', continued);
    },
  };
}
