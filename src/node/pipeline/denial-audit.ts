/**
 * One row of the audit log for each denial in the block log (G8). A kill between the two leaves a denial without its row, and the next start
 * makes it. A row names its entry of the block log, so none is made twice; a mark kept in the store says from where on a start has to look.
 */

import type { ChainedAuditEntry } from '../../audit/entry.ts';
import type { Audit } from '../../audit/port.ts';
import { assert } from '../../base/assert.ts';
import { bigIntToHex } from '../../base/bytes.ts';
import type { SignedDenial } from '../../chain/denial.ts';
import { encodeFields, FieldReader, integerField as int } from '../../chain/rlp-fields.ts';
import { encodeEntry } from '../../sequencer/log-entries.ts';
import type { Store } from '../../store/port.ts';
import { createAuditStore } from '../audit-store.ts';

export interface DenialAuditDeps {
  readonly store: Pick<Store, 'log' | 'read' | 'transaction'>;
  readonly audit: Pick<Audit, 'record' | 'flush' | 'sequence'>;
}

/** Denials up to this entry of the block log have their rows; rows of later ones come after this row. */
interface Mark {
  readonly entry: number;
  readonly row: number;
}

const markName = 'denials-audited';
const pageRows = 1_000;
const ACTIONS = { accepted: 'transaction.denied', refused: 'transaction.refused' } as const;

export class DenialAudit {
  readonly #deps: DenialAuditDeps;
  readonly #mark: Mark;
  /** Entries behind the mark that have their row, each with a row that stands before its own. */
  readonly #recorded: Map<number, number>;
  /** Written, and not told of yet: entries by what stands in them. */
  readonly #untold = new Map<string, number[]>();
  #written: number;

  private constructor(deps: DenialAuditDeps, mark: Mark, recorded: Map<number, number>) {
    this.#deps = deps;
    this.#mark = mark;
    this.#recorded = recorded;
    this.#written = deps.store.log.lastSequence();
  }

  /** A store that has no mark yet is taken as it is. */
  static async open(deps: DenialAuditDeps): Promise<DenialAudit> {
    const { store, audit } = deps;
    let mark = await readMark(store);
    if (mark === undefined) {
      mark = { entry: store.log.lastSequence(), row: Number(audit.sequence) };
      await writeMark(store, mark);
    }
    const recorded = new Map<number, number>();
    const rows = createAuditStore(store);
    for (let from = mark.row + 1; ; from += pageRows) {
      const page = await rows.read(BigInt(from), pageRows);
      for (const row of page) if (isOfDenial(row)) recorded.set(Number(row.detail['entry']), Number(row.sequence) - 1);
      if (page.length < pageRows) return new DenialAudit(deps, mark, recorded);
    }
  }

  /** Entries have become durable, the first of them as `first`. */
  onWritten(first: number, entries: readonly { readonly kind: string; readonly payload: Uint8Array }[]): void {
    this.#written = Math.max(this.#written, first + entries.length - 1);
    for (const [i, { kind, payload }] of entries.entries()) {
      if (kind !== 'denial') continue;
      const key = keyOf(payload);
      this.#untold.set(key, [...(this.#untold.get(key) ?? []), first + i]);
    }
  }

  /** `replayed` is its entry when the log is replayed. */
  onDenial(denial: SignedDenial, accepted: boolean, replayed: number | undefined): void {
    if (replayed !== undefined && (replayed <= this.#mark.entry || this.#recorded.has(replayed))) return;
    const entry = replayed ?? this.#take(denial);
    // Rows that wait to be written come after those that are.
    this.#recorded.set(entry, Number(this.#deps.audit.sequence));
    this.#deps.audit.record({
      actor: bigIntToHex(denial.sender, 20),
      action: accepted ? ACTIONS.accepted : ACTIONS.refused,
      resource: bigIntToHex(denial.transactionHash, 32),
      detail: { code: denial.code, rule: denial.ruleId, reason: denial.reason, entry: String(entry) },
    });
  }

  /** Moves the mark to just before the oldest denial that has not been told of, if there is one, and not past the row of any later. */
  async mark(): Promise<void> {
    const { store, audit } = this.#deps;
    let entry = this.#written;
    for (const [oldest] of this.#untold.values()) entry = Math.min(entry, oldest! - 1);
    let row = Number(audit.sequence);
    for (const [recorded, before] of this.#recorded) if (recorded > entry) row = Math.min(row, before);
    const mark = { entry, row };
    await audit.flush();
    await writeMark(store, mark);
    for (const entry of this.#recorded.keys()) if (entry <= mark.entry) this.#recorded.delete(entry);
  }

  #take(denial: SignedDenial): number {
    const key = keyOf(encodeEntry({ kind: 'denial', denial }).payload);
    const [entry, ...others] = this.#untold.get(key) ?? [];
    assert(entry !== undefined, 'a denial is told when it is durable');
    if (others.length > 0) this.#untold.set(key, others);
    else this.#untold.delete(key);
    return entry;
  }
}

const keyOf = (payload: Uint8Array): string => Buffer.from(payload).toString('base64');

const isOfDenial = ({ action }: ChainedAuditEntry): boolean =>
  action === ACTIONS.accepted || action === ACTIONS.refused;

async function readMark({ read }: Pick<Store, 'read'>): Promise<Mark | undefined> {
  const value = await read.checkpoints.get(markName);
  if (value === undefined) return undefined;
  const fields = FieldReader.decode(value);
  return { entry: fields.number(0), row: fields.number(1) };
}

const writeMark = (store: Pick<Store, 'transaction'>, { entry, row }: Mark): Promise<void> =>
  store.transaction((writes) => writes.checkpoints.put(markName, encodeFields([int(entry), int(row)])));
