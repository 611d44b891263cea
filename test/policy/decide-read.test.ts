import { describe, expect, it } from 'vitest';
import { concatBytes } from '../../src/base/bytes.ts';
import { word32 } from '../../src/chain/packed.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import { ABSENT, absentAnswer } from '../../src/policy/decide/absent-answer.ts';
import { classOfMethod, METHOD_CLASSES, methodsOfClass } from '../../src/policy/method-class.ts';
import type { LogFacts, ReadRequest } from '../../src/policy/port.ts';
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

const TOKEN = 0xa1b2c3d4e5f60718n;
const compiled = compile(`name: t
version: 1
salt: s
contracts:
  token:
    address: "0x${TOKEN.toString(16).padStart(40, '0')}"
    functions: ["transfer(address to, uint256 amount)", "balanceOf(address owner)", "allowance(address owner, address spender)", "name()"]
    events: ["Transfer(address indexed from, address indexed to, uint256 amount)", "Paused()"]
exits: { roles: [anyone] }
writes:
  - { to: token.transfer, anyOf: [{ roles: [customer] }] }
reads:
  - { name: everybody, who: [anonymous], methods: [public] }
  - name: own
    who: [customer]
    methods: [account, block, transaction, logs, call, send]
    accounts: own
    contracts: [token]
    transactions: party
    logs: rules
    blocks: filtered
    calls: rules
    submit: own
    slots: [{ contract: token, slots: ["0x0", "0x05"] }]
  - { name: watcher, who: [operator], methods: [logs], logs: rules }
  - name: oversight
    who: [auditor]
    methods: [account, transaction, storage]
    accounts: all
    transactions: all
    logs: all
    blocks: full
    storage: all
    calls: all
    audit: true
  - { name: relay, who: [deployer], methods: [send], submit: any }
calls:
  - { to: token.balanceOf, who: [customer], arguments: { owner: own } }
  - { to: token.allowance, who: [customer], arguments: { owner: own } }
  - { to: token.allowance, who: [customer], arguments: { spender: own } }
  - { to: token.name, who: [user] }
events:
  - { on: token.Transfer, who: [customer], anyOf: [{ from: own }, { to: own }] }
  - { on: token.Paused, who: [customer, operator], anyOf: [{}] }
limits:
  - { name: desk, who: [operator], methods: [logs], perMinute: 5 }
  - { name: all, who: [user], methods: [logs, send], perMinute: 50 }
`);
const policy = createPolicy(compiled);
const contract = compiled.contracts.get('token')!;
const customer = user(['customer'], [ALICE]);
const auditor = user(['auditor']);
const read = (principal: Parameters<typeof policy.decideRead>[0], request: ReadRequest) =>
  policy.decideRead(principal, request);
const topicOf = (name: string) => contract.events.find((event) => event.name === name)!.topic;
const transferLog = (from: bigint, to: bigint): LogFacts => ({
  address: TOKEN,
  topics: [topicOf('Transfer'), from, to],
});
const paused: LogFacts = { address: TOKEN, topics: [topicOf('Paused')] };

describe('methods', () => {
  it('unknown and dangerous ones are open to nobody', () => {
    const forbidden = [
      'eth_sendTransaction',
      'eth_sign',
      'personal_unlockAccount',
      'txpool_content',
      'eth_callMany',
      'eth_simulateV1',
      'admin_peers',
      '',
      '__proto__',
    ];
    for (const method of forbidden) {
      expect(classOfMethod(method)).toBeUndefined();
      for (const principal of [ANONYMOUS, customer, auditor]) {
        expect(read(principal, { kind: 'method', method }).allow).toBe(false);
      }
    }
  });

  it('stand in one class each', () => {
    const all = METHOD_CLASSES.flatMap((name) => methodsOfClass(name));
    expect(new Set(all).size).toBe(all.length);
    expect(classOfMethod('eth_getLogs')).toBe('logs');
  });

  it('are granted by class', () => {
    expect(read(ANONYMOUS, { kind: 'method', method: 'eth_chainId' })).toMatchObject({
      allow: true,
      ruleId: 'read.everybody.methods',
    });
    expect(read(ANONYMOUS, { kind: 'method', method: 'eth_getBalance' })).toMatchObject({
      allow: false,
      ruleId: 'read.methods',
    });
    expect(read(customer, { kind: 'method', method: 'eth_getStorageAt' }).allow).toBe(false);
    expect(read(auditor, { kind: 'method', method: 'eth_getStorageAt' }).allow).toBe(true);
  });
});

