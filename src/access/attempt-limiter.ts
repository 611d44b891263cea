import type { Clock } from '../base/clock.ts';

export interface AttemptLimits {
  readonly attemptsMax: number;
  readonly windowMs: number;
  /** Keys remembered at most; the oldest window is forgotten first. */
  readonly keysMax: number;
}

/** Fixed windows, bounded in memory. `allow` counts an attempt and says whether it may go on. */
export function createAttemptLimiter(limits: AttemptLimits, deps: { clock: Clock }): { allow(key: string): boolean } {
  const windows = new Map<string, { start: number; attempts: number }>();
  return {
    allow(key) {
      const now = deps.clock.now();
      const known = windows.get(key);
      const window = known !== undefined && now - known.start < limits.windowMs ? known : { start: now, attempts: 0 };
      window.attempts += 1;
      if (window !== known) {
        windows.delete(key);
        windows.set(key, window);
        if (windows.size > limits.keysMax) windows.delete(windows.keys().next().value!);
      }
      return window.attempts <= limits.attemptsMax;
    },
  };
}
