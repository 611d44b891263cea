import type { CaseOutcome } from './run-case.ts';

export interface Tally {
  cases: number;
  run: number;
  passed: number;
  /** Of the passed: invalid transactions that were refused as they should be. */
  refusedAsExpected: number;
  /** Of the passed: plain transfers that the native path executed to the same leaves. */
  nativeToo: number;
  seconds: number;
  skipped: Record<string, number>;
  failures: string[];
}

export const emptyTally = (): Tally => ({
  cases: 0,
  run: 0,
  passed: 0,
  refusedAsExpected: 0,
  nativeToo: 0,
  seconds: 0,
  skipped: {},
  failures: [],
});

export function count(tally: Tally, name: string, outcome: CaseOutcome): void {
  tally.cases += 1;
  switch (outcome.kind) {
    case 'skipped':
      tally.skipped[outcome.reason] = (tally.skipped[outcome.reason] ?? 0) + 1;
      return;
    case 'failed':
      tally.run += 1;
      tally.failures.push(`${name}: ${outcome.detail}`);
      return;
    case 'passed':
      tally.run += 1;
      tally.passed += 1;
      if (outcome.refused) tally.refusedAsExpected += 1;
      if (outcome.native) tally.nativeToo += 1;
  }
}

export function add(into: Tally, other: Tally): void {
  into.cases += other.cases;
  into.run += other.run;
  into.passed += other.passed;
  into.refusedAsExpected += other.refusedAsExpected;
  into.nativeToo += other.nativeToo;
  into.seconds += other.seconds;
  into.failures.push(...other.failures);
  for (const [reason, cases] of Object.entries(other.skipped)) {
    into.skipped[reason] = (into.skipped[reason] ?? 0) + cases;
  }
}
