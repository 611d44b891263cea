import type { Announcements } from '../announcements.ts';
import type { ChainReader, OutcomeReader, Simulator, Submitter } from '../port.ts';
import type { ForeignReads } from './foreign-reads.ts';

export interface LogLimits {
  /** Blocks that one request may span. */
  readonly blockRangeMax: number;
  /** Blocks with logs that one request may read. */
  readonly blocksReadMax: number;
  readonly logsMax: number;
  readonly answerBytesMax: number;
  /** Readers served at the same time. */
  readonly atOnceMax: number;
}

/** Everything that any method needs; each takes its slice. */
export interface MethodDeps {
  readonly chainId: bigint;
  /** What web3_clientVersion answers. */
  readonly clientVersion: string;
  readonly chain: ChainReader;
  readonly submitter: Submitter;
  readonly simulator: Simulator;
  readonly outcomes: OutcomeReader;
  readonly foreignReads: ForeignReads;
  readonly logLimits: LogLimits;
  readonly announcements: Announcements;
}
