import type { Kysely, Transaction } from 'kysely';

/**
 * Every table of records has the same columns, so that sealing, freshness, key rotation and the leak test treat all alike. Only `sort`
 * (a number or a time) is readable; `id`, `lookup` and `owner` are numbers, random ids or blind indexes.
 */
export interface SealedRow {
  id: Uint8Array;
  sort: number;
  lookup: Uint8Array | null;
  owner: Uint8Array | null;
  row_version: number;
  key_version: number;
  payload: Uint8Array;
}

/** Rebuilt from the block log alone. */
export const DERIVED_TABLES = ['blocks', 'denials', 'event_logs', 'log_postings'] as const;

/** Small tables whose rows change: what they hold is checked as a whole when the store opens. */
export const MUTABLE_TABLES = [
  'batches',
  'checkpoints',
  'subject_keys',
  'users',
  'sessions',
  'wallets',
  'wallet_tokens',
  'consumed_nonces',
  'challenges',
] as const;

/** Large tables that only grow; checked as a whole by `verify`. */
export const GROWING_TABLES = ['audit_rows', 'proofs', 'files'] as const;

export const SEALED_TABLES = [...DERIVED_TABLES, ...MUTABLE_TABLES, ...GROWING_TABLES] as const;
export type SealedTable = (typeof SEALED_TABLES)[number];

/** Holds a key per subject inside the table's own envelope. */
export const PERSONAL_TABLES = ['users', 'sessions', 'wallets', 'wallet_tokens'] as const;

export interface Schema extends Record<SealedTable, SealedRow> {
  store_meta: { name: string; value: Uint8Array };
  data_keys: { purpose: string; version: number; state: 'active' | 'retired'; kek_id: string; wrapped: Uint8Array };
  freshness: { id: number; generation: number; key_version: number; payload: Uint8Array };
  log_groups: {
    group_id: number;
    first_sequence: number;
    entries: number;
    written_at: number;
    key_version: number;
    chain: Uint8Array;
    payload: Uint8Array;
  };
  log_head: { id: number; group_id: number; key_version: number; payload: Uint8Array };
  transaction_locations: { hash_index: Uint8Array; block: number; position: number };
  jobs: {
    id: Uint8Array;
    kind: string;
    state: 'queued' | 'leased' | 'done' | 'poisoned';
    priority: number;
    enqueued_at: number;
    run_after: number;
    /** Leases so far; names the present one. */
    attempts: number;
    failures: number;
    lease_owner: string | null;
    lease_until: number | null;
    key_version: number;
    payload: Uint8Array;
    result: Uint8Array | null;
    failure: Uint8Array | null;
  };
}

export type Database = Kysely<Schema>;
/** A handle that may read: the reader's own, or an open transaction. */
export type ReadHandle = Kysely<Schema>;
export type WriteHandle = Transaction<Schema>;
