/**
 * The youngest moment, in Ethereum's own time, up to which operations were confirmed when some could be taken. Kept over restarts, and written
 * before they are taken: an Ethereum node that has not come past it yet may only lag when it shows fewer of them.
 */

import type { PriorityChainView } from '../settlement/port.ts';
import type { Store } from '../store/port.ts';

const momentName = 'l1-operations-confirmed';

type Seen = Pick<PriorityChainView, 'confirmed' | 'confirmedTime' | 'rollAfter'>;

export class L1Moment {
  readonly #store: Pick<Store, 'read' | 'transaction'>;
  #time: bigint | undefined;
  /** Of all operations that were confirmed by then, as far as this life knows. */
  #roll: bigint | undefined = 0n;

  constructor(store: Pick<Store, 'read' | 'transaction'>) {
    this.#store = store;
  }

  /** Seconds since the epoch; 0 when there were none. */
  async time(): Promise<bigint> {
    if (this.#time === undefined) {
      const value = await this.#store.read.checkpoints.get(momentName);
      this.#time = value === undefined ? 0n : BigInt(Buffer.from(value).toString());
    }
    return this.#time;
  }

  /** To be awaited before an operation is taken that was seen only now. */
  async remember(watcher: Seen): Promise<void> {
    const { confirmedTime = 0n } = watcher;
    const roll = watcher.rollAfter(watcher.confirmed);
    if (roll === this.#roll) return;
    if (confirmedTime > (await this.time())) {
      await this.#store.transaction((writes) =>
        writes.checkpoints.put(momentName, Buffer.from(confirmedTime.toString())),
      );
      this.#time = confirmedTime;
    }
    this.#roll = roll;
  }
}
