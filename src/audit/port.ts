import type { AuditEntry, ChainedAuditEntry } from './entry.ts';

/** Where rows are kept. `Writes` is what an act may write in the transaction of its row. */
export interface AuditStore<Writes = unknown> {
  /** Resolves when the rows are durable, and with them what `work` wrote; when it throws, neither is. */
  append(entries: readonly ChainedAuditEntry[], work?: (writes: Writes) => Promise<void>): Promise<void>;
  last(): Promise<{ readonly sequence: bigint; readonly head: bigint } | undefined>;
  /** Ascending by sequence. */
  read(from: bigint, limit: number): Promise<ChainedAuditEntry[]>;
}

/** What other layers call. */
export interface Audit<Writes = unknown> {
  /** Chains an entry; it is durable soon, and at the latest when `flush` resolves. */
  record(entry: Omit<AuditEntry, 'time'>): void;
  /** An act and its entry in one transaction: resolves when both are durable, rejects when neither will be. */
  recordWith(entry: Omit<AuditEntry, 'time'>, work: (writes: Writes) => Promise<void>): Promise<void>;
  /** Resolves when everything recorded so far is durable; rejects once a write has failed. */
  flush(): Promise<void>;
  /** Head over everything durable. */
  readonly head: bigint;
  readonly sequence: bigint;
}
