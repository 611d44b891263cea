/**
 * What other layers see of the store: types only. Read and write halves are apart; a write half exists only inside `Store.transaction`,
 * so that an act and its audit row are one commit.
 */

import type { Kek } from './envelope/kek.ts';

// ---------------------------------------------------------------------------------------------------------------- block log

export interface LogEntryInput {
  /** Short name given by the owner of the entry, at most 32 ASCII characters; sealed with the payload. */
  readonly kind: string;
  readonly payload: Uint8Array;
}

export interface LogEntry extends LogEntryInput {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Milliseconds since the epoch at which the group was written. */
  readonly writtenAt: number;
}

export interface BlockLogReader {
  /** The last durable sequence; 0 when empty. */
  lastSequence(): number;
  /** Entries from `sequence` to the last that was durable at the call, in order; throws STORE_LOG_BROKEN at the first damage. */
  read(sequence: number): AsyncIterable<LogEntry>;
}

export interface BlockLog extends BlockLogReader {
  /**
   * Resolves when the entries are durable, with the sequence of the first. They stay together and in order; calls are durable in the order
   * of the calls. Rejects with STORE_BUSY when the queue is full (with `leaveReserve`, when only its reserve is left), STORE_DISK_FULL when
   * nothing was written and a retry may succeed, and STORE_FAILED once a write's fate is unknown: reopen, and what was durable is there.
   */
  append(entries: readonly LogEntryInput[], options?: { readonly leaveReserve?: boolean }): Promise<number>;
}

// ---------------------------------------------------------------------------------------------------- blocks, transactions

export interface StoredTransaction {
  readonly hash: Uint8Array;
  /** Transaction and receipt as their owner encodes them. */
  readonly payload: Uint8Array;
}

export interface StoredBlock {
  readonly number: number;
  readonly hash: Uint8Array;
  readonly batch: number;
  readonly payload: Uint8Array;
  readonly transactions: readonly StoredTransaction[];
}

export interface BlockReader {
  latest(): Promise<StoredBlock | undefined>;
  byNumber(number: number): Promise<StoredBlock | undefined>;
  byHash(hash: Uint8Array): Promise<StoredBlock | undefined>;
}

export interface TransactionLocation {
  readonly block: StoredBlock;
  readonly position: number;
  readonly payload: Uint8Array;
}

export interface TransactionReader {
  byHash(hash: Uint8Array): Promise<TransactionLocation | undefined>;
}

export interface BlockWriter {
  /** Blocks and where their transactions stand; many blocks in one transaction cost one fsync. STORE_CONFLICT when one exists. */
  put(blocks: readonly StoredBlock[]): Promise<void>;
  /** Takes back every block above `number`, with its transactions, event logs and postings. */
  removeAbove(number: number): Promise<void>;
}

export interface EventLogReader {
  /**
   * Payloads of the blocks in the inclusive range that may have logs matching every group of keys (each group is alternatives). False
   * positives are possible, misses are not; at most `limit` blocks.
   */
  scan(query: {
    readonly fromBlock: number;
    readonly toBlock: number;
    readonly keys: readonly (readonly Uint8Array[])[];
    readonly limit: number;
  }): Promise<{ readonly block: number; readonly payload: Uint8Array }[]>;
}

export interface EventLogWriter {
  /** `keys` are the addresses and topics to be found by. Blocks without logs need no entry. */
  put(block: number, keys: readonly Uint8Array[], payload: Uint8Array): Promise<void>;
}

export interface LogPostingReader {
  /**
   * The blocks of the inclusive range that were filed under any of the keys, ascending. Reads `entriesMax` entries and little more; undefined
   * when they are not enough. `entriesRead` depends on what was filed under these keys and on nothing else.
   */
  find(query: {
    readonly keys: readonly Uint8Array[];
    readonly fromBlock: number;
    readonly toBlock: number;
    readonly entriesMax: number;
  }): Promise<{ readonly blocks: number[] | undefined; readonly entriesRead: number }>;
}

export interface LogPostingWriter {
  /** Blocks ascend, from call to call too; STORE_CONFLICT when a block comes before one that was filed under the same key. */
  put(postings: readonly { readonly block: number; readonly keys: readonly Uint8Array[] }[]): Promise<void>;
}

