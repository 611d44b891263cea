import { describe, expect, it } from 'vitest';
import { parseDocument, YAMLMap } from 'yaml';
import { Secret } from '../../src/base/secret.ts';
import { FR_MODULUS, SELECTOR_RECEIVE } from '../../src/chain/constants.ts';
import { emptySubtrees } from '../../src/chain/frontier.ts';
import { merkleRootOf } from '../../src/chain/merkle.ts';
import { node } from '../../src/chain/poseidon2.ts';
import { ALLOW_ALL, createDenyAllButExits } from '../../src/policy/built-in.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { hashExit, hashPolicySalt, hashRule } from '../../src/policy/compile/leaf.ts';
import { targetKey, WILDCARD } from '../../src/policy/target.ts';
import { compile, OPTIONS, readPolicyFile, TEST_SALT } from './fixtures.ts';
import golden from './golden-roots.json' with { type: 'json' };
import { generateLargePolicy } from './large-policy.ts';

const MINIMAL = readPolicyFile('minimal.yaml');
const hex = (root: bigint) => `0x${root.toString(16).padStart(64, '0')}`;

describe('the policy root', () => {
  it('is the golden one on every machine', () => {
    expect({
      minimal: hex(compile(MINIMAL).root),
      large: hex(compile(readPolicyFile('large.yaml')).root),
      allowAll: hex(compilePolicy(ALLOW_ALL, { ...OPTIONS, allowWildcard: true }).root),
      denyAllButExits: hex(createDenyAllButExits().root),
    }).toEqual(golden);
  });

  it('does not depend on comments, whitespace, key order or the order of rules with different targets', () => {
    const document = parseDocument(MINIMAL);
    const reverseKeys = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || !('items' in value) || !Array.isArray(value.items)) return;
      if (value instanceof YAMLMap) value.items.reverse();
      for (const item of value.items) reverseKeys('value' in item ? item.value : item);
    };
    reverseKeys(document.contents);
    (document.get('writes') as { items: unknown[] }).items.reverse();
    document.commentBefore = ' something else';
    const other = document.toString({ indent: 7, lineWidth: 40 });
    expect(other).not.toBe(MINIMAL);
    expect(compile(other).root).toBe(compile(MINIMAL).root);
    expect(compile(JSON.stringify(parseDocument(MINIMAL).toJS())).root).toBe(compile(MINIMAL).root);
  });

  const changes: [string, string, string][] = [
    ['a limit', '250 ether', '251 ether'],
    ['a role', 'roles: [registrar]', 'roles: [operator]'],
    ['a list id', 'id: 1', 'id: 2'],
    ['the exit rule', 'exits: { roles: [customer] }', 'exits: { roles: [anyone] }'],
    ['the name of a rule', 'name: customer', 'name: client'],
    ['a read rule, which no circuit checks', 'accounts: own', 'accounts: all'],
    ['an event rule', '_l1Receiver: own', 'topic3: own'],
    ['a rate limit', 'perMinute: 6000', 'perMinute: 6001'],
    ['the version', 'version: 1', 'version: 2'],
  ];
  it.each(changes)('changes with %s', (_, from, to) => {
    expect(MINIMAL).toContain(from);
    expect(compile(MINIMAL.replace(from, to)).root).not.toBe(compile(MINIMAL).root);
  });

  it('changes with the salt, so that a guess at the rules cannot be confirmed', () => {
    const other = compilePolicy(MINIMAL, { salt: new Secret(new Uint8Array(32)) });
    expect(other.root).not.toBe(compile(MINIMAL).root);
    expect(other.rules).toEqual(compile(MINIMAL).rules);
  });

  it('is a field element and never 0', () => {
    for (const { root } of [compile(MINIMAL), createDenyAllButExits()]) {
      expect(root > 0n && root < FR_MODULUS).toBe(true);
    }
  });

  it('of the built-in policy is that of salt 0, exit mask 0 and nothing else', () => {
    const zeros = emptySubtrees(16);
    let root = node(hashPolicySalt(0n), hashExit(0n));
    for (let level = 1; level < 16; level++) root = node(root, zeros[level]!);
    expect(createDenyAllButExits().root).toBe(root);
  });
});

