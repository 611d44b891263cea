import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { CONDITION, PATH } from '../../src/chain/constants.ts';
import { word32 } from '../../src/chain/packed.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { conditionHolds } from '../../src/policy/decide/condition.ts';
import { decideExit, decideWrite } from '../../src/policy/decide/decide-write.ts';
import { policyError } from '../../src/policy/errors.ts';
import type { WriteRequest } from '../../src/policy/port.ts';
import { ALICE, BOB, CUSTOMER, compile, identity, NOW, readPolicyFile, transfer, world } from './fixtures.ts';

const TOKEN = 0xa1b2c3d4e5f60718n;
const DESK = 1n << 16n;
const policy = compile(`name: t
version: 1
salt: s
roles: { desk: 16 }
lists: { sanctions: { id: 1, kind: deny } }
contracts:
  token:
    address: "0x${TOKEN.toString(16).padStart(40, '0')}"
    functions: ["transfer(address to, uint256 amount)", "pay((uint256 amount, address payee) order, bytes memo)"]
  proxied:
    address: "0x${'a'.repeat(40)}"
    code: "0x${'c'.repeat(40)}"
    functions: ["touch()"]
exits: { roles: [customer] }
writes:
  - to: native.transfer
    anyOf:
      - roles: [customer]
        conditions:
          - valueAtMost: 100 wei
          - { account: to, holdsRole: [customer] }
          - { account: to, notInList: sanctions }
          - { account: signer, notInList: sanctions }
      - { name: desk, roles: [desk] }
  - to: token.transfer
    anyOf: [{ roles: [anyone], conditions: [{ account: argument.to, notFrozen: true }] }]
  - to: token.pay
    anyOf: [{ roles: [anyone], conditions: [{ account: order.payee, holdsRole: [customer] }] }]
  - { to: token.receive, anyOf: [{ roles: [desk] }] }
  - { to: token.fallback, anyOf: [{ roles: [desk] }] }
  - { to: proxied.touch, anyOf: [{ roles: [anyone] }] }
reads: []
`);

const customers = [
  [ALICE, identity(CUSTOMER)],
  [BOB, identity(CUSTOMER)],
] as const;
const ruleOf = (request: WriteRequest, facts = world({ identities: customers })): string => {
  const decision = decideWrite(policy, request, facts);
  return `${decision.allow ? 'allow' : 'deny'} ${decision.ruleId}`;
};
const selectorOf = (name: string): Uint8Array => {
  const found = policy.contracts.get('token')!.functions.find((f) => f.name === name)!;
  return word32(BigInt(found.selector)).subarray(28);
};
const callToken = (data: Uint8Array): WriteRequest => transfer({ to: TOKEN, code: TOKEN, value: 0n, data });

