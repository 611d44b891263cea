/** PROTOCOL 4, rule by rule: what holds is executed, each rule that does not hold is a denial that changes nothing. */

import { describe, expect, test } from 'vitest';
import {
  BASE_TOKEN_ADDRESS,
  FLAG_FROZEN,
  IDENTITY_REGISTRY_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  ROLE_BIT,
  SYSTEM_GAS,
} from '../../src/chain/constants.ts';
import { decodeIdentity, encodeIdentity, type Identity } from '../../src/chain/identity.ts';
import { identityKey, listKey, publicKeyKey } from '../../src/chain/keys.ts';
import { SECP256K1_ORDER } from '../../src/chain/secp256k1.ts';
import { encodeSystemCall, type SystemCall } from '../../src/chain/system-call.ts';
import { fromWord, isZeroWord } from '../../src/chain/word.ts';
import { intrinsicGas } from '../../src/execution/fees.ts';
import {
  IDENTITY_CHANGED_TOPIC,
  LIST_INSERTED_TOPIC,
  WITHDRAWAL_TOPIC,
} from '../../src/execution/native/event-topics.ts';
import type { BlockContext } from '../../src/execution/port.ts';
import {
  ALLOW_ALL,
  blockOf,
  cosign,
  executorOf,
  type MemoryState,
  NOW,
  roles,
  type Signer,
  signerOf,
  stateOf,
  transactionOf,
  wordOf,
} from './support.ts';

const [signer, cosigner, subject, stranger] = [1, 2, 3, 4].map(signerOf) as [Signer, Signer, Signer, Signer];
const COMPLIANCE = roles(ROLE_BIT.COMPLIANCE);
const REGISTRAR = roles(ROLE_BIT.REGISTRAR);
const CUSTOMER = roles(ROLE_BIT.CUSTOMER);
const NONCE = 3n;

const executor = executorOf();
const identity = (fields: Partial<Identity>): bigint =>
  fromWord(encodeIdentity({ roles: 0n, flags: 0n, expiry: 0n, ...fields }));

const world = (role: bigint) =>
  stateOf()
    .fund(signer.address, 10n ** 18n, NONCE)
    .identify(signer.address, { roles: role })
    .identify(cosigner.address, { roles: role })
    .identify(subject.address, { roles: CUSTOMER });

const contractOf = (call: SystemCall): bigint =>
  call.kind === 'withdraw'
    ? BASE_TOKEN_ADDRESS
    : call.kind === 'insert'
      ? LIST_REGISTRY_ADDRESS
      : IDENTITY_REGISTRY_ADDRESS;

function run(
  state: MemoryState,
  call: SystemCall,
  fields: { value?: bigint; gasLimit?: bigint; nonce?: bigint; data?: Uint8Array } = {},
  by = signer,
  block: BlockContext = blockOf(),
) {
  const tx = transactionOf(by, {
    nonce: NONCE,
    to: contractOf(call),
    data: encodeSystemCall(call),
    gasLimit: 200_000n,
    ...fields,
  });
  return executor.executeTransaction(state, block, tx);
}

function ok(state: MemoryState, outcome: ReturnType<typeof run>) {
  if (outcome.kind !== 'executed') throw new Error(JSON.stringify(outcome));
  state.apply(outcome.result);
  return outcome.result;
}

const denied = (rule: string) => ({ kind: 'denied', ruleId: `protocol:${rule}` });

describe('withdraw', () => {
  const call: SystemCall = { kind: 'withdraw', receiver: 0xabcn };

  test('takes the value off the chain, with a message and a log', () => {
    const state = world(0n);
    const result = ok(state, run(state, call, { value: 5n }));
    expect(state.balance(signer.address)).toBe(10n ** 18n - 5n);
    expect(result.messages).toEqual([{ sender: BASE_TOKEN_ADDRESS, recipient: 0xabcn, token: 0n, amount: 5n }]);
    expect(result.logs).toEqual([
      { address: BASE_TOKEN_ADDRESS, topics: [WITHDRAWAL_TOPIC, signer.address, 0xabcn], data: wordOf(5n) },
    ]);
    expect(result.gasUsed).toBe(intrinsicGas(encodeSystemCall(call)) + BigInt(SYSTEM_GAS.WITHDRAW));
  });

  test('of nothing, or to nobody, is denied', () => {
    expect(run(world(0n), call, { value: 0n })).toMatchObject(denied('withdraw-value'));
    expect(run(world(0n), { ...call, receiver: 0n }, { value: 1n })).toMatchObject(denied('withdraw-receiver'));
  });

  test('needs its own gas on top', () => {
    const gas = intrinsicGas(encodeSystemCall(call)) + BigInt(SYSTEM_GAS.WITHDRAW);
    expect(run(world(0n), call, { value: 1n, gasLimit: gas - 1n })).toMatchObject({ code: 'TX_INTRINSIC_GAS' });
    expect(run(world(0n), call, { value: 1n, gasLimit: gas }).kind).toBe('executed');
  });

  test('of everything leaves zero; of one wei more is refused', () => {
    const state = stateOf().fund(signer.address, 9n, NONCE);
    expect(run(state, call, { value: 10n })).toMatchObject({ code: 'TX_INSUFFICIENT_FUNDS' });
    ok(state, run(state, call, { value: 9n }));
    expect(state.balance(signer.address)).toBe(0n);
  });

  test('with dirty calldata is not such a call', () => {
    const data = encodeSystemCall(call);
    data[4] = 1;
    expect(run(world(0n), call, { value: 1n, data })).toMatchObject({
      kind: 'unprovable',
      code: 'UNPROVABLE_CALLDATA',
    });
    expect(run(world(0n), call, { value: 1n, data: data.subarray(0, 35) })).toMatchObject({
      code: 'UNPROVABLE_CALLDATA',
    });
  });
});