describe('leaves and witnesses', () => {
  const policy = compile(readPolicyFile('large.yaml'));

  it('stand ascending by storage, code, selector', () => {
    const keys = policy.rules.map(({ fields: { storage, code, selector } }) =>
      targetKey({ storage, code, selector: Number(selector) }),
    );
    for (const [i, key] of keys.entries()) if (i > 0) expect(key >= keys[i - 1]!).toBe(true);
    expect(policy.rules[0]!.fields).toMatchObject({ storage: 0n, code: 0n, selector: BigInt(SELECTOR_RECEIVE) });
  });

  it('keep the order of the file within a target', () => {
    const names = policy.rules.filter(({ targetId }) => targetId === 'write.baseToken.withdraw').map(({ id }) => id);
    expect(names.map((id) => id.split('#')[1])).toEqual([
      'customer',
      'retail',
      'affluent',
      'private',
      'business',
      'corporate',
      'institutional',
    ]);
  });

  it('open under the root, every one of more than 1,000', () => {
    expect(policy.rules.length).toBeGreaterThanOrEqual(1000);
    for (const { id, position } of policy.rules) {
      const witness = policy.ruleWitness(id);
      expect(witness.position).toBe(position);
      expect(witness.siblings).toHaveLength(16);
      expect(merkleRootOf(hashRule(witness.fields), position, witness.siblings)).toBe(policy.root);
    }
    const exit = policy.exitWitness();
    expect(merkleRootOf(hashExit(exit.rolesMask), exit.position, exit.siblings)).toBe(policy.root);
  });

  it('do not open with one field changed', () => {
    const { fields, position, siblings } = policy.ruleWitness('write.native.transfer#private-home');
    const opens = (changed: typeof fields) => merkleRootOf(hashRule(changed), position, siblings) === policy.root;
    expect(opens(fields)).toBe(true);
    for (const field of ['storage', 'code', 'selector', 'rolesMask'] as const) {
      expect(opens({ ...fields, [field]: fields[field] + 1n })).toBe(false);
    }
    for (const [i, condition] of fields.conditions.entries()) {
      for (const change of [
        { kind: condition.kind + 1 },
        { path: condition.path + 1 },
        { a: condition.a + 1n },
        { b: 1n },
      ]) {
        const conditions = fields.conditions.map((other, j) => (i === j ? { ...other, ...change } : other));
        expect(opens({ ...fields, conditions })).toBe(false);
      }
    }
    expect(merkleRootOf(hashRule(fields), position + 1, siblings)).not.toBe(policy.root);
  });

  it('refuse an unknown rule id', () => {
    expect(() => policy.ruleWitness('write.native.transfer#nobody')).toThrow(/^POLICY_UNKNOWN_RULE/);
  });
});

describe('the wildcard', () => {
  it('compiles for tests only', () => {
    expect(() => compile(ALLOW_ALL)).toThrow(/^POLICY_WILDCARD/);
    const policy = compilePolicy(ALLOW_ALL, { ...OPTIONS, allowWildcard: true });
    expect(policy.wildcard?.id).toBe('write.any#1');
    expect(policy.summaries.find(({ id }) => id === 'write.any#1')?.assurance).toBe('enforced');
  });

  it('has a leaf that no address and no selector can match', () => {
    expect(WILDCARD.storage >= 1n << 160n && WILDCARD.code >= 1n << 160n).toBe(true);
    expect(WILDCARD.selector).toBeGreaterThan(2 ** 32 + 1);
  });

  it.each(['roles: [customer]', 'roles: [anyone], conditions: [{ valueAtMost: 1 wei }]'])('takes no %s', (rule) => {
    const text = ALLOW_ALL.replace('roles: [anyone] }]', `${rule} }]`);
    expect(text).not.toBe(ALLOW_ALL);
    expect(() => compilePolicy(text, { salt: TEST_SALT, allowWildcard: true })).toThrow(/^POLICY_WILDCARD/);
  });
});

describe('what a policy says', () => {
  it('marks each rule as proven or enforced', () => {
    const { summaries } = compile(MINIMAL);
    for (const { id, assurance } of summaries) {
      expect([id, assurance]).toEqual([id, /^(exit$|write\.)/.test(id) ? 'proven' : 'enforced']);
    }
    expect(summaries.map(({ id }) => id)).toContain('limit.send');
  });

  it('never contains the salt', () => {
    const text = JSON.stringify(compile(MINIMAL), (_, value) =>
      typeof value === 'bigint'
        ? value.toString(16)
        : value instanceof Map || value instanceof Set
          ? [...value]
          : value,
    );
    expect(text).not.toContain(Buffer.from(TEST_SALT.reveal()).toString('hex'));
  });

  it('large.yaml is what the script writes', () => {
    expect(readPolicyFile('large.yaml')).toBe(generateLargePolicy());
  });
});
