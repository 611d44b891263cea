import { setTimeout as sleep } from 'node:timers/promises';
import { DemoFailure } from './require-that.ts';

/** Looks again until there is something; `alive` ends the wait early, by throwing, when it can no longer come. */
export async function waitUntil<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { timeoutMs, everyMs = 250, alive }: { timeoutMs: number; everyMs?: number; alive?: () => void },
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    alive?.();
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new DemoFailure(`${what}: not within ${Math.round(timeoutMs / 1000)} s`);
    await sleep(everyMs);
  }
}