describe('freeze', () => {
  const call: SystemCall = { kind: 'freeze', subject: subject.address };

  test('sets FROZEN and nothing else', () => {
    const state = world(COMPLIANCE);
    const result = ok(state, run(state, call));
    expect(decodeIdentity(state.get(identityKey(subject.address)))).toEqual({ roles: CUSTOMER, flags: 1n, expiry: 0n });
    const [log] = result.logs;
    expect(log?.topics).toEqual([IDENTITY_CHANGED_TOPIC, subject.address, signer.address]);
    expect(Buffer.from(log!.data)).toEqual(
      Buffer.concat([wordOf(CUSTOMER), wordOf(identity({ roles: CUSTOMER, flags: 1n }))]),
    );
  });

  test('of somebody unknown or frozen already succeeds', () => {
    const state = world(COMPLIANCE);
    ok(state, run(state, { kind: 'freeze', subject: 77n }));
    const again = ok(state, run(state, { kind: 'freeze', subject: 77n }, { nonce: NONCE + 1n }));
    expect(again.changes.some(({ key }) => key === identityKey(77n))).toBe(false);
  });

  test.each([
    ['without the role', { roles: REGISTRAR | CUSTOMER }],
    ['with an expired role', { roles: COMPLIANCE, expiry: NOW - 1n }],
  ])('%s is denied', (_, fields) => {
    expect(run(world(COMPLIANCE).identify(signer.address, fields), call)).toMatchObject(denied('signer-role'));
  });

  test('with a role that expires this very second is allowed', () => {
    const state = world(COMPLIANCE).identify(signer.address, { roles: COMPLIANCE, expiry: NOW });
    expect(run(state, call).kind).toBe('executed');
  });

  test('by a frozen signer, of oneself, or with value is denied', () => {
    const frozen = world(COMPLIANCE).identify(signer.address, { roles: COMPLIANCE, flags: FLAG_FROZEN });
    expect(run(frozen, call)).toMatchObject(denied('signer-frozen'));
    expect(run(world(COMPLIANCE), { ...call, subject: signer.address })).toMatchObject(denied('own-identity'));
    expect(run(world(COMPLIANCE), call, { value: 1n })).toMatchObject(denied('call-value'));
  });
});

