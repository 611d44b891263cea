import { describe, expect, it } from 'vitest';
import { readCaseTable } from '../../src/policy/cases/case-table.ts';
import { evaluatorDecides, runCases } from '../../src/policy/cases/run-cases.ts';
import { testPolicy } from '../../src/policy/use-cases/test-policy.ts';
import { compile, readPolicyFile } from './fixtures.ts';

describe.each(['minimal', 'large'])('policies/%s.cases.yaml', (name) => {
  const policy = compile(readPolicyFile(`${name}.yaml`));
  const table = readCaseTable(readPolicyFile(`${name}.cases.yaml`), policy, `${name}.cases.yaml`);

  it.each(table.cases.map((testCase) => [testCase.text, testCase] as const))('%s', (_, testCase) => {
    const { answer, ruleId } = evaluatorDecides(policy, table.facts)(testCase);
    expect(`${answer} ${ruleId}`).toBe(`${testCase.expected.answer} ${testCase.expected.ruleId}`);
  });

  it('denies at least as often as it allows', () => {
    const count = (answer: string) => table.cases.filter(({ expected }) => expected.answer === answer).length;
    expect(table.cases.length).toBeGreaterThan(20);
    expect(count('deny')).toBeGreaterThanOrEqual(count('allow'));
  });
});

const minimal = compile(readPolicyFile('minimal.yaml'));
const cases = readPolicyFile('minimal.cases.yaml');

describe('a decision table that is wrong', () => {
  const row = '[alice, customer, transfer, bob, 10 ether, allow, write.native.transfer#customer]';
  const failing: [string, string, string][] = [
    ['answer', row.replace('allow', 'deny'), 'allow by write.native.transfer#customer'],
    ['rule', row.replace('#customer', '#other'), 'allow by write.native.transfer#customer'],
    ['amount', row.replace('10 ether', '251 ether'), 'deny by write.native.transfer#customer'],
  ];
  it.each(failing)('in its %s fails, with its line', async (_, changed, answered) => {
    const text = cases.replace(row, changed);
    expect(text).not.toBe(cases);
    const line = text.split('\n').findIndex((entry) => entry.includes(changed)) + 1;
    const report = await testPolicy(minimal, text);
    expect(report).toMatchObject({ ok: false, failures: [{ line, answered }] });
  });

  it.each([
    ['a stranger', row.replace('alice', 'zoe'), "nobody is called 'zoe'"],
    ['roles that are not true', row.replace('customer', 'auditor'), 'alice has customer'],
    ['an unknown deed', row.replace('transfer,', 'steal,'), "'steal' is nothing that can be done"],
    ['an unknown function', row.replace('transfer,', 'baseToken.mint,'), "no function 'mint'"],
    ['a bad amount', row.replace('10 ether', '10'), 'an amount with its unit'],
    ['an unknown answer', row.replace('allow', 'maybe'), 'one of allow'],
    ['an unknown recipient', row.replace('bob', 'zoe'), "'zoe' is nobody"],
    ['a cell too few', row.replace(', 10 ether', ''), ''],
  ])('because of %s is refused', (_, changed, message) => {
    expect(() => readCaseTable(cases.replace(row, changed), minimal)).toThrow(/^POLICY_CASES_INVALID: cases:\d+:\d+: /);
    expect(() => readCaseTable(cases.replace(row, changed), minimal)).toThrow(message);
  });

  it('because it has no rows, unknown columns or no YAML is refused', () => {
    const head = cases.slice(0, cases.indexOf('cases:'));
    expect(() => readCaseTable(`${head}cases: []\n`, minimal)).toThrow(/^POLICY_CASES_INVALID/);
    expect(() => readCaseTable(cases.replace('columns: [who', 'columns: [whom'), minimal)).toThrow(
      /^POLICY_CASES_INVALID/,
    );
    expect(() => readCaseTable('[', minimal)).toThrow(/^POLICY_CASES_INVALID: cases:1:2/);
  });
});

it('another who answers without rule ids is compared by the answer', async () => {
  const table = readCaseTable(cases, minimal);
  const results = await runCases(table, () => ({ answer: 'deny', ruleId: undefined }));
  expect(results.filter(({ passed }) => passed)).toHaveLength(
    table.cases.filter(({ expected }) => expected.answer === 'deny').length,
  );
});
