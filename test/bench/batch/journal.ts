/** What a bench that may be killed at any time has to remember: one line of JSON an event, appended; a line torn by a kill is dropped. */

import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs';
import { z } from 'zod';

const count = z.number().nonnegative();

const eventSchema = z.discriminatedUnion('event', [
  z.strictObject({ event: z.literal('began'), life: count, at: z.iso.datetime(), load: z.array(z.number()) }),
  /** All transfers stand in this batch. */
  z.strictObject({ event: z.literal('submitted'), batch: count }),
  z.strictObject({
    event: z.literal('proof'),
    id: z.string().regex(/^[0-9a-f]{64}$/),
    circuit: z.string(),
    seconds: count,
  }),
  /** Sums of one life so far. */
  z.strictObject({
    event: z.literal('meter'),
    life: count,
    settlingSeconds: count,
    cpuSeconds: z.record(z.string(), count),
    proverBytesMax: count,
  }),
  z.strictObject({ event: z.literal('executed') }),
]);

export type JournalEvent = z.infer<typeof eventSchema>;
export type EventOf<K extends JournalEvent['event']> = Extract<JournalEvent, { event: K }>;

export class Journal {
  readonly #path: string;
  readonly #events: JournalEvent[];

  /** Throws when a whole line cannot be read: then the file is not ours, or damaged. */
  constructor(path: string) {
    this.#path = path;
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
    this.#events = whole
      .split('\n')
      .slice(0, -1)
      .map((line) => eventSchema.parse(JSON.parse(line)));
  }

  add(event: JournalEvent): void {
    appendFileSync(this.#path, `${JSON.stringify(event)}\n`, { mode: 0o600 });
    this.#events.push(event);
  }

  all<K extends JournalEvent['event']>(kind: K): EventOf<K>[] {
    return this.#events.filter((event): event is EventOf<K> => event.event === kind);
  }

  /** The last meter of each life. */
  meters(): EventOf<'meter'>[] {
    return [...new Map(this.all('meter').map((meter) => [meter.life, meter])).values()];
  }

  /** One time a job: a proof whose result was lost with its lease is made again under the same id. */
  proofs(): EventOf<'proof'>[] {
    return [...new Map(this.all('proof').map((proof) => [proof.id, proof])).values()];
  }
}
