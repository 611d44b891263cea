/**
 * Work accepted and not yet proven, in gates: what waits in the lanes and what stands in batches without a proof. Past the limit a
 * submission is answered "busy" (back-pressure), so every gate that comes in must go out again: with a denial, or with its batch's proof.
 */
export class ProvingBacklog {
  #waiting = 0;
  readonly #batches = new Map<bigint, number>();
  #proven = 0n;

  get gates(): number {
    let sum = this.#waiting;
    for (const gates of this.#batches.values()) sum += gates;
    return sum;
  }

  /** Gates of the batches without a proof. */
  get batches(): (readonly [batch: bigint, gates: number])[] {
    return [...this.#batches];
  }

  /** Takes up the batches of an earlier life. */
  restore(batches: Iterable<readonly [batch: bigint, gates: number]>): void {
    for (const [batch, gates] of batches) this.#batches.set(batch, gates);
  }

  /** A transaction starts to wait. */
  accept(gates: number): void {
    this.#waiting += gates;
  }

  /** It ended without being included. */
  release(gates: number): void {
    this.#waiting -= gates;
  }

  /** It left its lane for `batch`. */
  include(batch: bigint, gates: number): void {
    this.#waiting -= gates;
    if (batch > this.#proven) this.#batches.set(batch, (this.#batches.get(batch) ?? 0) + gates);
  }

  /** The batches from `from` on are taken back; what stood in them is accepted anew. */
  withdraw(from: bigint): void {
    if (this.#proven >= from) this.#proven = from - 1n;
    for (const batch of this.#batches.keys()) if (batch >= from) this.#batches.delete(batch);
  }

  /** Every batch up to this one has its proof. */
  proven(batch: bigint): void {
    if (batch > this.#proven) this.#proven = batch;
    for (const number of this.#batches.keys()) if (number <= batch) this.#batches.delete(number);
  }
}
