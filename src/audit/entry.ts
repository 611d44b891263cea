import { u64, word32 } from '../chain/packed.ts';
import { sha256Word } from '../chain/sha256.ts';

/** An act, a denial or a read of another's data. */
export interface AuditEntry {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Who: a subject, a wallet address or `system`. */
  readonly actor: string;
  /** Namespaced, such as `auth.login`, `tx.denied`, `read.transaction`. */
  readonly action: string;
  /** What it was done to: a hash, an address, a batch; empty when nothing. */
  readonly resource: string;
  /** Small facts: rule ids, codes, reasons. */
  readonly detail: Readonly<Record<string, string>>;
}

export interface ChainedAuditEntry extends AuditEntry {
  /** 1-based. */
  readonly sequence: bigint;
  /** Head of the chain after this entry. */
  readonly head: bigint;
}

/** One way to write an entry down: keys of `detail` in ascending order. */
export const canonicalEntry = (entry: AuditEntry): string =>
  JSON.stringify([
    entry.time,
    entry.actor,
    entry.action,
    entry.resource,
    Object.entries(entry.detail).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  ]);

export const nextHead = (head: bigint, sequence: bigint, entry: AuditEntry): bigint =>
  sha256Word(word32(head), u64(sequence), Buffer.from(canonicalEntry(entry), 'utf8'));
