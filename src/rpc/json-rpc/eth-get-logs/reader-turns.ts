import { rpcError } from '../../errors.ts';

export interface TurnLimits {
  /** Readers served at the same time. */
  readonly atOnceMax: number;
  /** Requests of one reader that may wait. */
  readonly waitingMax: number;
}

/**
 * Work of one reader after the other, of several readers at once and in turns: so all of it together is bounded, and who asks much waits for
 * themselves. RPC_LOGS_BUSY tells a reader only of requests of their own.
 */
export class ReaderTurns {
  readonly #limits: TurnLimits;
  /** Of every reader who waits or is served. */
  readonly #waiting = new Map<string, (() => Promise<void>)[]>();
  readonly #line: string[] = [];
  #served = 0;

  constructor(limits: TurnLimits) {
    this.#limits = limits;
  }

  take<T>(reader: string, work: () => Promise<T>): Promise<T> {
    const waiting = this.#waiting.get(reader);
    if (waiting !== undefined && waiting.length >= this.#limits.waitingMax) throw rpcError('RPC_LOGS_BUSY');
    return new Promise((resolve, reject) => {
      const turn = () => work().then(resolve, reject);
      if (waiting === undefined) {
        this.#waiting.set(reader, [turn]);
        this.#line.push(reader);
      } else waiting.push(turn);
      this.#serve();
    });
  }

  #serve(): void {
    while (this.#served < this.#limits.atOnceMax && this.#line.length > 0) {
      const reader = this.#line.shift()!;
      const turn = this.#waiting.get(reader)!.shift()!;
      this.#served += 1;
      void turn().finally(() => {
        this.#served -= 1;
        if (this.#waiting.get(reader)!.length === 0) this.#waiting.delete(reader);
        else this.#line.push(reader);
        this.#serve();
      });
    }
  }
}
