/** The block log as the pipeline stands in it: how far replay has come, and where the last batch ended, was sealed, was withdrawn. */

import type { LogEntry } from '../../sequencer/log-entries.ts';
import type { DurableLog } from '../../sequencer/port.ts';
import type { Store } from '../../store/port.ts';
import type { DenialAudit } from './denial-audit.ts';

type Noted = Extract<LogEntry['kind'], 'batch-closed' | 'sealed' | 'withdrawn'>;

export class PositionedLog implements DurableLog {
  readonly #log: Pick<Store['log'], 'append'>;
  readonly #denials: Pick<DenialAudit, 'onWritten'> | undefined;
  readonly #last: Record<Noted, number> = { 'batch-closed': 0, sealed: 0, withdrawn: 0 };
  #position: number | undefined = 0;

  constructor(log: Pick<Store['log'], 'append'>, denials: Pick<DenialAudit, 'onWritten'> | undefined) {
    this.#log = log;
    this.#denials = denials;
  }

  /** Where replay is: a batch number means what it meant there. Undefined once everything is replayed. */
  get position(): number | undefined {
    return this.#position;
  }

  get isLive(): boolean {
    return this.#position === undefined;
  }

  /** Sequence of the last entry of this kind, replayed or written. */
  lastOf(kind: Noted): number {
    return this.#last[kind];
  }

  /** Replay goes on after `sequence`. */
  startAfter(sequence: number): void {
    this.#position = sequence;
  }

  replaying(sequence: number, kind: string): void {
    this.#position = sequence;
    this.#note(sequence, kind);
  }

  goLive(): void {
    this.#position = undefined;
  }

  async append(...[entries, options]: Parameters<DurableLog['append']>): Promise<void> {
    const first = await this.#log.append(entries, options);
    for (const [i, { kind }] of entries.entries()) this.#note(first + i, kind);
    this.#denials?.onWritten(first, entries);
  }

  #note(sequence: number, kind: string): void {
    if (kind in this.#last) this.#last[kind as Noted] = sequence;
  }
}
