/** The sealer between the pipeline's stores: what each sealed batch leaves behind, in the order that a start relies on. */

import type { Logger } from 'pino';
import type { Audit } from '../../audit/port.ts';
import type { Salts } from '../../chain/salts.ts';
import type { FreshDigest } from '../../prover/port.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { Withdrawals } from '../../sequencer/withdrawals.ts';
import type { Tree } from '../../state/port.ts';
import type { Store } from '../../store/port.ts';
import { writeArchive } from '../archive.ts';
import type { BatchBook } from '../batch-book.ts';
import { type BatchFactsStore, factsOf } from '../batch-facts.ts';
import type { ChainIndex } from '../chain-index.ts';
import type { CheckpointWriter } from '../checkpoint-writer.ts';
import type { NodeKeys } from '../keys.ts';
import { Sealer } from '../sealer.ts';
import type { DenialAudit } from './denial-audit.ts';
import type { PositionedLog } from './positioned-log.ts';

export interface CreateSealerDeps {
  readonly blockLog: PositionedLog;
  readonly withdrawals: Withdrawals;
  readonly tree: Tree;
  readonly salts: Salts;
  readonly keys: Pick<NodeKeys, 'saltKey'>;
  readonly book: BatchBook;
  readonly audit: Audit;
  readonly store: Pick<Store, 'files'>;
  readonly index: ChainIndex;
  readonly facts: BatchFactsStore;
  readonly denials: Pick<DenialAudit, 'mark'> | undefined;
  readonly writer: CheckpointWriter | undefined;
  /** The sequencer is made after the sealer. */
  readonly sequencer: () => Pick<Sequencer, 'state'>;
  readonly log: Logger;
  /** What is sealed on the side is forgotten. */
  readonly aside: boolean;
}

export function createSealer(before: FreshDigest, deps: CreateSealerDeps): Sealer {
  const { blockLog, withdrawals, tree, salts, keys, book, audit, store, index, facts, writer, log, aside, denials } =
    deps;
  return new Sealer(
    {
      log: blockLog,
      tree,
      salts,
      saltKey: keys.saltKey,
      book,
      async auditHead() {
        await audit.flush();
        return audit.head;
      },
      archive: async (batch, { digest }) => {
        if (aside) return 0n;
        const epoch = withdrawals.epochOf(batch.number, blockLog.position);
        return writeArchive(batch, digest, { files: store.files, index, epoch });
      },
      async onSealed(batch, after) {
        deps.sequencer().state.dropBatch(batch.number);
        if (aside) return;
        // Those of the last final batch stay: the one after it begins with its digest.
        if (batch.number >= book.final) await facts.put(factsOf(batch, after));
        // What the checkpoint does not hold must be in the tables.
        await index.flush();
        await writer?.onSealed(batch.number, blockLog.lastOf('sealed'), after, blockLog.isLive);
        if (!blockLog.isLive) return;
        await denials?.mark();
        log.info({ batch: Number(batch.number), blocks: batch.blockCount }, 'batch.sealed');
      },
    },
    before,
  );
}