describe('accounts and storage', () => {
  it('own ones only', () => {
    expect(read(customer, { kind: 'account', address: ALICE })).toMatchObject({
      allow: true,
      ruleId: 'read.own.accounts',
      view: 'full',
    });
    expect(read(customer, { kind: 'account', address: BOB }).allow).toBe(false);
    expect(read(customer, { kind: 'account', address: TOKEN }).allow).toBe(true);
    expect(read(auditor, { kind: 'account', address: BOB }).allow).toBe(true);
    expect(read(user(['customer']), { kind: 'account', address: ALICE }).allow).toBe(false);
  });

  it('a role on the chain is not a role at the console', () => {
    expect(read(user([], [ALICE]), { kind: 'account', address: ALICE }).allow).toBe(false);
  });

  it('nobody is anonymous and has wallets or roles', () => {
    const pretender = { ...ANONYMOUS, roles: ['auditor', 'customer'], wallets: [ALICE] };
    expect(read(pretender, { kind: 'account', address: ALICE }).allow).toBe(false);
  });

  it('storage slot by slot', () => {
    const slot = (value: bigint, address = TOKEN) => read(customer, { kind: 'storage', address, slot: value }).allow;
    expect([slot(0n), slot(5n), slot(6n), slot(0n, BOB)]).toEqual([true, true, false, false]);
    expect(read(auditor, { kind: 'storage', address: BOB, slot: 9n }).allow).toBe(true);
    expect(read(ANONYMOUS, { kind: 'storage', address: TOKEN, slot: 0n }).allow).toBe(false);
  });
});

describe('transactions and logs', () => {
  const transaction = (from: bigint, to: bigint | undefined, logs: readonly LogFacts[] = []): ReadRequest => ({
    kind: 'transaction',
    transaction: { from, to, logs },
  });

  it('show everything to a party and to an auditor, nothing to another', () => {
    expect(read(customer, transaction(ALICE, BOB))).toMatchObject({ allow: true, view: 'full' });
    expect(read(customer, transaction(BOB, ALICE))).toMatchObject({ allow: true, view: 'full' });
    expect(read(auditor, transaction(BOB, 7n))).toMatchObject({ allow: true, view: 'full' });
    expect(read(customer, transaction(BOB, 7n))).toMatchObject({ allow: false, ruleId: 'read.transactions' });
    expect(read(customer, transaction(BOB, undefined)).allow).toBe(false);
    expect(read(ANONYMOUS, transaction(ALICE, BOB)).allow).toBe(false);
  });

  it('show to another only the logs that event rules open', () => {
    const logs = [
      transferLog(BOB, 7n),
      transferLog(BOB, ALICE),
      paused,
      { address: BOB, topics: [topicOf('Transfer'), ALICE, ALICE] },
    ];
    expect(read(customer, transaction(BOB, TOKEN, logs))).toEqual({
      allow: true,
      ruleId: 'read.own.logs',
      view: 'logs',
      logIndexes: [1, 2],
    });
    expect(read(user(['operator']), transaction(BOB, TOKEN, logs))).toMatchObject({ view: 'logs', logIndexes: [2] });
    expect(read(user(['compliance']), transaction(BOB, TOKEN, logs)).allow).toBe(false);
  });

  it('one log at a time for eth_getLogs', () => {
    const log = (entry: LogFacts, principal = customer) =>
      read(principal, { kind: 'log', log: entry, from: ALICE, to: TOKEN }).allow;
    expect(log(transferLog(ALICE, BOB))).toBe(true);
    expect(log(transferLog(BOB, ALICE))).toBe(true);
    // Being a party opens no log by itself under `logs: rules`.
    expect(log(transferLog(BOB, 7n))).toBe(false);
    expect(log({ address: TOKEN, topics: [] })).toBe(false);
    expect(log({ address: TOKEN, topics: [topicOf('Transfer')] })).toBe(false);
    // An address topic with dirty upper bits is nobody's wallet.
    expect(log(transferLog(ALICE | (1n << 200n), BOB))).toBe(false);
    expect(log(transferLog(ALICE, BOB), user(['compliance'], [ALICE]))).toBe(false);
    expect(log(transferLog(BOB, 7n), auditor)).toBe(true);
  });

  it('party logs where the policy says so', () => {
    const minimal = createPolicy(compile(readPolicyFile('minimal.yaml')));
    const someLog = { address: 7n, topics: [1n] };
    expect(minimal.decideRead(customer, { kind: 'log', log: someLog, from: ALICE, to: BOB }).allow).toBe(true);
    expect(minimal.decideRead(customer, { kind: 'log', log: someLog, from: BOB, to: 7n }).allow).toBe(false);
  });

  it('a filter that cannot match is hopeless before anything is looked up', () => {
    const hopeless = (addresses: bigint[], topics: (bigint[] | undefined)[], principal = customer) =>
      policy.logAudiences(principal, { addresses, topics }, 100).length === 0;
    expect(hopeless([], [])).toBe(false);
    expect(hopeless([TOKEN], [[topicOf('Transfer')], [ALICE]])).toBe(false);
    expect(hopeless([TOKEN], [[topicOf('Transfer')], undefined, [ALICE, BOB]])).toBe(false);
    expect(hopeless([BOB], [])).toBe(true);
    expect(hopeless([TOKEN], [[1n]])).toBe(true);
    expect(hopeless([TOKEN], [[topicOf('Transfer')], [BOB], [BOB]])).toBe(true);
    expect(hopeless([], [], ANONYMOUS)).toBe(true);
    expect(hopeless([], [], user(['compliance'], [ALICE]))).toBe(true);
    expect(hopeless([BOB], [[1n]], auditor)).toBe(false);
  });
});

