/** The sequencer between the pipeline's stages: where it reads, and who hears of its blocks, denials and batches. */

import type { Clock } from '../../base/clock.ts';
import type { Salts } from '../../chain/salts.ts';
import type { ClosedBatch } from '../../sequencer/batch.ts';
import { createDenialSigner } from '../../sequencer/denial-signer.ts';
import type { BatchStart } from '../../sequencer/open-batch.ts';
import type { ResumePoint } from '../../sequencer/resume-point.ts';
import { Sequencer, type SequencerOptions } from '../../sequencer/sequencer.ts';
import type { PriorityWatcher } from '../../settlement/priority-watcher.ts';
import type { Tree } from '../../state/port.ts';
import type { ChainIndex } from '../chain-index.ts';
import type { CheckpointWriter } from '../checkpoint-writer.ts';
import type { NodeKeys } from '../keys.ts';
import type { PolicyBook } from '../policy-book.ts';
import type { DenialAudit } from './denial-audit.ts';
import type { OwnBatches } from './own-batches.ts';
import type { PositionedLog } from './positioned-log.ts';
import type { ProcessedOperations } from './processed-operations.ts';
import { gatesPerTransaction } from './sequencer-options.ts';

export interface CreateSequencerDeps {
  readonly blockLog: PositionedLog;
  readonly tree: Tree;
  readonly policies: PolicyBook;
  readonly watcher: Pick<PriorityWatcher, 'from'>;
  readonly index: ChainIndex;
  readonly keys: Pick<NodeKeys, 'denialKey'>;
  readonly salts: Salts;
  readonly clock: Clock;
  /** None where nothing is written. */
  readonly denials: Pick<DenialAudit, 'onDenial'> | undefined;
  readonly own: OwnBatches;
  readonly processed: ProcessedOperations;
  readonly writer: CheckpointWriter | undefined;
  /** A batch is ready to be sealed. */
  readonly onClosed: (batch: ClosedBatch) => void;
}

export function createSequencer(
  options: SequencerOptions,
  start: BatchStart,
  resume: Omit<ResumePoint, 'start'> | undefined,
  deps: CreateSequencerDeps,
): Sequencer {
  const { blockLog, tree, policies, watcher, index, keys, salts, clock, denials, own, processed, writer } = deps;
  return new Sequencer(
    options,
    {
      log: blockLog,
      tree,
      executorOf: (root) => policies.executor(root),
      findUnknownList: (root, rootOf) => policies.findUnknownList(root, rootOf),
      operationsFrom: (from, limit) => watcher.from(from, limit),
      gatesOf: () => gatesPerTransaction,
      findOutcome: (hash) => index.outcome(hash),
      signer: createDenialSigner(keys.denialKey),
      salts,
      clock,
      events: {
        onBlock: (block) => index.onBlock(block),
        onDenial(denial, accepted) {
          index.onDenial(denial, accepted);
          denials?.onDenial(denial, accepted, blockLog.position);
        },
        onBatch(batch, resumePoint) {
          own.onClosed(batch);
          processed.onClosed(batch);
          if (resumePoint !== undefined) writer?.onClosed(batch.number, blockLog.lastOf('batch-closed'), resumePoint);
          deps.onClosed(batch);
        },
      },
    },
    start,
    resume,
  );
}
