/** The named places at which a node is killed: each is the moment between two steps of which one survives and the other does not. */

export interface KillPoint {
  readonly name: string;
  readonly when: string;
  /** Reached by what clients send; the others come with the batch clock, Ethereum and the prover. */
  readonly quick?: true;
  /** Passes that the seed may let go by before it kills. */
  readonly passesMax?: number;
  /** The seed waits up to this long into the work, milliseconds. */
  readonly delayMsMax?: number;
  /** Needs real proofs: minutes. */
  readonly proving?: true;
  /** Reached when batches are taken back: the run makes Ethereum lose a deposit. */
  readonly unwinding?: true;
}

const inProof = { proving: true, delayMsMax: 8_000 } as const;

export const KILL_POINTS = [
  { name: 'accept.unwritten', when: 'a transaction is admitted, nothing is on disk', quick: true, passesMax: 3 },
  { name: 'accept.unanswered', when: 'it is durable, its hash has not been answered', quick: true, passesMax: 3 },
  { name: 'replace.unanswered', when: 'a replacement is durable, not answered', quick: true, passesMax: 1 },
  { name: 'denial.unwritten', when: 'a denial is signed, not on disk', quick: true, passesMax: 1 },
  { name: 'denial.unanswered', when: 'a denial is durable, its sender does not know', quick: true, passesMax: 1 },
  { name: 'block.unwritten', when: 'a block is built, not on disk', quick: true, passesMax: 2 },
  { name: 'block.unseen', when: 'a block is durable, nobody has seen it', quick: true, passesMax: 2 },
  { name: 'outcome.uncommitted', when: 'outcomes are written to the tables, not committed', quick: true, passesMax: 2 },
  { name: 'audit.uncommitted', when: 'rows of the audit log are written, not committed', quick: true, passesMax: 2 },
  { name: 'session.unanswered', when: 'a login is durable, its token not answered', quick: true },
  { name: 'watcher.seen', when: 'operations of Ethereum are read, in no block yet' },
  { name: 'open.unseen', when: 'a batch is opened with operations, nobody has seen it' },
  { name: 'close.unwritten', when: 'a batch is closed, not on disk' },
  { name: 'close.unsealed', when: 'the end of a batch is durable, its seal not begun' },
  { name: 'archive.half', when: 'half of a batch archive is written' },
  { name: 'archive.unsealed', when: 'the archive is durable, the seal is not' },
  { name: 'seal.unwritten', when: 'roots are computed, the seal is not on disk' },
  { name: 'seal.unbooked', when: 'the seal is durable, nothing follows from it yet' },
  { name: 'checkpoint.half', when: 'half of what the next start goes on from is written' },
  { name: 'checkpoint.unlisted', when: 'a checkpoint is whole, its list does not say so' },
  { name: 'job.enqueued', when: 'a proving job is in the queue', proving: true, passesMax: 1 },
  { name: 'job.leased', when: 'a worker has taken a job', proving: true, passesMax: 1 },
  { name: 'job.witnessed', when: 'the witness of a job is made', proving: true, passesMax: 1 },
  { name: 'proof.segment', when: 'in the middle of the proof of a segment', ...inProof },
  { name: 'proof.merge', when: 'in the middle of the proof of a merge', ...inProof },
  { name: 'proof.wrap', when: 'in the middle of the proof for Ethereum', ...inProof },
  { name: 'proof.unstored', when: 'a proof is made, not stored', proving: true, passesMax: 1 },
  { name: 'proof.stored', when: 'a proof is stored, nothing follows from it yet', proving: true, passesMax: 1 },
  { name: 'range.stored', when: 'the proof for Ethereum is kept for settlement', proving: true },
  { name: 'commit.unsent', when: 'a commit is signed, not sent' },
  { name: 'commit.sent', when: 'a commit is sent, the answer is lost' },
  { name: 'commit.replaced', when: 'a commit that did not move is replaced with higher fees' },
  { name: 'commit.mined', when: 'a commit is mined, not recorded' },
  { name: 'prove.unsent', when: 'a proof for Ethereum is signed, not sent', proving: true },
  { name: 'prove.sent', when: 'it is sent, the answer is lost', proving: true },
  { name: 'prove.mined', when: 'it is mined, not recorded', proving: true },
  { name: 'execute.unsent', when: 'an execution is signed, not sent', proving: true },
  { name: 'execute.sent', when: 'an execution is sent, the answer is lost', proving: true },
  { name: 'execute.mined', when: 'an execution is mined, not recorded', proving: true },
  { name: 'withdraw.unwritten', when: 'batches are to be taken back, nothing is on disk', unwinding: true },
  { name: 'withdraw.unfollowed', when: 'a withdrawal is durable, nothing follows from it yet', unwinding: true },
  { name: 'withdraw.half', when: 'jobs of withdrawn batches are gone, tables stand', unwinding: true },
  { name: 'withdraw.uncommitted', when: 'tables have followed a withdrawal, not committed', unwinding: true },
  { name: 'withdraw.done', when: 'all is taken back, nothing is executed again', unwinding: true },
  { name: 'again.unwritten', when: 'a block is executed again, not on disk', unwinding: true, passesMax: 2 },
  { name: 'again.half', when: 'some of it is executed again, the rest waits', unwinding: true, passesMax: 3 },
  { name: 'again.done', when: 'all is executed again, nothing settles yet', unwinding: true },
  { name: 'shutdown.begun', when: 'asked to stop, a moment ago', delayMsMax: 600 },
  { name: 'shutdown.closing', when: 'asked to stop, about to close the store, Ethereum stopped' },
] as const satisfies readonly KillPoint[];

export type KillPointName = (typeof KILL_POINTS)[number]['name'];

/** What a life is told: the first of these that is reached ends it. */
export interface Armed {
  readonly name: KillPointName;
  /** Passes to let go by. */
  readonly passes: number;
  readonly delayMs: number;
}

/** How a life is told of it, and where it writes which point ended it. */
export const ARMED_VARIABLE = 'KILL_POINTS_ARMED';
export const REPORT_VARIABLE = 'KILL_POINT_REPORT';

/** Set, the store forgets to write what it accepts: a node that lies, which a run must find out. */
export const FORGETFUL_VARIABLE = 'KILL_POINTS_FORGETFUL';
