import { isPrivityError } from '../base/errors.ts';
import { sequencerError } from './errors.ts';
import { encodeEntry, type LogEntry } from './log-entries.ts';
import type { DurableLog } from './port.ts';
import { LoggedWaiting, type ResumePoint } from './resume-point.ts';

/**
 * The sequencer's pen: what it writes to the block log, and what waits according to what is written. What the chain itself writes may take all
 * the room there is; what comes from outside leaves the log's reserve free, so that a disk that stalls ends arrivals and never blocks.
 */
export class Journal {
  readonly #log: DurableLog;
  readonly #logged = new LoggedWaiting();

  constructor(log: DurableLog) {
    this.#log = log;
  }

  /** Entries of the chain itself. They are durable together; whoever calls stops when they cannot be. */
  async write(entries: readonly LogEntry[]): Promise<void> {
    await this.#log.append(entries.map(encodeEntry));
    this.#followAll(entries);
  }

  /** Entries that somebody outside asked for, durable together. Throws SUBMIT_LOG_BUSY or SUBMIT_NOT_DURABLE, and nothing is written. */
  async writeArrival(entries: readonly LogEntry[]): Promise<void> {
    try {
      await this.#log.append(entries.map(encodeEntry), { leaveReserve: true });
    } catch (cause) {
      const code = isPrivityError(cause, 'STORE_BUSY') ? 'SUBMIT_LOG_BUSY' : 'SUBMIT_NOT_DURABLE';
      throw sequencerError(code, 'block log', { cause });
    }
    this.#followAll(entries);
  }

  /** An entry that was read, or that follows from one that was written. */
  follow(entry: LogEntry): void {
    this.#logged.follow(entry);
  }

  restore(resume: Pick<ResumePoint, 'waiting' | 'denied'>): void {
    this.#logged.restore(resume);
  }

  /** What waited when a batch was closed last. */
  get atClose(): Pick<ResumePoint, 'waiting' | 'denied'> {
    return this.#logged.atClose;
  }

  #followAll(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.#logged.follow(entry);
  }
}
