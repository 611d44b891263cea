import type { Block } from '../chain/block.ts';
import type { Store } from '../store/port.ts';
import { logKeysOf } from './log-keys.ts';

/** Next block whose logs are to be filed; once all are, the largest number, because from then on blocks and postings are one commit. */
const CHECKPOINT = 'log-postings';
const ALL = Number.MAX_SAFE_INTEGER;
const STEP = 200;

/** Files the logs of blocks that a version without postings wrote: once for a store, a bounded step a commit, going on where it was killed. */
export async function fileOlderLogs(
  store: Pick<Store, 'read' | 'transaction'>,
  latest: number,
  blockAt: (number: number) => Promise<Block | undefined>,
): Promise<void> {
  let next = await nextBlock(store);
  while (next !== ALL) {
    const found = await store.read.eventLogs.scan({ fromBlock: next, toBlock: latest, keys: [], limit: STEP });
    const postings: { block: number; keys: Uint8Array[] }[] = [];
    for (const { block: number } of found) {
      const block = await blockAt(number);
      if (block !== undefined) postings.push({ block: number, keys: logKeysOf(block) });
    }
    next = found.length < STEP ? ALL : found.at(-1)!.block + 1;
    const mark = encode(next);
    await store.transaction(async (writes) => {
      await writes.logPostings.put(postings);
      await writes.checkpoints.put(CHECKPOINT, mark);
    });
  }
}

async function nextBlock({ read }: Pick<Store, 'read'>): Promise<number> {
  const mark = await read.checkpoints.get(CHECKPOINT);
  return mark === undefined ? 0 : Number(Buffer.from(mark).readBigUInt64BE(0));
}

function encode(next: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(next));
  return bytes;
}
