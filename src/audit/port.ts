import type { AuditEntry, ChainedAuditEntry } from './entry.ts';

/** Where rows are kept. `append` resolves when they are durable. */
export interface AuditStore {
  append(entries: readonly ChainedAuditEntry[]): Promise<void>;
  last(): Promise<{ readonly sequence: bigint; readonly head: bigint } | undefined>;
  /** Ascending by sequence. */
  read(from: bigint, limit: number): Promise<ChainedAuditEntry[]>;
}

/** What other layers call. */
export interface Audit {
  /** Chains an entry; it is durable soon, and at the latest when `flush` resolves. */
  record(entry: Omit<AuditEntry, 'time'>): void;
  /** Resolves when everything recorded so far is durable; rejects once a write has failed. */
  flush(): Promise<void>;
  /** Head over everything durable. */
  readonly head: bigint;
  readonly sequence: bigint;
}
