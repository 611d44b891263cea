import { BoundedQueue } from '../base/bounded-queue.ts';
import type { Clock } from '../base/clock.ts';

export interface DenialLimitOptions {
  readonly denialsPerMinuteMax: number;
}

const minuteMs = 60_000;

/** About 10 MB. Past it the oldest are forgotten early: whoever has that many senders is not held up by a limit for each of them. */
export const denialsRememberedMax = 100_000;

/**
 * How many denials each sender caused in the last minute. Denials older than that are forgotten at the next one, so the table grows with the
 * denials of a minute and never past `denialsRememberedMax`, however many senders there are.
 */
export class DenialLimit {
  readonly #perMinuteMax: number;
  readonly #clock: Pick<Clock, 'now'>;
  readonly #recent: BoundedQueue<{ readonly sender: bigint; readonly at: number }>;
  readonly #counts = new Map<bigint, number>();

  constructor({ denialsPerMinuteMax }: DenialLimitOptions, clock: Pick<Clock, 'now'>) {
    this.#perMinuteMax = denialsPerMinuteMax;
    this.#clock = clock;
    // A limit above that could not be counted to otherwise.
    this.#recent = new BoundedQueue(Math.max(denialsRememberedMax, denialsPerMinuteMax));
  }

  /** Denials and senders that are held in memory. */
  get size(): { readonly denials: number; readonly senders: number } {
    return { denials: this.#recent.size, senders: this.#counts.size };
  }

  note(sender: bigint): void {
    this.#forgetOld();
    if (this.#recent.size === this.#recent.itemsMax) this.#forgetFirst();
    this.#recent.push({ sender, at: this.#clock.now() });
    this.#counts.set(sender, (this.#counts.get(sender) ?? 0) + 1);
  }

  isExceeded(sender: bigint): boolean {
    this.#forgetOld();
    return (this.#counts.get(sender) ?? 0) >= this.#perMinuteMax;
  }

  #forgetOld(): void {
    const until = this.#clock.now() - minuteMs;
    while ((this.#recent.first?.at ?? Number.POSITIVE_INFINITY) <= until) this.#forgetFirst();
  }

  #forgetFirst(): void {
    const { sender } = this.#recent.shift()!;
    const left = this.#counts.get(sender)! - 1;
    if (left === 0) this.#counts.delete(sender);
    else this.#counts.set(sender, left);
  }
}
