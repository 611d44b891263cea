import { bytesToBigInt } from '../base/bytes.ts';
import type { Block } from '../chain/block.ts';
import type { SignedDenial } from '../chain/denial.ts';
import type { Journal } from './journal.ts';
import type { BlockEntry, LogEntry } from './log-entries.ts';
import type { Mempool } from './mempool.ts';
import { lastOfBlock } from './operation-parts.ts';
import type { SequencerEvents } from './port.ts';

export interface PublisherDeps {
  readonly journal: Journal;
  readonly mempool: Pick<Mempool, 'written'>;
  readonly events: Pick<SequencerEvents, 'onBlock' | 'onDenial'>;
}

/** Blocks and the denials that came with them: first durable, then told (G7). */
export class Publisher {
  readonly #deps: PublisherDeps;

  constructor(deps: PublisherDeps) {
    this.#deps = deps;
  }

  /** `before` are entries that must be durable with them. */
  async publish(
    block: Block | undefined,
    denials: readonly SignedDenial[] = [],
    before: readonly LogEntry[] = [],
  ): Promise<void> {
    const entries: LogEntry[] = [...before, ...denials.map((denial) => ({ kind: 'denial', denial }) as const)];
    if (block !== undefined) entries.push(lastOfBlock(blockEntry(block)));
    await this.#deps.journal.write(entries);
    this.tell(block, denials);
  }

  /** What is durable is told, and from here on it is found there. */
  tell(block: Block | undefined, denials: readonly SignedDenial[] = []): void {
    const { mempool, events } = this.#deps;
    for (const denial of denials) events.onDenial(denial, true);
    if (block !== undefined) events.onBlock(block);
    mempool.written();
  }
}

const blockEntry = (block: Block): BlockEntry => ({
  kind: 'block',
  number: block.number,
  timestamp: block.timestamp,
  operations: block.items.flatMap((item) => (item.kind === 'operation' ? [item.operation] : [])),
  transactions: block.items.flatMap((item) =>
    item.kind === 'transaction' ? [bytesToBigInt(item.transaction.hash)] : [],
  ),
  hash: block.hash,
});
