import type { Clock } from './clock.ts';

/** Wakes the one who sleeps on it. What rings while nobody sleeps is not lost: the next sleep ends at once. */
export class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Forgets what has rung, because its work is about to be looked for; says whether it had. */
  silence(): boolean {
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }

  /** Resolves when it rings, when `signal` aborts, or after `ms`. */
  async sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#rung || signal.aborted) return;
    const awake = new AbortController();
    const wake = () => awake.abort();
    this.#wake = wake;
    signal.addEventListener('abort', wake, { once: true });
    await clock.sleep(ms, awake.signal);
    signal.removeEventListener('abort', wake);
    this.#wake = undefined;
  }
}
