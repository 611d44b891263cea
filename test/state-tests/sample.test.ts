/** A small, fixed part of the official state tests in every test run; `npm run test:state` runs them all. Counts are asserted. */

import { describe, expect, test } from 'vitest';
import { allowAllPolicy } from './allow-all-policy.ts';
import { type FixtureCase, readCases } from './fixture.ts';
import { createCaseRunner } from './run-case.ts';

/** Cases and how many of them run; the rest are blob transactions or balances of 2^127 and more. */
const SAMPLE = {
  stExample: [35, 35],
  stCreate2: [181, 169],
  stEIP2930: [137, 137],
  stEIP3607: [12, 12],
  stLogTests: [36, 36],
  stRefundTest: [22, 22],
  stRevertTest: [98, 98],
  stSelfBalance: [6, 6],
  stSStoreTest: [338, 338],
  Shanghai: [24, 24],
} as const;

const folder = process.env['STATE_TESTS'] || undefined;
const total = Object.values(SAMPLE).reduce((sum, [cases]) => sum + cases, 0);
if (folder === undefined) console.warn(`SKIPPED: ${total} official state tests, because STATE_TESTS names no folder`);

describe.skipIf(folder === undefined)('official state tests on our leaves, Cancun', () => {
  test.each(Object.entries(SAMPLE))('%s', async (category, [cases, run]) => {
    const runner = await createCaseRunner(allowAllPolicy());
    const failures: string[] = [];
    const counts = { cases: 0, run: 0 };
    for (const fixture of readCases(folder!, category)) {
      const outcome = await runner.run(fixture);
      counts.cases += 1;
      if (outcome.kind !== 'skipped') counts.run += 1;
      if (outcome.kind === 'failed') failures.push(`${fixture.name}: ${outcome.detail}`);
    }
    expect(failures).toEqual([]);
    expect(counts).toEqual({ cases, run });
  });

  test('a wrong root, wrong logs, another balance or a missing exception are noticed', async () => {
    const runner = await createCaseRunner(allowAllPolicy());
    const first = (category: string, wanted: (fixture: FixtureCase) => boolean): FixtureCase => {
      for (const fixture of readCases(folder!, category)) if (wanted(fixture)) return fixture;
      throw new Error('no such case');
    };
    const good = first('stLogTests', () => true);
    const refused = first('stEIP3607', ({ expected }) => expected.exception !== undefined);
    const [account, ...others] = good.pre;
    const tampered: FixtureCase[] = [
      { ...good, expected: { ...good.expected, root: good.expected.root ^ 1n } },
      { ...good, expected: { ...good.expected, logs: good.expected.logs ^ 1n } },
      { ...good, expected: { ...good.expected, exception: 'TransactionException.X' } },
      { ...good, pre: [{ ...account!, balance: account!.balance + 1n }, ...others] },
      { ...good, env: { ...good.env, baseFee: good.env.baseFee + 1n } },
      { ...refused, expected: { ...refused.expected, exception: undefined } },
      { ...refused, expected: { ...refused.expected, root: 1n } },
    ];
    expect((await runner.run(good)).kind).toBe('passed');
    expect((await runner.run(refused)).kind).toBe('passed');
    for (const fixture of tampered) expect((await runner.run(fixture)).kind).toBe('failed');
  });
});
