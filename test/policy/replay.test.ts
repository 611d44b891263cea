import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/policy/canonical-json.ts';
import { createFacts } from '../../src/policy/facts.ts';
import { createListTree } from '../../src/policy/lists/list-tree.ts';
import { encodeDecisionRecord } from '../../src/policy/replay/decision-record.ts';
import { recordDecision } from '../../src/policy/replay/record-decision.ts';
import { replayDecision } from '../../src/policy/replay/replay-decision.ts';
import { ALICE, BOB, CUSTOMER, compile, identity, readPolicyFile, TEST_SALT, transfer } from './fixtures.ts';

const text = readPolicyFile('minimal.yaml');
const policy = compile(text);
const lists = new Map([[1n, createListTree(1n, [0x777n], TEST_SALT)]]);
const facts = createFacts({
  identities: new Map([
    [ALICE, identity(CUSTOMER)],
    [BOB, identity(CUSTOMER)],
  ]),
  lists,
  inserted: new Map([[1n, new Set([0x888n])]]),
});
const record = (request = transfer(), f = facts) =>
  encodeDecisionRecord(recordDecision(policy, request, f, (list) => lists.get(list)?.root ?? 0n));

describe('a recorded decision', () => {
  it('replays to the same bytes, allowed or denied', () => {
    for (const request of [
      transfer(),
      transfer({ value: 10n ** 30n }),
      transfer({ to: 0x777n }),
      transfer({ to: undefined }),
      transfer({ signer: 9n }),
    ]) {
      const recorded = record(request);
      const again = replayDecision({ record: recorded, policy: compile(text), lists });
      expect(again).toEqual(recordDecision(policy, request, facts, () => 0n).decision);
      expect(JSON.parse(recorded).decision).toEqual(JSON.parse(canonicalJson({ ...again })));
    }
  });

  it('says what it rested on and no more', () => {
    const parsed = JSON.parse(record()) as {
      identities: unknown[];
      listRoots: { root: string }[];
      listLeafAnswers: unknown[];
    };
    expect(parsed.identities).toHaveLength(2);
    expect(parsed.listRoots).toEqual([{ list: '1', root: String(lists.get(1n)!.root) }]);
    expect(parsed.listLeafAnswers).toHaveLength(2);
    expect(JSON.parse(record(transfer({ signer: 5n })))).toMatchObject({
      identities: [{ address: '5' }],
      listRoots: [],
    });
  });

  const edit = (from: string | RegExp, to: string): string => {
    const edited = record().replace(from, to);
    expect(edited).not.toBe(record());
    return edited;
  };
  it.each<[string, () => string]>([
    ['another rule', () => edit('native.transfer#customer', 'native.transfer#other')],
    ['another position', () => edit('"position":2', '"position":3')],
    [
      'an allowance turned into a denial',
      () =>
        edit(
          /"decision":\{.*?\}/,
          '"decision":{"allow":false,"cause":"no-rule","code":"POLICY_DENIED","reason":"","ruleId":"deny.default"}',
        ),
    ],
    ['a larger amount', () => edit('"value":"1"', `"value":"${10n ** 30n}"`)],
    ['an identity with other roles', () => edit('"roles":"1"', '"roles":"2"')],
    ['an identity that is missing', () => edit(/\{"address":"\d+","expiry":"0","flags":"0","roles":"1"\},/, '')],
    [
      'an identity that was not asked for',
      () => edit('"identities":[', '"identities":[{"address":"5","expiry":"0","flags":"0","roles":"1"},'),
    ],
    ['another list root', () => edit(/"root":"\d+"/, '"root":"5"')],
    ['a list answer turned', () => edit(/("listRootAnswers":\[\{[^}]*"inside":)false/, '$1true')],
    ['a LIST leaf that is missing', () => edit(/"listLeafAnswers":\[.*?\]/, '"listLeafAnswers":[]')],
    ['another policy root', () => edit(/"policyRoot":"\d/, '"policyRoot":"9')],
    ['white space', () => record().replace('{', '{ ')],
    ['another key order', () => edit(/^\{("decision":\{[^}]*\}),(.*)\}$/, '{$2,$1}')],
    ['an extra field', () => edit('{"decision"', '{"a":1,"decision"')],
    ['no JSON', () => 'x'],
    ['an empty object', () => '{}'],
  ])('with %s is refused', (_, edited) => {
    expect(() => replayDecision({ record: edited(), policy, lists })).toThrow(/^POLICY_REPLAY_MISMATCH/);
  });

  it('is refused under another policy or other lists', () => {
    const other = compile(text.replace('250 ether', '251 ether'));
    expect(() => replayDecision({ record: record(), policy: other, lists })).toThrow(/another policy root/);
    expect(() => replayDecision({ record: record(), policy, lists: new Map() })).toThrow(/another root/);
    const changed = new Map([[1n, createListTree(1n, [0x777n, BOB], TEST_SALT)]]);
    expect(() => replayDecision({ record: record(), policy, lists: changed })).toThrow(/another root/);
  });
});

describe('canonical JSON', () => {
  it('has one text for one value', () => {
    expect(canonicalJson({ b: 1n, a: [true, null, 'x'], c: undefined })).toBe('{"a":[true,null,"x"],"b":"1"}');
  });

  it.each([0.5, Number.NaN, 2 ** 53])('refuses the number %d', (value) => {
    expect(() => canonicalJson(value)).toThrow();
  });
});
