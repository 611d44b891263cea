import { describe, expect, it } from 'vitest';
import { checkPolicy } from '../../src/policy/use-cases/check-policy.ts';
import { diffPolicies, simulatePolicy } from '../../src/policy/use-cases/diff-policies.ts';
import { explainPolicy } from '../../src/policy/use-cases/explain-policy.ts';
import { ALICE, BOB, CUSTOMER, compile, identity, OPTIONS, readPolicyFile, transfer, world } from './fixtures.ts';

const text = readPolicyFile('minimal.yaml');
const policy = compile(text);
const facts = world({
  identities: [
    [ALICE, identity(CUSTOMER)],
    [BOB, identity(CUSTOMER)],
  ],
  inserted: [BOB],
});

describe('check', () => {
  it('gives the root and every rule', () => {
    const report = checkPolicy(text, OPTIONS);
    expect(report).toMatchObject({ ok: true, name: 'minimal', version: 1, provenRules: 7 });
    expect(report.ok && report.rules.length).toBe(report.ok && report.provenRules + report.enforcedRules);
  });

  it('gives the issues of a wrong file', () => {
    expect(checkPolicy(text.replace('roles: [registrar]', 'roles: [registar]'), OPTIONS)).toMatchObject({
      ok: false,
      issues: [{ code: 'UNKNOWN_ROLE' }],
    });
  });
});

describe('diff', () => {
  it('of a policy with itself is empty', () => {
    expect(diffPolicies(policy, compile(text))).toEqual({ rootChanged: false, added: [], removed: [], changed: [] });
  });

  it('names what was added, removed and changed', () => {
    const after = compile(
      text
        .replace('250 ether\n          - { account: to', '9 ether\n          - { account: to')
        .replace('- { name: registrar, roles: [registrar] }', '- { name: office, roles: [registrar] }')
        .replace('accounts: own', 'accounts: all')
        .replace('perMinute: 600 ', 'perMinute: 601 '),
    );
    const diff = diffPolicies(policy, after);
    expect(diff.rootChanged).toBe(true);
    expect(diff.added.map(({ id }) => id)).toEqual(['write.identityRegistry.setIdentity#office']);
    expect(diff.removed.map(({ id }) => id)).toEqual(['write.identityRegistry.setIdentity#registrar']);
    expect(diff.changed.map(({ id }) => id)).toEqual(['write.native.transfer#customer', 'read.own', 'limit.logs']);
    expect(diff.changed[0]).toMatchObject({
      before: expect.stringContaining('250 ether'),
      after: expect.stringContaining('9 ether'),
    });
  });

  it('sees a change that the words do not show', () => {
    const after = compile(text.replace('id: 1,', 'id: 2,'));
    expect(diffPolicies(policy, after).changed.map(({ id }) => id)).toContain('write.native.transfer#customer');
  });

  it('says what a draft would have blocked and released', () => {
    const after = compile(
      text.replaceAll('250 ether', '1 ether').replace('          - { account: to, notInList: sanctions }\n', ''),
    );
    const large = transfer({ value: 10n ** 19n });
    const clean = world({
      identities: [
        [ALICE, identity(CUSTOMER)],
        [BOB, identity(CUSTOMER)],
      ],
    });
    const history = [
      { id: 'large', request: large, facts: clean },
      { id: 'small', request: transfer(), facts: clean },
      { id: 'listed', request: transfer(), facts },
    ];
    expect(simulatePolicy(policy, after, history)).toMatchObject({
      judged: 3,
      wouldBlock: [{ id: 'large', ruleId: 'write.native.transfer#customer' }],
      wouldRelease: [{ id: 'listed', ruleId: 'write.native.transfer#customer' }],
    });
  });
});

describe('explain', () => {
  it('shows each condition of each alternative', () => {
    expect(explainPolicy(policy, transfer(), facts)).toEqual([
      'denied by write.native.transfer#customer: fails: to is not in sanctions',
      'target write.native.transfer',
      expect.stringContaining('write.native.transfer#customer: customer may use native.transfer'),
      '  yes role',
      '  yes value at most 250 ether',
      '  yes to holds customer',
      '  no  to is not in sanctions',
      '  yes signer is not in sanctions',
    ]);
  });

  it('says so when the signer is frozen, when nothing speaks of the target, and when calldata is strange', () => {
    const frozen = world({ identities: [[ALICE, identity(CUSTOMER, { frozen: true })]] });
    expect(explainPolicy(policy, transfer(), frozen).join('\n')).toContain('the signer is frozen');
    expect(explainPolicy(policy, transfer({ to: undefined }), facts)).toContain(
      'no rule speaks of this target: denied by default',
    );
    const withdraw = policy.contracts.get('baseToken')!;
    const data = Buffer.from(withdraw.functions[0]!.selector.toString(16).padStart(8, '0'), 'hex');
    const strange = transfer({ to: withdraw.address, code: withdraw.address, data });
    expect(explainPolicy(policy, strange, facts).join('\n')).toContain('not strictly canonical');
  });
});
