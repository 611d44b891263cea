/** What the node says of its long steps on standard output, for the bars. */
export interface ProgressLines {
  /** Newest step of preparing circuits and keys. */
  readonly preparing: () => { readonly what: string; readonly done: number; readonly total: number } | undefined;
  /** Proofs of the range that ends with a batch. */
  readonly proving: (lastBatch: number) => { readonly done: number; readonly total: number } | undefined;
  read(line: string): void;
}

export function createProgressLines(): ProgressLines {
  let preparing: ReturnType<ProgressLines['preparing']>;
  const proving = new Map<number, { done: number; total: number }>();
  return {
    preparing: () => preparing,
    proving: (lastBatch) => proving.get(lastBatch),
    read(line) {
      const step = /^- preparing the prover: (.*) \((\d+)\/(\d+)\)$/.exec(line);
      if (step !== null) preparing = { what: step[1]!, done: Number(step[2]), total: Number(step[3]) };
      const range = /^- proving batches \d+ to (\d+): (\d+) of (\d+) proofs$/.exec(line);
      if (range !== null) proving.set(Number(range[1]), { done: Number(range[2]), total: Number(range[3]) });
    },
  };
}