describe('a transfer', () => {
  it('is allowed by the first alternative that holds', () => {
    expect(decideWrite(policy, transfer(), world({ identities: customers }))).toEqual({
      allow: true,
      ruleId: 'write.native.transfer#1',
      alternative: 1,
      position: 2,
    });
    expect(ruleOf(transfer({ value: 100n }))).toBe('allow write.native.transfer#1');
    const both = world({ identities: [[ALICE, identity(CUSTOMER | DESK)], customers[1]] });
    expect(ruleOf(transfer({ value: 101n }), both)).toBe('allow write.native.transfer#desk');
  });

  const denied: [string, Partial<WriteRequest>, Parameters<typeof world>[0], string, string][] = [
    ['above the limit', { value: 101n }, { identities: customers }, 'write.native.transfer#1', 'condition-failed'],
    [
      'of 2^256 - 1 wei',
      { value: 2n ** 256n - 1n },
      { identities: customers },
      'write.native.transfer#1',
      'condition-failed',
    ],
    ['by nobody', {}, { identities: [customers[1]] }, 'write.native.transfer', 'role-missing'],
    [
      'by a role that is not asked for',
      {},
      { identities: [[ALICE, identity(2n)], customers[1]] },
      'write.native.transfer',
      'role-missing',
    ],
    [
      'by an expired role',
      {},
      { identities: [[ALICE, identity(CUSTOMER, { expiry: NOW - 1n })], customers[1]] },
      'write.native.transfer',
      'role-missing',
    ],
    [
      'by a frozen signer',
      {},
      { identities: [[ALICE, identity(CUSTOMER, { frozen: true })], customers[1]] },
      'deny.signer.frozen',
      'signer-frozen',
    ],
    [
      'by a frozen desk without conditions',
      {},
      { identities: [[ALICE, identity(DESK, { frozen: true })]] },
      'deny.signer.frozen',
      'signer-frozen',
    ],
    ['to nobody', {}, { identities: [customers[0]] }, 'write.native.transfer#1', 'condition-failed'],
    [
      'to a frozen account',
      {},
      { identities: [customers[0], [BOB, identity(CUSTOMER, { frozen: true })]] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    [
      'to an expired account',
      {},
      { identities: [customers[0], [BOB, identity(CUSTOMER, { expiry: 1n })]] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    [
      'to an account on the approved list',
      {},
      { identities: customers, approved: [BOB] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    [
      'to an account inserted at once',
      {},
      { identities: customers, inserted: [BOB] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    [
      'by a signer on the approved list',
      {},
      { identities: customers, approved: [ALICE] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    [
      'by a signer inserted at once',
      {},
      { identities: customers, inserted: [ALICE] },
      'write.native.transfer#1',
      'condition-failed',
    ],
    ['to a reserved address', { to: 0xa002n }, { identities: customers }, 'deny.default', 'no-rule'],
    [
      'with calldata, to an account without code',
      { data: Uint8Array.of(1, 2, 3, 4) },
      { identities: customers },
      'deny.default',
      'no-rule',
    ],
    ['that creates a contract', { to: undefined }, { identities: customers }, 'deny.default', 'no-rule'],
  ];
  it.each(denied)('%s is denied', (_, request, facts, ruleId, cause) => {
    const decision = decideWrite(policy, transfer(request), world(facts));
    expect(decision).toMatchObject({ allow: false, ruleId, cause, code: 'POLICY_DENIED' });
  });

  it('holds an expiring role to the very second', () => {
    const until = (expiry: bigint) => world({ identities: [[ALICE, identity(CUSTOMER, { expiry })], customers[1]] });
    expect(ruleOf(transfer(), until(NOW))).toBe('allow write.native.transfer#1');
    expect(ruleOf(transfer(), until(NOW - 1n))).toBe('deny write.native.transfer');
  });
});

describe('a call', () => {
  const to = concatBytes(selectorOf('transfer'), word32(BOB), word32(5n));

  it('is judged by its argument', () => {
    expect(ruleOf(callToken(to))).toBe('allow write.token.transfer#1');
    const frozen = world({ identities: [[BOB, identity(0n, { frozen: true })]] });
    expect(ruleOf(callToken(to), frozen)).toBe('deny write.token.transfer#1');
  });

  const spoil = (index: number, value: number): Uint8Array => {
    const data = Uint8Array.from(to);
    data[index] = value;
    return data;
  };
  it.each([
    ['a dirty bit just above the address', spoil(15, 1)],
    ['a dirty bit at the top', spoil(4, 0x80)],
    ['a byte too few', to.subarray(0, to.length - 1)],
    ['a word too few', to.subarray(0, 36)],
    ['no arguments', to.subarray(0, 4)],
    ['a byte too many', concatBytes(to, Uint8Array.of(0))],
    ['a word too many', concatBytes(to, word32(0n))],
  ])('with %s is denied', (_, data) => {
    expect(decideWrite(policy, callToken(data), world())).toMatchObject({
      allow: false,
      ruleId: 'write.token.transfer',
      cause: 'arguments-not-canonical',
    });
  });

  it('with address 0 meets no condition on a list: no circuit could show it inside or outside', () => {
    const facts = world({});
    for (const kind of [CONDITION.ACCOUNT_IN_LIST, CONDITION.ACCOUNT_NOT_IN_LIST]) {
      const condition = { kind, path: PATH.TO, a: 1n, b: 0n };
      expect(conditionHolds(condition, transfer({ to: 0n }), facts)).toBe(false);
    }
    const outside = { kind: CONDITION.ACCOUNT_NOT_IN_LIST, path: PATH.TO, a: 1n, b: 0n };
    expect(conditionHolds(outside, transfer({ to: 1n }), facts)).toBe(true);
  });

  it('reaches an address inside a static tuple before a dynamic argument', () => {
    const pay = (payee: bigint, offset: bigint) =>
      callToken(concatBytes(selectorOf('pay'), word32(7n), word32(payee), word32(offset), word32(0n)));
    expect(ruleOf(pay(BOB, 96n))).toBe('allow write.token.pay#1');
    expect(ruleOf(pay(3n, 96n))).toBe('deny write.token.pay#1');
    expect(ruleOf(pay(BOB, 0n))).toBe('deny write.token.pay');
    expect(ruleOf(pay(BOB, 128n))).toBe('deny write.token.pay');
  });

  it('of a function nobody listed is denied, also where fallback and receive are open', () => {
    const desk = world({ identities: [[ALICE, identity(DESK)]] });
    expect(ruleOf(callToken(Uint8Array.of(9, 9, 9, 9)), desk)).toBe('deny deny.default');
    expect(ruleOf(callToken(Uint8Array.of(9, 9, 9)), desk)).toBe('allow write.token.fallback#1');
    expect(ruleOf(callToken(new Uint8Array()), desk)).toBe('allow write.token.receive#1');
    expect(ruleOf(callToken(new Uint8Array()))).toBe('deny write.token.receive');
  });

  it('tells apart whose code runs on whose storage', () => {
    const touch = word32(BigInt(policy.contracts.get('proxied')!.functions[0]!.selector)).subarray(28);
    const [proxy, code] = [BigInt(`0x${'a'.repeat(40)}`), BigInt(`0x${'c'.repeat(40)}`)];
    const frame = (parts: Partial<WriteRequest>) => transfer({ data: touch, value: 0n, ...parts });
    expect(ruleOf(frame({ to: proxy, storage: proxy, code }))).toBe('allow write.proxied.touch#1');
    expect(ruleOf(frame({ to: proxy, code: proxy }))).toBe('deny deny.default');
    expect(ruleOf(frame({ to: code, code }))).toBe('deny deny.default');
    expect(ruleOf(frame({ to: proxy, storage: code, code: proxy }))).toBe('deny deny.default');
  });

  it('to the contract of another is not opened by its selector', () => {
    expect(ruleOf(transfer({ to: BOB, code: BOB, data: to }))).toBe('deny deny.default');
  });
});

describe('the exit rule', () => {
  const exit = (identityOfAlice: ReturnType<typeof identity>, exits = policy) =>
    decideExit(exits, { sender: ALICE, blockTimestamp: NOW }, world({ identities: [[ALICE, identityOfAlice]] })).allow;

  it('asks for a role and against freezing', () => {
    expect(exit(identity(CUSTOMER))).toBe(true);
    expect(exit(identity(2n))).toBe(false);
    expect(exit(identity(CUSTOMER, { expiry: 1n }))).toBe(false);
    expect(exit(identity(CUSTOMER, { frozen: true }))).toBe(false);
  });

  it('for anyone still stops the frozen', () => {
    const anyone = compile(
      readPolicyFile('minimal.yaml').replace('exits: { roles: [customer] }', 'exits: { roles: [anyone] }'),
    );
    expect(exit(identity(0n), anyone)).toBe(true);
    expect(exit(identity(0n, { frozen: true }), anyone)).toBe(false);
  });
});

it('G5: what a sender is told of a denial is the same for frozen, sanctioned and unknown', () => {
  const port = createPolicy(policy);
  const worlds = [
    world({ identities: [[ALICE, identity(CUSTOMER, { frozen: true })], customers[1]] }),
    world({ identities: customers, approved: [ALICE] }),
    world({ identities: customers, inserted: [BOB] }),
    world(),
  ];
  const told = worlds.map((facts) => {
    const decision = port.decideWrite(transfer(), facts);
    if (decision.allow) throw new Error('allowed');
    const { code, publicText, rpcCode, httpStatus } = policyError(decision.code, decision.reason);
    return JSON.stringify({ code, publicText, rpcCode, httpStatus });
  });
  expect(new Set(told).size).toBe(1);
  expect(told[0]).not.toMatch(/frozen|sanction|list|role/i);
});
