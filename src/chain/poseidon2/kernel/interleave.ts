/** Code that is written in steps and ends in locals, so that two independent computations can be written in turns. */
export type Emission = Generator<void, number[]>;

export function finish(emission: Emission): number[] {
  for (;;) {
    const step = emission.next();
    if (step.done === true) return step.value;
  }
}

/** Writes `turns[i]` steps of each in turn: a processor looks a few hundred instructions ahead, less than one reduction. */
export function interleave(emissions: readonly Emission[], turns: readonly number[]): number[][] {
  const results: (number[] | undefined)[] = emissions.map(() => undefined);
  while (results.includes(undefined)) {
    for (const [i, emission] of emissions.entries()) {
      for (let step = 0; step < turns[i]! && results[i] === undefined; step++) {
        const { done, value } = emission.next();
        if (done === true) results[i] = value;
      }
    }
  }
  return results as number[][];
}
