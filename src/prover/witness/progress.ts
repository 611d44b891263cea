/** How begin, blocks and records move the digest (docs/PROTOCOL.md 3): the TypeScript half of what circuits check. */

import type { BatchContext } from '../../chain/block-context.ts';
import { hashBlock } from '../../chain/block-hash.ts';
import type { BridgeDomain } from '../../chain/bridge-domain.ts';
import type { Digest } from '../../chain/digest.ts';
import { appendToFrontier, hashFrontier } from '../../chain/frontier.ts';
import { hashMessage, rollMessage } from '../../chain/message.ts';
import { fromWord, toWord } from '../../chain/word.ts';
import type { OutgoingMessage } from '../../execution/port.ts';
import type { Progress } from './port.ts';

export const domainOf = ({ l1ChainId, bridge, chainId }: Digest): BridgeDomain => ({ l1ChainId, bridge, chainId });

const emptyBlock = { txIndex: 0n, cumulativeGas: 0n, logIndex: 0n } as const;

export function beginBatch(progress: Progress, context: BatchContext, policyRoot: bigint, slot: bigint): Progress {
  const { digest } = progress;
  const timestamp = slot * context.batchIntervalSeconds;
  const blockNumber = digest.blockNumber + 1n;
  return { ...progress, digest: { ...digest, policyRoot, slot, timestamp, blockNumber, ...emptyBlock } };
}

/** The ring after the current block. */
export function closeBlock({ digest, ring, frontier }: Progress) {
  const hash = hashBlock({ ...digest, number: digest.blockNumber, txFrontier: hashFrontier(frontier) });
  return ring.with(digest.blockNumber, hash);
}

export function openBlock(progress: Progress, timestamp: bigint): Progress {
  const { digest } = progress;
  const ring = closeBlock(progress);
  const blockNumber = digest.blockNumber + 1n;
  return { ...progress, ring, digest: { ...digest, blockHashes: ring.root, blockNumber, timestamp, ...emptyBlock } };
}

/** Appends a record with its logs and messages. */
export function addRecord(
  progress: Progress,
  record: bigint,
  { gasUsed, logs, messages }: { gasUsed: bigint; logs: number; messages: readonly OutgoingMessage[] },
): Progress {
  const { digest } = progress;
  const frontier = appendToFrontier(progress.frontier, record);
  let roll = fromWord({ hi: digest.messagesHi, lo: digest.messagesLo });
  messages.forEach((message, i) => {
    const index = Number(digest.messageCount) + i;
    roll = rollMessage(roll, hashMessage(domainOf(digest), { ...message, batch: digest.batchNumber, index }));
  });
  const { hi, lo } = toWord(roll);
  return {
    ...progress,
    frontier,
    digest: {
      ...digest,
      txFrontier: hashFrontier(frontier),
      txCount: digest.txCount + 1n,
      txIndex: digest.txIndex + 1n,
      cumulativeGas: digest.cumulativeGas + gasUsed,
      logIndex: digest.logIndex + BigInt(logs),
      messagesHi: hi,
      messagesLo: lo,
      messageCount: digest.messageCount + BigInt(messages.length),
    },
  };
}
