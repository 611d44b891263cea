import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createPolicy } from '../../src/policy/create-policy.ts';
import type { LogAudience, LogFacts, LogFilter, Principal } from '../../src/policy/port.ts';
import { ALICE, ANONYMOUS, BOB, compile, readPolicyFile, user } from './fixtures.ts';
import { createRandom } from './random.ts';

const ADDRESSES = [0xa1_0000_0001n, 0xa2_0000_0001n, 0xa3_0000_0001n];
const hex = (value: bigint) => `0x${value.toString(16).padStart(40, '0')}`;
const policy = createPolicy(
  compile(`name: t
version: 1
salt: s
contracts:
  one:
    address: "${hex(ADDRESSES[0]!)}"
    events: ["Moved(address indexed from, address indexed to, uint256 indexed kind)", "Paused()"]
  two:
    address: "${hex(ADDRESSES[1]!)}"
    events: ["Moved(address indexed from, address indexed to, uint256 indexed kind)"]
exits: { roles: [anyone] }
writes:
  - { to: native.transfer, anyOf: [{ roles: [customer] }] }
reads:
  - { name: everybody, who: [anonymous], methods: [public, logs], logs: rules }
  - { name: own, who: [customer], methods: [logs], transactions: party, logs: rules }
  - { name: party, who: [registrar], methods: [logs], transactions: party, logs: party }
  - { name: none, who: [operator], methods: [logs] }
  - { name: oversight, who: [auditor], methods: [logs], transactions: all, logs: all }
events:
  - { on: one.Moved, who: [customer], anyOf: [{ from: own }, { to: own, kind: "0x${'2'.padStart(64, '0')}" }, { from: own, to: own }] }
  - { on: one.Paused, who: [anonymous], anyOf: [{}] }
  - { on: "two.*", who: [customer, registrar], anyOf: [{ topic2: own }] }
`),
);
const TOPICS = [...compileTopics(), 1n, 2n, ALICE, BOB];
function compileTopics(): bigint[] {
  const audiences = policy.logAudiences(user(['customer'], [ALICE]), { addresses: [], topics: [] }, 100);
  if (audiences === 'all') throw new Error('a customer sees all');
  return audiences.flatMap((audience) => (audience.kind === 'event' ? (audience.topics[0] ?? []) : []));
}

const covers = (audience: LogAudience, log: LogFacts, from: bigint, to: bigint | undefined): boolean =>
  audience.kind === 'party'
    ? audience.address === from || audience.address === to
    : audience.address === log.address &&
      audience.topics.every((topic, i) => topic === undefined || log.topics[i] === topic);

const selects = ({ addresses, topics }: LogFilter, log: LogFacts): boolean =>
  (addresses.length === 0 || addresses.includes(log.address)) &&
  topics.every((set, i) => set === undefined || (log.topics[i] !== undefined && set.includes(log.topics[i]!)));

const readers: Principal[] = [
  ANONYMOUS,
  user(['customer']),
  user(['customer'], [ALICE]),
  user(['customer'], [ALICE, BOB]),
  user(['registrar'], [BOB]),
  user(['customer', 'registrar'], [ALICE]),
  user(['operator'], [ALICE]),
  user([], [ALICE]),
];

describe('where a reader’s logs are looked for', () => {
  it('is where each visible log is, and where nothing else is (G5)', () => {
    const seed = process.env['SEED'] ?? randomBytes(6).toString('hex');
    console.log(`log audiences: seed ${seed}`);
    const random = createRandom(seed);
    const some = () => Array.from({ length: random.below(3) }, () => random.pick(TOPICS));
    const counts = { visible: 0, hidden: 0, selected: 0 };
    for (let round = 0; round < 4_000; round++) {
      const reader = random.pick(readers);
      const log = {
        address: random.pick(ADDRESSES),
        topics: Array.from({ length: random.below(5) }, () => random.pick(TOPICS)),
      };
      const [from, to] = [random.pick([ALICE, BOB, 7n]), random.pick([ALICE, BOB, undefined])];
      const visible = policy.decideRead(reader, { kind: 'log', log, from, to }).allow;
      const found = (filter: LogFilter) => {
        const audiences = policy.logAudiences(reader, filter, 1_000);
        return audiences === 'all' || audiences.some((audience) => covers(audience, log, from, to));
      };
      expect(found({ addresses: [], topics: [] })).toBe(visible);
      counts[visible ? 'visible' : 'hidden'] += 1;
      const filter = {
        addresses: random.below(2) === 0 ? [] : [random.pick(ADDRESSES)],
        topics: Array.from({ length: random.below(4) }, () => (random.below(2) === 0 ? undefined : some())),
      };
      if (!visible || !selects(filter, log)) {
        if (!visible) expect(found(filter)).toBe(false);
        continue;
      }
      counts.selected += 1;
      expect(found(filter)).toBe(true);
    }
    expect(Math.min(...Object.values(counts))).toBeGreaterThan(50);
  });

  it('is everywhere for who sees all, and nowhere for who sees none', () => {
    const anything = { addresses: [], topics: [] };
    expect(policy.logAudiences(user(['auditor']), anything, 1)).toBe('all');
    expect(policy.logAudiences(user(['operator'], [ALICE]), anything, 9)).toHaveLength(1);
    const minimal = createPolicy(compile(readPolicyFile('minimal.yaml')));
    expect(minimal.logAudiences(ANONYMOUS, anything, 9)).toEqual([]);
    expect(minimal.logAudiences({ ...ANONYMOUS, wallets: [ALICE] }, anything, 9)).toEqual([]);
  });

  it('is named up to a bound and one more', () => {
    const many = user(
      ['customer'],
      Array.from({ length: 100 }, (_, i) => BigInt(i + 1)),
    );
    const anything = { addresses: [], topics: [] };
    expect(policy.logAudiences(many, anything, 50)).toHaveLength(51);
    const all = policy.logAudiences(many, anything, 1_000_000);
    expect(all).toHaveLength(1 + 100 + 100 + 100 * 100 + 100);
  });
});
