/** The hash-chained record of acts, denials and reads (G8). Its head is committed with every batch. */

import type { Clock } from '../base/clock.ts';
import { type AuditEntry, type ChainedAuditEntry, nextHead } from './entry.ts';
import { auditError } from './errors.ts';
import type { Audit, AuditStore } from './port.ts';

interface Waiting<Writes> {
  readonly entry: AuditEntry;
  /** What the entry records, to be written with it. */
  readonly act?: PendingAct<Writes>;
}

interface PendingAct<Writes> {
  readonly work: (writes: Writes) => Promise<void>;
  readonly settle: PromiseWithResolvers<void>;
}

export interface AuditLogOptions {
  /** Most entries written in one go. */
  readonly writeEntriesMax: number;
  /** Called once, at the first write that failed: the node must stop, since acts would go unrecorded. */
  readonly onFailure: (error: unknown) => void;
}

export async function openAuditLog<Writes>(
  options: AuditLogOptions,
  deps: { store: AuditStore<Writes>; clock: Clock },
): Promise<Audit<Writes>> {
  const last = await deps.store.last();
  let durable = { sequence: last?.sequence ?? 0n, head: last?.head ?? 0n };
  const waiting: Waiting<Writes>[] = [];
  let writing: Promise<void> | undefined;
  let failure: { readonly error: unknown } | undefined;

  const fail = (error: unknown): void => {
    failure = { error };
    for (const { act } of waiting) act?.settle.reject(error);
    options.onFailure(error);
  };

  /** Entries that are written together. An act goes alone: one that fails takes its own entry back, and no other. */
  const nextGroup = (): Waiting<Writes>[] => {
    const group = waiting.slice(0, options.writeEntriesMax);
    const act = group.findIndex((each) => each.act !== undefined);
    return act < 0 ? group : group.slice(0, Math.max(act, 1));
  };

  const write = async (group: readonly Waiting<Writes>[]): Promise<void> => {
    // Chained as they are written: an act that fails leaves no gap.
    let { sequence, head } = durable;
    const chained: ChainedAuditEntry[] = group.map(({ entry }) => {
      sequence += 1n;
      head = nextHead(head, sequence, entry);
      return { ...entry, sequence, head };
    });
    const act = group[0]!.act;
    let actFailure: { readonly error: unknown } | undefined;
    const work = async (writes: Writes): Promise<void> => {
      try {
        await act!.work(writes);
      } catch (error) {
        actFailure = { error };
        throw error;
      }
    };
    try {
      await deps.store.append(chained, act && work);
    } catch (error) {
      if (actFailure === undefined) {
        fail(error);
        throw error;
      }
      waiting.shift();
      act!.settle.reject(actFailure.error);
      return;
    }
    waiting.splice(0, group.length);
    durable = { sequence, head };
    act?.settle.resolve();
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      // What went missing cannot be chained over: nothing is written after a failure.
      if (failure !== undefined) throw failure.error;
      await write(nextGroup());
    }
  };

  const start = (): Promise<void> => {
    writing ??= drain().finally(() => {
      writing = undefined;
    });
    return writing;
  };

  const push = (item: Waiting<Writes>): void => {
    waiting.push(item);
    // `drain` has told of it; `flush` rejects with it.
    start().catch(() => undefined);
  };

  return {
    record: (entry) => push({ entry: { ...entry, time: deps.clock.now() } }),
    async recordWith(entry, work) {
      if (failure !== undefined) throw failure.error;
      const settle = Promise.withResolvers<void>();
      push({ entry: { ...entry, time: deps.clock.now() }, act: { work, settle } });
      return settle.promise;
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
  store: Pick<AuditStore, 'read' | 'last'>,
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
