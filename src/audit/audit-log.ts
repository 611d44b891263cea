/** The hash-chained record of acts, denials and reads (G8). Its head is committed with every batch. */

import type { Clock } from '../base/clock.ts';
import { type AuditEntry, type ChainedAuditEntry, nextHead } from './entry.ts';
import { auditError } from './errors.ts';
import type { Audit, AuditStore } from './port.ts';

export interface AuditLogOptions {
  /** Most entries written in one go. */
  readonly writeEntriesMax: number;
  /** Called once, at the first write that failed: the node must stop, since acts would go unrecorded. */
  readonly onFailure: (error: unknown) => void;
}

export async function openAuditLog(
  options: AuditLogOptions,
  deps: { store: AuditStore; clock: Clock },
): Promise<Audit> {
  const last = await deps.store.last();
  let chained = { sequence: last?.sequence ?? 0n, head: last?.head ?? 0n };
  let durable = chained;
  const waiting: ChainedAuditEntry[] = [];
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      // What went missing cannot be chained over: nothing is written after a failure.
      if (failure !== undefined) throw failure.error;
      const batch = waiting.slice(0, options.writeEntriesMax);
      try {
        await deps.store.append(batch);
      } catch (error) {
        failure = { error };
        options.onFailure(error);
        throw error;
      }
      waiting.splice(0, batch.length);
      const { sequence, head } = batch.at(-1)!;
      durable = { sequence, head };
    }
  };

  const start = (): Promise<void> => {
    writing ??= drain().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  return {
    record(entry) {
      const full: AuditEntry = { ...entry, time: deps.clock.now() };
      const sequence = chained.sequence + 1n;
      chained = { sequence, head: nextHead(chained.head, sequence, full) };
      waiting.push({ ...full, ...chained });
      // `drain` has told of it; `flush` rejects with it.
      start().catch(() => undefined);
    },
    async flush() {
      while (waiting.length > 0 || writing !== undefined) await start();
    },
    get head() {
      return durable.head;
    },
    get sequence() {
      return durable.sequence;
    },
  };
}

/** Reads the whole log and throws AUDIT_CHAIN_BROKEN at the first row that does not follow from the one before. */
export async function verifyAuditLog(
  store: AuditStore,
  pageEntries = 1000,
  onHead: (head: bigint) => void = () => undefined,
): Promise<{ sequence: bigint; head: bigint }> {
  let sequence = 0n;
  let head = 0n;
  for (;;) {
    const page = await store.read(sequence + 1n, pageEntries);
    for (const entry of page) {
      if (entry.sequence !== sequence + 1n) throw auditError('AUDIT_CHAIN_BROKEN', `row ${sequence + 1n} is missing`);
      sequence = entry.sequence;
      head = nextHead(head, sequence, entry);
      if (head !== entry.head) throw auditError('AUDIT_CHAIN_BROKEN', `row ${sequence}`);
      onHead(head);
    }
    if (page.length < pageEntries) break;
  }
  const last = await store.last();
  if ((last?.sequence ?? 0n) !== sequence) throw auditError('AUDIT_CHAIN_BROKEN', 'rows are missing at the end');
  return { sequence, head };
}