export interface DenialReader {
  byHash(hash: Uint8Array): Promise<Uint8Array | undefined>;
  ofBatch(batch: number, limit: number): Promise<Uint8Array[]>;
}

export interface DenialWriter {
  /** A denial is final: STORE_CONFLICT when there is one for this hash. */
  put(hash: Uint8Array, batch: number, payload: Uint8Array): Promise<void>;
}

// ------------------------------------------------------------------------------------------------------- batches, proofs

export type BatchStatus = 'sealed' | 'proven' | 'committed' | 'proved' | 'executed' | 'withdrawn';

export interface BatchRecord {
  readonly number: number;
  readonly status: BatchStatus;
  readonly slot: number;
  readonly stateRoot: Uint8Array;
  readonly commitment: Uint8Array;
  readonly firstBlock: number;
  readonly lastBlock: number;
  readonly l1: { readonly commit?: Uint8Array; readonly prove?: Uint8Array; readonly execute?: Uint8Array };
  /** Everything else its owner wants to keep. */
  readonly payload: Uint8Array;
}

export interface BatchReader {
  latest(): Promise<BatchRecord | undefined>;
  byNumber(number: number): Promise<BatchRecord | undefined>;
  range(from: number, limit: number): Promise<BatchRecord[]>;
}

export interface BatchWriter {
  put(batch: BatchRecord): Promise<void>;
  removeAbove(number: number): Promise<void>;
}

export interface ProofReader {
  get(name: string): Promise<Uint8Array | undefined>;
  ofBatch(batch: number): Promise<{ readonly name: string; readonly proof: Uint8Array }[]>;
}

export interface ProofWriter {
  /** Replaces a proof of the same name: any valid proof of a statement serves. */
  put(name: string, batch: number, proof: Uint8Array): Promise<void>;
  removeOfBatch(batch: number): Promise<void>;
  /** Those of every batch above this one. */
  removeAbove(batch: number): Promise<void>;
}

// --------------------------------------------------------------------------------------------------------- files

export interface StoredFile {
  readonly name: string;
  /** sha256 of the encrypted file, which never changes once written. */
  readonly dataHash: Uint8Array;
  readonly size: number;
}

