import { describe, expect, it } from 'vitest';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { ReadPermit, WritePermit } from '../../src/policy/permit.ts';
import type { Principal } from '../../src/policy/port.ts';
import {
  ALICE,
  ANONYMOUS,
  BOB,
  CUSTOMER,
  compile,
  identity,
  readPolicyFile,
  transfer,
  user,
  world,
} from './fixtures.ts';

const policy = createPolicy(compile(readPolicyFile('minimal.yaml')));
const facts = world({
  identities: [
    [ALICE, identity(CUSTOMER)],
    [BOB, identity(CUSTOMER)],
  ],
});
const hash = new Uint8Array(32).fill(7);
const submitted = { ...transfer(), hash };
const alice = user([], [ALICE]);

const permitOf = (principal: Principal): WritePermit => {
  const answer = policy.authorizeWrite(principal, submitted, facts);
  if (!('permit' in answer)) throw new Error('denied');
  return answer.permit;
};

describe('a write permit', () => {
  it('names who, what, by which rule and under which policy', () => {
    expect(permitOf(alice)).toMatchObject({
      action: 'submit',
      principal: alice,
      resource: { transactionHash: hash, signer: ALICE },
      ruleId: 'write.native.transfer#customer',
      policyRoot: policy.root,
    });
  });

  it('covers one transaction under one policy', () => {
    const permit = permitOf(alice);
    expect(permit.covers(hash, policy.root)).toBe(true);
    expect(permit.covers(new Uint8Array(32), policy.root)).toBe(false);
    expect(permit.covers(hash.subarray(1), policy.root)).toBe(false);
    expect(permit.covers(hash, policy.root + 1n)).toBe(false);
  });

  it.each<[string, Principal, object]>([
    ['nobody', ANONYMOUS, { ruleId: 'read.submit', cause: 'method-forbidden' }],
    ['another wallet', user([], [BOB]), { ruleId: 'read.submit.not-own-wallet', cause: 'not-own-wallet' }],
    ['no wallet', user([]), { ruleId: 'read.submit.not-own-wallet' }],
    ['an anonymous caller that claims the wallet', { ...ANONYMOUS, wallets: [ALICE] }, { ruleId: 'read.submit' }],
    ['an auditor, who sees everything', user(['auditor']), { ruleId: 'read.submit.not-own-wallet' }],
  ])('is refused to %s', (_, principal, denial) => {
    expect(policy.authorizeWrite(principal, submitted, facts)).toMatchObject({
      denial: { allow: false, code: 'POLICY_DENIED', ...denial },
    });
  });

  it('is refused when the rules deny', () => {
    expect(policy.authorizeWrite(alice, submitted, world())).toMatchObject({ denial: { cause: 'role-missing' } });
  });

  it('does not change with what it was minted from', () => {
    const wallets = [ALICE];
    const bytes = Uint8Array.from(hash);
    const answer = policy.authorizeWrite({ ...alice, wallets }, { ...submitted, hash: bytes }, facts);
    wallets.push(BOB);
    bytes.fill(0);
    expect(answer).toMatchObject({ permit: { principal: { wallets: [ALICE] }, resource: { transactionHash: hash } } });
  });
});

describe('a permit cannot be forged', () => {
  const permit = permitOf(alice);
  const fields = {
    principal: alice,
    resource: { transactionHash: hash, signer: ALICE },
    ruleId: 'x',
    policyRoot: policy.root,
  };
  const Forgeable = WritePermit as unknown as new (key: symbol, action: string, fields: unknown) => WritePermit;

  it('by construction with any other key', () => {
    for (const key of [Symbol('mint'), Symbol.for('mint')]) {
      expect(() => new Forgeable(key, 'submit', fields)).toThrow('only policy mints permits');
      expect(() => WritePermit.mint(key, fields)).toThrow('only policy mints permits');
    }
  });

  it.each<[string, unknown]>([
    ['a look-alike', { ...fields, action: 'submit', covers: () => true }],
    ['a spread copy', { ...permit }],
    ['an object with its prototype', Object.assign(Object.create(WritePermit.prototype), fields)],
    ['a clone', Object.create(permit)],
    ['nothing', undefined],
    ['null', null],
    ['a string', 'permit'],
  ])('by %s', (_, value) => {
    expect(WritePermit.isGenuine(value)).toBe(false);
    expect(ReadPermit.isGenuine(value)).toBe(false);
  });

  it('by giving one kind the prototype of the other', () => {
    expect(() => Object.setPrototypeOf(permit, ReadPermit.prototype)).toThrow(TypeError);
    expect(ReadPermit.isGenuine(Object.create(permit, { constructor: { value: ReadPermit } }))).toBe(false);
  });

  it('nor edited, nor used for the other kind', () => {
    expect(WritePermit.isGenuine(permit)).toBe(true);
    expect(ReadPermit.isGenuine(permit)).toBe(false);
    expect(() => Object.assign(permit, { ruleId: 'other' })).toThrow(TypeError);
  });

  it('and a look-alike, or the other kind, does not compile', () => {
    const submit = (_permit: WritePermit): void => {};
    // @ts-expect-error the private field makes the class nominal
    submit({ ...fields, action: 'submit', covers: () => true });
    // @ts-expect-error a permit to read is none to submit
    const swapped: WritePermit = {} as ReadPermit;
    expect(WritePermit.isGenuine(swapped)).toBe(false);
    // @ts-expect-error only the module constructs
    expect(() => new WritePermit(Symbol('mint'), 'submit', fields)).toThrow('only policy mints permits');
  });
});

describe('a read permit', () => {
  it('is minted for what the reader may see', () => {
    const answer = policy.authorizeRead(alice, { kind: 'account', address: ALICE });
    expect(answer).toMatchObject({
      permit: { action: 'read', ruleId: 'read.own.accounts', resource: { kind: 'account', address: ALICE } },
    });
    expect('permit' in answer && ReadPermit.isGenuine(answer.permit)).toBe(true);
  });

  it('and for nothing else', () => {
    expect(policy.authorizeRead(alice, { kind: 'account', address: BOB })).toEqual({
      denial: { allow: false, ruleId: 'read.accounts', reason: 'no read rule allows it' },
    });
    expect(policy.authorizeRead(ANONYMOUS, { kind: 'audit' })).toHaveProperty('denial');
  });
});
