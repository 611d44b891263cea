import type { Config } from '../../config/schema.ts';
import type { SequencerOptions } from '../../sequencer/sequencer.ts';

/** Operations of L1 that a batch takes (ADR 0011). */
export const operationsPerBatchMax = 256;

/** The denials beside a block of so many must fit into one append (denial-room.ts). */
export const blockTransactionsMax = 2_000;

/** Gates of a transfer's share in its segment, seal and merges, until the snapshot of gates says otherwise. */
export const gatesPerTransaction = 180_000;

export const sequencerOptionsOf = (config: Config, chainId: bigint): SequencerOptions => ({
  chainId,
  mempoolTransactionsMax: config['chain.mempoolTransactionsMax'],
  mempoolPerSenderMax: config['chain.mempoolPerSenderMax'],
  nonceAheadMax: config['chain.nonceAheadMax'],
  provingBacklogMaxGates: config['chain.provingBacklogMaxGates'],
  replacementFeePercent: 10,
  blockTransactionsMax,
  batchTransactionsMax: 1_000_000,
  operationsPerBatchMax,
  nonceGapMs: config['chain.nonceGapSecondsMax'] * 1000,
  denialsPerMinuteMax: config['chain.denialsPerMinuteMax'],
});