/** Large encrypted files beside the database: batch archives and snapshots. */
export interface FileStore {
  /** Durable when it resolves. The same name again answers what is there and writes nothing: bytes are never encrypted twice. */
  write(name: string, chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** Plain bytes, authenticated chunk by chunk; ends with STORE_FILE_CORRUPT when anything is missing. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** Hashes the file again. */
  describe(name: string): Promise<StoredFile | undefined>;
  list(prefix: string): Promise<string[]>;
  remove(name: string): Promise<void>;
}

// ---------------------------------------------------------------------------------------------------------- checkpoints, audit

export interface CheckpointReader {
  get(name: string): Promise<Uint8Array | undefined>;
}

export interface CheckpointWriter {
  put(name: string, value: Uint8Array): Promise<void>;
  remove(name: string): Promise<void>;
}

export interface AuditRow {
  /** From 1, without gaps. */
  readonly sequence: number;
  /** Head of the hash chain after this row; the chain itself is `src/audit`'s. */
  readonly head: Uint8Array;
  readonly payload: Uint8Array;
}

export interface AuditReader {
  last(): Promise<AuditRow | undefined>;
  range(from: number, limit: number): Promise<AuditRow[]>;
}

export interface AuditWriter {
  /** STORE_CONFLICT unless the rows follow on the last one. */
  append(rows: readonly AuditRow[]): Promise<void>;
  last(): Promise<AuditRow | undefined>;
}

// --------------------------------------------------------------------------------------------------------------- people

export type UserId = string;

export interface UserRecord {
  /** Random, 32 hexadecimal digits; also the name of the key that this person's data is sealed with. */
  readonly id: UserId;
  /** Null for a user that only has wallets. */
  readonly identity: { readonly issuer: string; readonly subject: string } | null;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly disabled: boolean;
  readonly createdAt: number;
  /** Whatever else `src/access` keeps: JSON values, bigint and bytes. */
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface UserReader {
  byId(id: UserId): Promise<UserRecord | undefined>;
  byIdentity(issuer: string, subject: string): Promise<UserRecord | undefined>;
  /** In no particular order, read page by page. */
  all(): AsyncIterable<UserRecord>;
}

export interface UserWriter extends UserReader {
  /** STORE_CONFLICT when (issuer, subject) is taken. */
  create(user: Omit<UserRecord, 'id'>): Promise<UserRecord>;
  update(user: UserRecord): Promise<void>;
  /** Destroys the person's key and removes what was sealed with it. */
  erase(id: UserId): Promise<void>;
}

export interface SessionRecord {
  /** sha256 of the token; the token itself never reaches the store. */
  readonly tokenHash: Uint8Array;
  readonly userId: UserId;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface SessionReader {
  /** Also sessions that have expired: the caller compares times. */
  byTokenHash(tokenHash: Uint8Array): Promise<SessionRecord | undefined>;
  ofUser(userId: UserId): Promise<SessionRecord[]>;
  all(): AsyncIterable<SessionRecord>;
}

export interface SessionWriter extends SessionReader {
  create(session: SessionRecord): Promise<void>;
  update(session: SessionRecord): Promise<void>;
  revoke(tokenHash: Uint8Array): Promise<boolean>;
  revokeAllOf(userId: UserId): Promise<number>;
  /** At most `limit` of those that expired at or before `now`. */
  purgeExpired(now: number, limit: number): Promise<number>;
}

export interface WalletRecord {
  readonly address: Uint8Array;
  readonly userId: UserId;
  readonly linkedAt: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface WalletReader {
  byAddress(address: Uint8Array): Promise<WalletRecord | undefined>;
  ofUser(userId: UserId): Promise<WalletRecord[]>;
  all(): AsyncIterable<WalletRecord>;
}

export interface WalletWriter extends WalletReader {
  /** STORE_CONFLICT when the address has an owner. */
  link(wallet: WalletRecord): Promise<void>;
  unlink(address: Uint8Array): Promise<boolean>;
}

export interface WalletTokenRecord {
  readonly tokenHash: Uint8Array;
  readonly userId: UserId;
  readonly createdAt: number;
  readonly extra: Readonly<Record<string, unknown>>;
}

export interface WalletTokenReader {
  byTokenHash(tokenHash: Uint8Array): Promise<WalletTokenRecord | undefined>;
  ofUser(userId: UserId): Promise<WalletTokenRecord[]>;
  all(): AsyncIterable<WalletTokenRecord>;
}

export interface WalletTokenWriter extends WalletTokenReader {
  create(token: WalletTokenRecord): Promise<void>;
  revoke(tokenHash: Uint8Array): Promise<boolean>;
  revokeAllOf(userId: UserId): Promise<number>;
}

export interface NonceWriter {
  /** False when it was consumed before. */
  consume(nonce: Uint8Array, expiresAt: number): Promise<boolean>;
  purgeExpired(now: number, limit: number): Promise<number>;
}

/** One-time values: login states, passkey challenges, step-up proofs. */
export interface ChallengeWriter {
  put(id: string, expiresAt: number, payload: Uint8Array): Promise<void>;
  /** Answers it once, and not at all when it has expired. */
  take(id: string, now: number): Promise<Uint8Array | undefined>;
  purgeExpired(now: number, limit: number): Promise<number>;
}

// ----------------------------------------------------------------------------------------------------------------- jobs

export interface JobInput {
  /** Unique; enqueuing it again changes nothing. */
  readonly id: string;
  /** Readable in the database: a word like `segment`, never data. */
  readonly kind: string;
  /** Lower goes first. */
  readonly priority: number;
  readonly payload: Uint8Array;
}

export interface LeasedJob extends JobInput {
  /** 1 at the first try. Names the lease together with the worker: a late worker cannot complete what another holds. */
  readonly attempt: number;
  readonly worker: string;
  readonly leaseUntil: number;
}

export interface JobRecord extends JobInput {
  readonly state: 'queued' | 'leased' | 'done' | 'poisoned';
  readonly attempts: number;
  readonly lease: { readonly worker: string; readonly until: number } | undefined;
  readonly result: Uint8Array | undefined;
  readonly failure: string | undefined;
}

/** Prover jobs: leases that expire, retries with a delay, and a poison state that needs a person. */
export interface JobQueue {
  /** False when a job of this id exists. */
  enqueue(job: JobInput): Promise<boolean>;
  lease(worker: string, kinds: readonly string[], ttlMs: number): Promise<LeasedJob | undefined>;
  /** STORE_LEASE_LOST when the lease has expired and somebody else may have the job. */
  heartbeat(job: LeasedJob, ttlMs: number): Promise<LeasedJob>;
  complete(job: LeasedJob, result: Uint8Array): Promise<void>;
  /** `failure` is sealed. The job waits `retryAfterMs`, or is poisoned when it has failed too often. */
  fail(job: LeasedJob, failure: string, retryAfterMs: number): Promise<'queued' | 'poisoned'>;
  /** Unfinished, and through no fault of its own: whoever asks next gets it at once. */
  giveBack(job: LeasedJob): Promise<void>;
  /** Ends the leases of a worker that is known to be dead: they can be taken at once. Answers how many there were. */
  reclaim(worker: string): Promise<number>;
  get(id: string): Promise<JobRecord | undefined>;
  counts(): Promise<Readonly<Record<JobRecord['state'], number>>>;
  /** The poisoned ones first, then those that are worked on or wait, as they come. */
  unfinished(limit: number): Promise<JobRecord[]>;
  remove(id: string): Promise<boolean>;
  /** Removes every job of this priority and all that come after it, leased ones too: their workers lose the lease. Answers how many. */
  removeFrom(priority: number): Promise<number>;
}

/** What a person does to the queue: in the transaction of its audit row. */
export interface JobWriter {
  /** Puts a poisoned job back with all its attempts. STORE_NOT_FOUND when there is no such poisoned job. */
  release(id: string): Promise<void>;
}

// ---------------------------------------------------------------------------------------------------------------- store

export interface StoreReads {
  readonly blocks: BlockReader;
  readonly transactions: TransactionReader;
  readonly eventLogs: EventLogReader;
  readonly logPostings: LogPostingReader;
  readonly denials: DenialReader;
  readonly batches: BatchReader;
  readonly proofs: ProofReader;
  readonly checkpoints: CheckpointReader;
  readonly audit: AuditReader;
  readonly users: UserReader;
  readonly sessions: SessionReader;
  readonly wallets: WalletReader;
  readonly walletTokens: WalletTokenReader;
}

export interface StoreWrites {
  /** Sees what this transaction has written so far. */
  readonly read: StoreReads;
  readonly blocks: BlockWriter;
  readonly eventLogs: EventLogWriter;
  readonly logPostings: LogPostingWriter;
  readonly denials: DenialWriter;
  readonly batches: BatchWriter;
  readonly proofs: ProofWriter;
  readonly checkpoints: CheckpointWriter;
  readonly audit: AuditWriter;
  readonly jobs: JobWriter;
  readonly users: UserWriter;
  readonly sessions: SessionWriter;
  readonly wallets: WalletWriter;
  readonly walletTokens: WalletTokenWriter;
  readonly consumedNonces: NonceWriter;
  readonly challenges: ChallengeWriter;
  /** Empties every table that is rebuilt from the block log. */
  clearDerived(): Promise<void>;
}

/** Rotation, online and in bounded steps. */
export interface StoreKeys {
  /** New records of every table are sealed with a new data key from now on. */
  rotateDataKeys(): Promise<void>;
  /** Seals at most about `rows` old records again; 0 when none is left, and then the old data keys are gone. */
  reencryptStep(rows: number): Promise<number>;
  /** Wraps all data keys under another KEK; the store opens with either until the files are done too. */
  rotateKek(next: Kek): Promise<void>;
  /** Wraps the keys of at most `files` files under the present KEK; answers how many it did, 0 when none is left. */
  rewrapFilesStep(files: number): Promise<number>;
}

export interface VerifyReport {
  readonly logEntries: number;
  readonly logGroups: number;
  readonly tables: number;
  readonly files: number;
}

export interface Store {
  readonly log: BlockLog;
  readonly read: StoreReads;
  readonly jobs: JobQueue;
  readonly files: FileStore;
  readonly keys: StoreKeys;
  /**
   * One commit; nothing is written when `work` throws. Writers wait for each other, so keep it short, and wait in it for nothing but the
   * writes it is given: an append to the log or another transaction would wait for itself and throws.
   */
  transaction<T>(work: (writes: StoreWrites) => Promise<T>): Promise<T>;
  /**
   * Reads and authenticates everything there is; throws the first error. Roots are for the caller, who replays `log`. Transactions wait
   * meanwhile; appends to the log do not.
   */
  verify(): Promise<VerifyReport>;
  close(): Promise<void>;
}
