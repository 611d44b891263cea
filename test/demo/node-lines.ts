/** What the node says of its long steps on standard output, for the bars. */
export interface ProgressLines {
  /** Newest step of preparing circuits and keys. */
  readonly preparing: () => { readonly what: string; readonly done: number; readonly total: number } | undefined;
  /** Proofs of the range that holds a batch. */
  readonly proving: (batch: number) => { readonly done: number; readonly total: number } | undefined;
  read(line: string): void;
}

export function createProgressLines(): ProgressLines {
  let preparing: ReturnType<ProgressLines['preparing']>;
  const ranges = new Map<number, { from: number; to: number; done: number; total: number }>();
  return {
    preparing: () => preparing,
    proving: (batch) => [...ranges.values()].find(({ from, to }) => from <= batch && batch <= to),
    read(line) {
      const step = /^- preparing the prover: (.*) \((\d+)\/(\d+)\)$/.exec(line);
      if (step !== null) preparing = { what: step[1]!, done: Number(step[2]), total: Number(step[3]) };
      const range = /^- proving batches (\d+) to (\d+): (\d+) of (\d+) proofs$/.exec(line);
      if (range === null) return;
      const [from, to, done, total] = range.slice(1).map(Number) as [number, number, number, number];
      ranges.set(to, { from, to, done, total });
    },
  };
}