describe('blocks, outcomes, audit', () => {
  it('are full, filtered or closed', () => {
    expect(read(auditor, { kind: 'block' })).toMatchObject({ allow: true, view: 'full' });
    expect(read(customer, { kind: 'block' })).toMatchObject({ allow: true, view: 'filtered' });
    expect(read(ANONYMOUS, { kind: 'block' }).allow).toBe(false);
    expect(read(customer, { kind: 'outcome', sender: ALICE }).allow).toBe(true);
    expect(read(customer, { kind: 'outcome', sender: BOB }).allow).toBe(false);
    expect(read(auditor, { kind: 'audit' }).allow).toBe(true);
    expect(read(customer, { kind: 'audit' }).allow).toBe(false);
  });
});

describe('eth_call', () => {
  const selectorOf = (name: string) =>
    word32(BigInt(contract.functions.find((f) => f.name === name)!.selector)).subarray(28);
  const facts = world({
    identities: [
      [ALICE, identity(CUSTOMER)],
      [BOB, identity(CUSTOMER)],
    ],
  });
  const call = (
    name: string,
    words: bigint[],
    overrides: { principal?: typeof customer; signer?: bigint; value?: bigint; extra?: Uint8Array } = {},
  ) => {
    const data = concatBytes(selectorOf(name), ...words.map(word32), overrides.extra ?? new Uint8Array());
    const request = transfer({
      to: TOKEN,
      code: TOKEN,
      data,
      signer: overrides.signer ?? ALICE,
      value: overrides.value ?? 0n,
    });
    const decision = policy.decideCall(overrides.principal ?? customer, request, facts);
    return decision.allow ? decision.ruleId : 'deny';
  };

  it('is open to readers about their own wallets', () => {
    expect(call('balanceOf', [ALICE])).toBe('call.token.balanceOf#1');
    expect(call('allowance', [ALICE, BOB])).toBe('call.token.allowance#1');
    expect(call('allowance', [BOB, ALICE])).toBe('call.token.allowance#2');
    expect(call('name', [])).toBe('call.token.name#1');
  });

  it('is closed about others, as others, and with strange calldata', () => {
    expect(call('balanceOf', [BOB])).toBe('deny');
    expect(call('allowance', [BOB, BOB])).toBe('deny');
    expect(call('balanceOf', [ALICE], { signer: BOB })).toBe('deny');
    expect(call('balanceOf', [ALICE | (1n << 160n)])).toBe('deny');
    expect(call('balanceOf', [ALICE], { extra: new Uint8Array(1) })).toBe('deny');
    expect(call('balanceOf', [ALICE], { value: 1n })).toBe('deny');
    expect(call('name', [], { principal: user(['compliance'], [ALICE]) })).toBe('deny');
  });

  it('a write rule covers reading; a read rule does not cover writing', () => {
    expect(call('transfer', [BOB, 1n])).toBe('write.token.transfer#1');
    const write = transfer({
      to: TOKEN,
      code: TOKEN,
      value: 0n,
      data: concatBytes(selectorOf('balanceOf'), word32(ALICE)),
    });
    expect(policy.decideWrite(write, facts)).toMatchObject({ allow: false, ruleId: 'deny.default' });
  });

  it('is open to an auditor in any name', () => {
    expect(call('balanceOf', [BOB], { principal: auditor, signer: BOB })).toBe('read.oversight.calls');
  });
});

describe('limits', () => {
  it('the first that speaks to the reader counts', () => {
    expect(policy.limitFor(user(['operator']), 'logs')).toEqual({ ruleId: 'limit.desk', perMinute: 5 });
    expect(policy.limitFor(customer, 'logs')).toEqual({ ruleId: 'limit.all', perMinute: 50 });
    expect(policy.limitFor(customer, 'block')).toBeUndefined();
    expect(policy.limitFor(ANONYMOUS, 'logs')).toBeUndefined();
  });
});

it('G5: every kind of thing has an answer for being absent', () => {
  expect(absentAnswer('transaction')).toBeNull();
  expect(absentAnswer('balance')).toBe('0x0');
  expect(Object.keys(ABSENT)).toContain('storage');
});
