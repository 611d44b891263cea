/** The compiler and evaluator against a naive model that reads the same rules as plain data and decodes calldata with viem. */

import { randomUUID } from 'node:crypto';
import { decodeAbiParameters, encodeAbiParameters, parseAbiItem, toFunctionSelector } from 'viem';
import { expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/base/bytes.ts';
import type { Identity } from '../../src/chain/identity.ts';
import { isCanonicalEncoding } from '../../src/policy/abi/canonical.ts';
import { type JsonAbiParameter, readAbiParameter } from '../../src/policy/abi/types.ts';
import { decideWrite } from '../../src/policy/decide/decide-write.ts';
import { createFacts } from '../../src/policy/facts.ts';
import type { WriteRequest } from '../../src/policy/port.ts';
import { compile } from './fixtures.ts';
import { createRandom, type Random } from './random.ts';

const seed = process.env['FUZZ_SEED'] ?? randomUUID();
const POLICIES = 150;
const REQUESTS = 120;

const ADDRESSES = [1n, 2n, 3n, 4n, 5n].map((n) => (n << 100n) | 0xabcdefn);
const [TOKEN, ...PEOPLE] = ADDRESSES as [bigint, ...bigint[]];
const ROLES = { customer: 0n, auditor: 4n, desk: 16n, branch: 127n } as const;
type Role = keyof typeof ROLES;

interface ModelFunction {
  readonly target: string;
  readonly to: bigint | undefined;
  readonly signature: string | undefined;
  /** Account names that a condition may use, and how the model finds them in decoded arguments. */
  readonly accounts: Readonly<Record<string, (args: readonly unknown[]) => string>>;
}

const FUNCTIONS: readonly ModelFunction[] = [
  { target: 'native.transfer', to: undefined, signature: undefined, accounts: {} },
  {
    target: 'token.transfer',
    to: TOKEN,
    signature: 'transfer(address who, uint256 amount)',
    accounts: { who: (args) => String(args[0]) },
  },
  {
    target: 'token.move',
    to: TOKEN,
    signature: 'move(uint8 kind, (bytes4 tag, address[2] pair) deal, bool last)',
    accounts: {
      'deal.pair[0]': (args) => (args[1] as { pair: string[] }).pair[0]!,
      'deal.pair[1]': (args) => (args[1] as { pair: string[] }).pair[1]!,
    },
  },
  {
    target: 'token.note',
    to: TOKEN,
    signature: 'note(bytes text, address from, uint64[] parts)',
    accounts: { from: (args) => String(args[1]) },
  },
];

interface ModelCondition {
  readonly kind: 'valueAtMost' | 'holdsRole' | 'notFrozen' | 'inList' | 'notInList';
  readonly account: string;
  readonly amount: bigint;
  readonly roles: readonly Role[];
}

interface ModelRule {
  readonly fn: ModelFunction;
  readonly alternatives: readonly { readonly roles: readonly Role[]; readonly conditions: readonly ModelCondition[] }[];
}

function randomRules(random: Random): ModelRule[] {
  return FUNCTIONS.filter(() => random.below(5) > 0).map((fn) => {
    const seen = new Set<string>();
    const alternatives = Array.from({ length: 1 + random.below(4) }, () => {
      const conditions = new Map<string, ModelCondition>();
      for (let i = random.below(4); i > 0; i--) {
        const condition: ModelCondition = {
          kind: random.pick(['valueAtMost', 'holdsRole', 'notFrozen', 'inList', 'notInList']),
          account: random.pick(['signer', ...(fn.signature === undefined ? ['to'] : []), ...Object.keys(fn.accounts)]),
          amount: BigInt(random.below(4)),
          roles: randomRoles(random),
        };
        conditions.set(
          condition.kind === 'valueAtMost' ? 'value' : `${condition.kind}/${condition.account}`,
          condition,
        );
      }
      return { roles: random.below(4) === 0 ? [] : randomRoles(random), conditions: [...conditions.values()] };
    }).filter((alternative) => {
      const key = JSON.stringify([alternative.roles, [...alternative.conditions].map(sourceOf).sort()]);
      return !seen.has(key) && seen.add(key);
    });
    return { fn, alternatives };
  });
}

const randomRoles = (random: Random): Role[] => {
  const chosen = (Object.keys(ROLES) as Role[]).filter(() => random.below(3) === 0);
  return chosen.length > 0 ? chosen : ['customer'];
};

function sourceOf({ kind, account, amount, roles }: ModelCondition): string {
  const quoted = JSON.stringify(account);
  switch (kind) {
    case 'valueAtMost':
      return `{ valueAtMost: ${amount} wei }`;
    case 'holdsRole':
      return `{ account: ${quoted}, holdsRole: [${roles.join(', ')}] }`;
    case 'notFrozen':
      return `{ account: ${quoted}, notFrozen: true }`;
    case 'inList':
      return `{ account: ${quoted}, inList: good }`;
    case 'notInList':
      return `{ account: ${quoted}, notInList: bad }`;
  }
}

const policyText = (rules: readonly ModelRule[]): string => `name: fuzz
version: 1
salt: s
roles: { desk: 16, branch: 127 }
lists: { bad: { id: 1, kind: deny }, good: { id: 2, kind: allow } }
contracts:
  token:
    address: "0x${TOKEN.toString(16).padStart(40, '0')}"
    functions: [${FUNCTIONS.flatMap(({ signature }) => (signature === undefined ? [] : [JSON.stringify(signature)])).join(', ')}]
exits: { roles: [anyone] }
reads: []
writes: ${rules.length === 0 ? '[]' : ''}
${rules
  .map(
    ({ fn, alternatives }) => `  - to: ${fn.target}
    anyOf:
${alternatives
  .map(
    ({ roles, conditions }) =>
      `      - roles: [${roles.length === 0 ? 'anyone' : roles.join(', ')}]${
        conditions.length === 0 ? '' : `\n        conditions: [${conditions.map(sourceOf).join(', ')}]`
      }`,
  )
  .join('\n')}`,
  )
  .join('\n')}
`;

interface ModelWorld {
  readonly identities: Map<bigint, Identity>;
  readonly badRoot: Set<bigint>;
  readonly badLeaf: Set<bigint>;
  readonly good: Set<bigint>;
  readonly goodLeaf: Set<bigint>;
}

function randomWorld(random: Random): ModelWorld {
  const some = () => new Set(ADDRESSES.filter(() => random.below(4) === 0));
  const identities = ADDRESSES.filter(() => random.below(6) > 0).map((address): [bigint, Identity] => {
    const roles = Object.values(ROLES).reduce<bigint>(
      (mask, bit) => (random.below(2) === 0 ? mask | (1n << bit) : mask),
      0n,
    );
    return [address, { roles, flags: random.below(6) === 0 ? 1n : 0n, expiry: random.pick([0n, 0n, 99n, 100n, 101n]) }];
  });
  return { identities: new Map(identities), badRoot: some(), badLeaf: some(), good: some(), goodLeaf: some() };
}

function randomRequest(random: Random): WriteRequest & { fn: ModelFunction } {
  const fn = random.pick(FUNCTIONS);
  const common = { fn, signer: random.pick(PEOPLE), value: BigInt(random.below(5)), blockTimestamp: 100n };
  if (fn.signature === undefined) return { ...common, to: random.pick(PEOPLE), data: new Uint8Array() };
  const item = parseAbiItem(`function ${fn.signature}` as never) as unknown as { inputs: JsonAbiParameter[] };
  const address = () => `0x${random.pick(ADDRESSES).toString(16).padStart(40, '0')}`;
  const bytes = (length: number) =>
    `0x${
      length === 0
        ? ''
        : random
            .bits(length * 8)
            .toString(16)
            .padStart(length * 2, '0')
    }`;
  const values: Record<string, () => unknown[]> = {
    'token.transfer': () => [address(), random.bits(256)],
    'token.move': () => [random.below(256), { tag: bytes(4), pair: [address(), address()] }, random.below(2) === 1],
    'token.note': () => [
      bytes(random.below(70)),
      address(),
      Array.from({ length: random.below(3) }, () => random.bits(64)),
    ],
  };
  const encoded = encodeAbiParameters(item.inputs as never, values[fn.target]!() as never);
  const data = hexToBytes(toFunctionSelector(`function ${fn.signature}`) + encoded.slice(2));
  return { ...common, to: TOKEN, code: TOKEN, data: random.below(3) === 0 ? mutate(random, data) : data };
}

/** Flips, cuts or grows, but leaves the selector. */
function mutate(random: Random, data: Uint8Array): Uint8Array {
  const kind = random.below(4);
  if (kind === 0) return data.slice(0, 4 + random.below(data.length - 3));
  if (kind === 1) return Uint8Array.from([...data, ...new Uint8Array(1 + random.below(40))]);
  const copy = Uint8Array.from(data);
  const at = 4 + random.below(data.length - 4);
  if (data.length > 4) copy[at] = copy[at]! ^ (1 << random.below(8));
  return copy;
}

/** The one encoding of what viem reads out of the bytes, or undefined when it reads nothing or writes something else. */
function decodeStrictly(inputs: readonly JsonAbiParameter[], data: Uint8Array): readonly unknown[] | undefined {
  try {
    const values = decodeAbiParameters(inputs as never, bytesToHex(data)) as readonly unknown[];
    return encodeAbiParameters(inputs as never, values as never) === bytesToHex(data) ? values : undefined;
  } catch {
    return undefined;
  }
}

function modelDecides(
  rules: readonly ModelRule[],
  w: ModelWorld,
  request: WriteRequest & { fn: ModelFunction },
): string | undefined {
  const identityOf = (address: bigint) => w.identities.get(address) ?? { roles: 0n, flags: 0n, expiry: 0n };
  const frozen = (address: bigint) => identityOf(address).flags === 1n;
  const has = (address: bigint, roles: readonly Role[]) => {
    const { roles: held, expiry } = identityOf(address);
    const valid = expiry === 0n || !(request.blockTimestamp > expiry);
    return !frozen(address) && valid && roles.some((role) => ((held >> ROLES[role]) & 1n) === 1n);
  };
  if (frozen(request.signer)) return undefined;
  const { fn } = request;
  const rule = rules.find((candidate) => candidate.fn === fn);
  if (rule === undefined) return undefined;
  let args: readonly unknown[] = [];
  if (fn.signature !== undefined) {
    const item = parseAbiItem(`function ${fn.signature}` as never) as unknown as { inputs: JsonAbiParameter[] };
    const decoded = decodeStrictly(item.inputs, request.data.slice(4));
    if (decoded === undefined) return undefined;
    args = decoded;
  }
  const accountOf = (name: string): bigint => {
    if (name === 'to') return request.to!;
    if (name === 'signer') return request.signer;
    return BigInt(fn.accounts[name]!(args));
  };
  const met = rule.alternatives.findIndex(({ roles, conditions }) => {
    if (roles.length > 0 && !has(request.signer, roles)) return false;
    return conditions.every((condition) => {
      if (condition.kind === 'valueAtMost') return !(request.value > condition.amount);
      const account = accountOf(condition.account);
      if (condition.kind === 'holdsRole') return has(account, condition.roles);
      if (condition.kind === 'notFrozen') return !frozen(account);
      if (condition.kind === 'inList') return w.good.has(account);
      return !(w.badRoot.has(account) || w.badLeaf.has(account));
    });
  });
  return met === -1 ? undefined : `write.${fn.target}#${met + 1}`;
}

it(`evaluator and naive model agree (seed ${seed})`, () => {
  console.log(`FUZZ_SEED=${seed}`);
  const random = createRandom(seed);
  let allowed = 0;
  let denied = 0;
  for (let p = 0; p < POLICIES; p++) {
    const rules = randomRules(random);
    const text = policyText(rules);
    const policy = compile(text);
    const w = randomWorld(random);
    const facts = createFacts({
      identities: w.identities,
      lists: new Map([
        [1n, w.badRoot],
        [2n, w.good],
      ]),
      inserted: new Map([
        [1n, w.badLeaf],
        [2n, w.goodLeaf],
      ]),
    });
    for (let r = 0; r < REQUESTS; r++) {
      const request = randomRequest(random);
      const decision = decideWrite(policy, request, facts);
      const expected = modelDecides(rules, w, request);
      const shown = `policy ${p} request ${r} ${request.fn.target} ${bytesToHex(request.data)}\n${text}`;
      expect(decision.allow ? decision.ruleId : undefined, shown).toBe(expected);
      if (decision.allow) allowed += 1;
      else denied += 1;
    }
  }
  console.log(`fuzz: ${allowed} allowed, ${denied} denied`);
  expect(allowed).toBeGreaterThan(1000);
  expect(denied).toBeGreaterThan(allowed);
});

const TYPES = [
  'uint8',
  'uint256',
  'int16',
  'int256',
  'address',
  'bool',
  'bytes3',
  'bytes32',
  'bytes',
  'uint16[]',
  'address[2]',
  'bytes[]',
  'int8[2][]',
  'bytes[2]',
];

function randomParameter(random: Random, depth = 0): JsonAbiParameter {
  if (depth < 2 && random.below(5) === 0) {
    const components = Array.from({ length: 1 + random.below(3) }, () => randomParameter(random, depth + 1));
    return { name: '', type: random.pick(['tuple', 'tuple[]', 'tuple[2]']), components };
  }
  return { name: '', type: random.pick(TYPES) };
}

function randomValue(random: Random, type: string, components: readonly JsonAbiParameter[]): unknown {
  const array = /^(.*)\[([0-9]*)\]$/.exec(type);
  if (array !== null) {
    const length = array[2] === '' ? random.below(4) : Number(array[2]);
    return Array.from({ length }, () => randomValue(random, array[1]!, components));
  }
  if (type === 'tuple')
    return components.map((component) => randomValue(random, component.type, component.components ?? []));
  if (type === 'address') return `0x${random.bits(160).toString(16).padStart(40, '0')}`;
  if (type === 'bool') return random.below(2) === 1;
  if (type === 'bytes') {
    const length = random.below(66);
    return length === 0
      ? '0x'
      : `0x${random
          .bits(length * 8)
          .toString(16)
          .padStart(length * 2, '0')}`;
  }
  const [, kind, size] = /^(uint|int|bytes)([0-9]+)$/.exec(type)!;
  if (kind === 'bytes')
    return `0x${random
      .bits(Number(size) * 8)
      .toString(16)
      .padStart(Number(size) * 2, '0')}`;
  const raw = random.bits(Number(size));
  const value = kind === 'uint' ? raw : BigInt.asIntN(Number(size), raw);
  return Number(size) <= 48 ? Number(value) : value;
}

it(`canonical ABI means: what viem reads, it writes back to the same bytes (seed ${seed})`, () => {
  const random = createRandom(`${seed}/abi`);
  let accepted = 0;
  let refused = 0;
  for (let i = 0; i < 4000; i++) {
    const inputs = Array.from({ length: 1 + random.below(4) }, () => randomParameter(random));
    const values = inputs.map(({ type, components }) => randomValue(random, type, components ?? []));
    const encoded = hexToBytes(encodeAbiParameters(inputs as never, values as never));
    const parameters = inputs.map(readAbiParameter);
    const shown = JSON.stringify(inputs);
    expect(isCanonicalEncoding(parameters, encoded), `${shown} ${bytesToHex(encoded)}`).toBe(true);
    const changed = mutate(random, Uint8Array.from([0, 0, 0, 0, ...encoded])).subarray(4);
    const canonical = decodeStrictly(inputs, changed) !== undefined;
    expect(isCanonicalEncoding(parameters, changed), `${shown} ${bytesToHex(changed)}`).toBe(canonical);
    if (canonical) accepted += 1;
    else refused += 1;
  }
  expect(accepted).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1000);
});