describe('setIdentity', () => {
  const oldValue = identity({ roles: CUSTOMER });
  const newValue = identity({ roles: CUSTOMER | (1n << 20n), expiry: NOW + 1000n });

  function signed(
    change: Partial<Parameters<typeof cosign>[1]> = {},
    by = cosigner,
    sent: Partial<SystemCall & { kind: 'setIdentity' }> = {},
    chainId?: bigint,
  ): SystemCall {
    const full = {
      signer: signer.address,
      signerNonce: NONCE,
      subject: subject.address,
      oldValue,
      newValue,
      deadline: NOW,
      ...change,
    };
    const { r, vs } = cosign(by, full, chainId);
    return {
      kind: 'setIdentity',
      subject: full.subject,
      newValue: full.newValue,
      deadline: full.deadline,
      r,
      vs,
      ...sent,
    };
  }

  test('with two registrars changes roles in the mask and the expiry, and writes both KEY leaves', () => {
    const state = world(REGISTRAR);
    ok(state, run(state, signed()));
    expect(fromWord(state.get(identityKey(subject.address)))).toBe(newValue);
    expect(isZeroWord(state.get(publicKeyKey(cosigner.address)))).toBe(false);
    expect(isZeroWord(state.get(publicKeyKey(signer.address)))).toBe(false);
  });

  const wrong: [string, SystemCall, string][] = [
    ['the signer twice', signed({}, signer), 'cosigner-is-signer'],
    ['the subject as second signer', signed({}, subject), 'cosigner-is-subject'],
    ['a stranger', signed({}, stranger), 'cosigner-role'],
    ['the signature of another nonce', signed({ signerNonce: NONCE + 1n }), 'cosigner-role'],
    ['the signature of another signer', signed({ signer: stranger.address }), 'cosigner-role'],
    [
      'the signature of another subject',
      signed({ subject: 5n }, cosigner, { subject: subject.address }),
      'cosigner-role',
    ],
    ['the signature of another value', signed({}, cosigner, { newValue: newValue + (1n << 128n) }), 'cosigner-role'],
    ['the signature over another old value', signed({ oldValue: 0n }), 'cosigner-role'],
    ['the signature of another chain', signed({}, cosigner, {}, 1n), 'cosigner-role'],
    ['a prolonged deadline', signed({ deadline: NOW - 1n }, cosigner, { deadline: NOW }), 'cosigner-role'],
    ['a passed deadline', signed({ deadline: NOW - 1n }), 'cosigner-deadline'],
    ['no signature', signed({}, cosigner, { r: 0n }), 'cosigner-signature'],
    ['r beyond the order', signed({}, cosigner, { r: SECP256K1_ORDER }), 'cosigner-signature'],
    ['another flag', signed({ newValue: identity({ roles: CUSTOMER, flags: 2n }) }), 'identity-flags'],
    ['freezing', signed({ newValue: identity({ roles: CUSTOMER, flags: 1n }) }), 'identity-flags'],
    ['granting COMPLIANCE', signed({ newValue: identity({ roles: CUSTOMER | COMPLIANCE }) }), 'registrar-mask'],
    ['granting REGISTRAR', signed({ newValue: identity({ roles: CUSTOMER | REGISTRAR }) }), 'registrar-mask'],
    ['the last role bit', signed({ newValue: identity({ roles: CUSTOMER | (1n << 127n) }) }), 'registrar-mask'],
    ['one’s own identity', signed({ subject: signer.address }), 'own-identity'],
  ];
  test.each(wrong)('with %s is denied', (_, call, rule) => {
    const state = world(REGISTRAR);
    const outcome = run(state, call);
    expect(outcome.kind).toBe('denied');
    // A signature over something else recovers to some key or to none: either way to nobody with the role.
    const accepted =
      rule === 'cosigner-role' ? [`protocol:${rule}`, 'protocol:cosigner-signature'] : [`protocol:${rule}`];
    expect(accepted).toContain(outcome.kind === 'denied' ? outcome.ruleId : outcome.kind);
  });

  test('with a high s is denied', () => {
    const call = signed();
    if (call.kind !== 'setIdentity') throw new Error('unreachable');
    const s = call.vs & ((1n << 255n) - 1n);
    const flipped = call.vs >> 255n === 0n ? 1n << 255n : 0n;
    const high = SECP256K1_ORDER - s;
    const outcome = run(world(REGISTRAR), { ...call, vs: flipped | (high & ((1n << 255n) - 1n)) });
    expect(outcome).toMatchObject({ kind: 'denied' });
  });

  test.each([
    ['frozen', { roles: REGISTRAR, flags: FLAG_FROZEN }, 'cosigner-frozen'],
    ['expired', { roles: REGISTRAR, expiry: NOW - 1n }, 'cosigner-role'],
    ['of another role', { roles: COMPLIANCE }, 'cosigner-role'],
  ])('with a second signer who is %s is denied', (_, fields, rule) => {
    expect(run(world(REGISTRAR).identify(cosigner.address, fields), signed())).toMatchObject(denied(rule));
  });

  test('by a signer without the role is denied', () => {
    expect(run(world(REGISTRAR).identify(signer.address, { roles: COMPLIANCE }), signed())).toMatchObject(
      denied('signer-role'),
    );
  });

  test('taking away a role outside the mask is denied', () => {
    const old = identity({ roles: COMPLIANCE | CUSTOMER });
    const state = world(REGISTRAR).identify(subject.address, { roles: COMPLIANCE | CUSTOMER });
    const call = signed({ oldValue: old, newValue: identity({ roles: CUSTOMER }) });
    expect(run(state, call)).toMatchObject(denied('registrar-mask'));
  });

  test.each([
    ['bringing back an officer whose term has ended', NOW - 1n, 0n],
    ['ending the term of an officer', 0n, NOW - 1n],
  ])('%s is denied', (_, before, after) => {
    const officer = { roles: COMPLIANCE | CUSTOMER, expiry: before };
    const state = world(REGISTRAR).identify(subject.address, officer);
    const newValue = identity({ roles: COMPLIANCE | CUSTOMER, expiry: after });
    expect(run(state, signed({ oldValue: identity(officer), newValue }))).toMatchObject(denied('registrar-term'));
    const sameTerm = identity({ roles: COMPLIANCE, expiry: before });
    expect(run(state, signed({ oldValue: identity(officer), newValue: sameTerm })).kind).toBe('executed');
  });

  test('of a frozen subject keeps it frozen', () => {
    const state = world(REGISTRAR).identify(subject.address, { roles: CUSTOMER, flags: FLAG_FROZEN });
    const frozenOld = identity({ roles: CUSTOMER, flags: 1n });
    const kept = signed({ oldValue: frozenOld, newValue: identity({ roles: 0n, flags: 1n }) });
    const thawed = signed({ oldValue: frozenOld, newValue: identity({ roles: CUSTOMER }) });
    expect(run(state, thawed)).toMatchObject(denied('identity-flags'));
    expect(run(state, kept).kind).toBe('executed');
  });

  test('cannot be replayed: the value and the nonce have moved', () => {
    const state = world(REGISTRAR);
    const call = signed();
    ok(state, run(state, call));
    expect(run(state, call, { nonce: NONCE + 1n }).kind).toBe('denied');
  });
});

