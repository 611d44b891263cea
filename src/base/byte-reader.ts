/** Reads a stream of bytes in pieces of the reader's choosing, whatever pieces it comes in. */
export class ByteReader {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  }

  /** The next `length` bytes, in memory of their own; undefined when the stream ends before. */
  async take(length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const bytes = new Uint8Array(length);
    for (let filled = 0; filled < length; ) {
      if (!(await this.#hold())) return undefined;
      const part = this.#held.subarray(0, length - filled);
      bytes.set(part, filled);
      filled += part.length;
      this.#held = this.#held.subarray(part.length);
    }
    return bytes;
  }

  /** True when nothing is left. */
  async isAtEnd(): Promise<boolean> {
    return !(await this.#hold());
  }

  /** What is left, as it comes. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    while (await this.#hold()) {
      const chunk = this.#held;
      this.#held = new Uint8Array();
      yield chunk;
    }
  }

  /** Ends the source early. */
  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #hold(): Promise<boolean> {
    while (this.#held.length === 0) {
      const { done, value } = await this.#source.next();
      if (done === true) return false;
      this.#held = value;
    }
    return true;
  }
}
