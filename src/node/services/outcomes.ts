import { InvariantError } from '../../base/assert.ts';
import type { OutcomeReader } from '../../rpc/port.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { BatchBook } from '../batch-book.ts';
import type { ChainIndex } from '../chain-index.ts';

export function createOutcomeReader(deps: { sequencer: Sequencer; index: ChainIndex; book: BatchBook }): OutcomeReader {
  const { sequencer, index, book } = deps;
  return {
    async outcome(hash) {
      // In one step: a block may take it while we wait for anything.
      const waiting = sequencer.pending(hash);
      if (waiting !== undefined) return { sender: waiting.sender, outcome: { kind: 'pending' }, final: false };
      const outcome = await index.outcome(hash);
      if (outcome === undefined) return undefined;
      switch (outcome.kind) {
        case 'pending':
          throw new InvariantError('what waits is not in the index');
        case 'denied':
          return { sender: outcome.denial.sender, outcome, final: outcome.denial.batch <= book.counts.executed };
        case 'included': {
          const found = await index.item(hash);
          // An operation has no sender on this chain who could ask.
          if (found === undefined || found.item.kind !== 'transaction') return undefined;
          return { sender: found.item.transaction.sender, outcome, final: outcome.batch <= book.counts.executed };
        }
      }
    },
  };
}