describe('unfreeze', () => {
  const frozen = { roles: CUSTOMER, flags: FLAG_FROZEN | 4n, expiry: 9n };
  const oldValue = identity(frozen);
  const newValue = identity({ ...frozen, flags: 4n });
  const state = () => world(COMPLIANCE).identify(subject.address, frozen);
  const change = {
    signer: signer.address,
    signerNonce: NONCE,
    subject: subject.address,
    oldValue,
    newValue,
    deadline: NOW,
  };
  const call = (by = cosigner, fields: Partial<typeof change> = {}): SystemCall => {
    const { r, vs } = cosign(by, { ...change, ...fields });
    return { kind: 'unfreeze', subject: subject.address, deadline: fields.deadline ?? NOW, r, vs };
  };

  test('takes two and clears FROZEN only', () => {
    const world = state();
    ok(world, run(world, call()));
    expect(fromWord(world.get(identityKey(subject.address)))).toBe(newValue);
  });

  test('by one person, the subject or the wrong role is denied', () => {
    expect(run(state(), call(signer))).toMatchObject(denied('cosigner-is-signer'));
    expect(run(state(), call(subject))).toMatchObject(denied('cosigner-is-subject'));
    expect(run(state(), call(stranger))).toMatchObject(denied('cosigner-role'));
    expect(run(state().identify(signer.address, { roles: REGISTRAR }), call())).toMatchObject(denied('signer-role'));
    expect(run(state(), call(cosigner, { deadline: NOW - 1n }))).toMatchObject(denied('cosigner-deadline'));
  });

  test('with value is denied', () => {
    expect(run(state(), call(), { value: 1n })).toMatchObject(denied('call-value'));
  });
});

describe('insert', () => {
  const call: SystemCall = { kind: 'insert', list: 12n, account: subject.address };

  test('sets the LIST leaf', () => {
    const state = world(COMPLIANCE);
    const result = ok(state, run(state, call));
    expect(state.get(listKey(12n, subject.address))).toEqual({ hi: 0n, lo: 1n });
    expect(result.logs).toEqual([
      {
        address: LIST_REGISTRY_ADDRESS,
        topics: [LIST_INSERTED_TOPIC, 12n, subject.address, signer.address],
        data: new Uint8Array(),
      },
    ]);
  });

  test('without the role or with value is denied', () => {
    expect(run(world(REGISTRAR), call)).toMatchObject(denied('signer-role'));
    expect(run(world(COMPLIANCE), call, { value: 1n })).toMatchObject(denied('call-value'));
  });
});

test('the policy is asked before any system contract', () => {
  const none = executorOf({
    ...ALLOW_ALL,
    decideWrite: (request) => ({
      allow: false,
      code: 'POLICY_DENIED',
      ruleId: `asked ${request.code}`,
      cause: 'no-rule',
      reason: '',
    }),
  });
  const tx = transactionOf(signer, {
    nonce: NONCE,
    to: IDENTITY_REGISTRY_ADDRESS,
    data: encodeSystemCall({ kind: 'freeze', subject: 1n }),
  });
  expect(none.executeTransaction(world(0n), blockOf(), tx)).toMatchObject({
    kind: 'denied',
    ruleId: `asked ${IDENTITY_REGISTRY_ADDRESS}`,
  });
});
