/** What a withdrawal needs of batches that this life has not executed, since it started from a checkpoint behind them: from the log and the facts. */

import { assert } from '../base/assert.ts';
import type { BridgeDomain } from '../chain/bridge-domain.ts';
import type { SignedDenial } from '../chain/denial.ts';
import { fromWord } from '../chain/word.ts';
import type { FreshDigest } from '../prover/port.ts';
import { decodeEntry } from '../sequencer/log-entries.ts';
import type { BatchStart } from '../sequencer/open-batch.ts';
import type { BlockLogReader } from '../store/port.ts';
import type { BatchFacts } from './batch-facts.ts';

/** Denials of the standing batches from `from` to `through`, as the log has them. Reads the whole log. */
export async function denialsInLog(
  log: Pick<BlockLogReader, 'read'>,
  from: bigint,
  through: bigint,
): Promise<Map<bigint, SignedDenial[]>> {
  const found = new Map<bigint, SignedDenial[]>();
  let loose: SignedDenial[] = [];
  let open: bigint | undefined;
  /** Of withdrawn batches: they begin the list of the batch that takes the number. */
  const carried = new Map<bigint, SignedDenial[]>();
  for await (const { kind, payload } of log.read(1)) {
    const entry = decodeEntry(kind, payload);
    switch (entry.kind) {
      case 'batch-opened': {
        open = entry.batch;
        const before = carried.get(open);
        carried.delete(open);
        found.set(open, before ?? loose);
        if (before === undefined) loose = [];
        break;
      }
      case 'denial':
        (open === undefined ? loose : found.get(open)!).push(entry.denial);
        break;
      case 'batch-closed':
        if (entry.batch < from) found.delete(entry.batch);
        open = undefined;
        break;
      case 'withdrawn':
        for (const [batch, denials] of found) {
          if (batch < entry.from) continue;
          carried.set(batch, denials);
          found.delete(batch);
        }
        open = undefined;
        break;
    }
  }
  for (const batch of found.keys()) if (batch < from || batch > through) found.delete(batch);
  return found;
}

/** Where a batch began: its own facts, and what the batch before it left. */
export function startOf(
  domain: BridgeDomain,
  { number, ring, context }: BatchFacts,
  { digest }: FreshDigest,
  lastSlot: bigint,
): BatchStart {
  assert(digest.batchNumber === number && ring.root === digest.blockHashes, 'facts of neighbours fit');
  return {
    domain,
    number,
    blockNumber: digest.blockNumber,
    timestamp: digest.timestamp,
    ring,
    parentHash: ring.hashAt(digest.blockNumber),
    context,
    priorityRoll: fromWord({ hi: digest.priorityHi, lo: digest.priorityLo }),
    priorityIndex: digest.priorityIndex,
    lastSlot,
  };
}
