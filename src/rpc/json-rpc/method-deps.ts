import type { Announcements } from '../announcements.ts';
import type { ChainReader, OutcomeReader, Simulator, Submitter } from '../port.ts';
import type { ForeignReads } from './foreign-reads.ts';

export interface LogLimits {
  readonly blockRangeMax: number;
  readonly logsMax: number;
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
