import { describe, expect, it } from 'vitest';
import schema from '../../policies/policy.schema.json' with { type: 'json' };
import { isPrivityError } from '../../src/base/errors.ts';
import { Secret } from '../../src/base/secret.ts';
import { compilePolicy } from '../../src/policy/compile/compile-policy.ts';
import { METHOD_CLASSES } from '../../src/policy/method-class.ts';
import { compile, issuesOf, messagesOf, OPTIONS, readPolicyFile } from './fixtures.ts';

const HEAD = `name: t
version: 1
salt: s
exits: { roles: [anyone] }
`;
const TOKEN = '"0x00000000000000000000000000000000000a1b2c"';
const CONTRACTS = `contracts:
  token:
    address: ${TOKEN}
    functions:
      - transfer(address to, uint256 amount)
      - batch(address[] to)
`;
const write = (to: string, alternative: string): string =>
  `${HEAD}${CONTRACTS}lists: { bad: { id: 1, kind: deny }, good: { id: 2, kind: allow } }
reads: []
writes:
  - to: ${to}
    anyOf:
      - ${alternative}
`;

describe('a wrong policy is refused, with line and column', () => {
  const cases: [string, string, string[]][] = [
    ['an empty file', '', ['1:1 SCHEMA']],
    ['a list at the top', '- a', ['1:1 SCHEMA']],
    ['broken YAML', 'name: [', ['1:8 SYNTAX']],
    ['a key that stands twice', `${HEAD}version: 2\nwrites: []\nreads: []\n`, ['5:1 SYNTAX']],
    ['two documents', `${HEAD}writes: []\nreads: []\n---\na: 1\n`, ['7:1 SYNTAX']],
    ['an alias', `${HEAD}writes: &a []\nreads: *a\n`, ['5:12 SYNTAX', '6:8 SYNTAX']],
    ['a custom tag', `${HEAD}writes: !x []\nreads: []\n`, ['5:9 SYNTAX', '5:12 SYNTAX']],
    ['an unknown field at the top', `${HEAD}writes: []\nreads: []\nextra: 1\n`, ['7:1 SCHEMA']],
    ['an unknown field deep inside', write('native.transfer', '{ roles: [customer], unless: x }'), ['16:30 SCHEMA']],
    ['no exits', 'name: t\nversion: 1\nsalt: s\nwrites: []\nreads: []\n', ['1:1 SCHEMA']],
    [
      'the salt itself in the file',
      `name: t\nversion: 1\nsalt: 0x01\nexits: { roles: [anyone] }\nwrites: []\nreads: []\n`,
      ['3:7 SCHEMA'],
    ],
    ['a role bit of the built-in range', `${HEAD}roles: { own: 3 }\nwrites: []\nreads: []\n`, ['5:15 SCHEMA']],
    ['a role bit beyond 127', `${HEAD}roles: { desk: 128 }\nwrites: []\nreads: []\n`, ['5:16 SCHEMA']],
    [
      'a rule without alternatives',
      `${HEAD}reads: []\nwrites:\n  - to: native.transfer\n    anyOf: []\n`,
      ['8:12 SCHEMA'],
    ],
    ['an alternative without roles', write('native.transfer', '{ name: x }'), ['16:9 SCHEMA']],
    ['an alternative with an empty list of roles', write('native.transfer', '{ roles: [] }'), ['16:18 SCHEMA']],
    [
      'an amount without a unit',
      write('native.transfer', '{ roles: [anyone], conditions: [{ valueAtMost: 5 }] }'),
      ['16:56 SCHEMA'],
    ],
    [
      'five conditions',
      write(
        'native.transfer',
        `{ roles: [anyone], conditions: [${Array(5).fill('{ valueAtMost: 1 wei }').join(', ')}] }`,
      ),
      ['16:40 SCHEMA'],
    ],
    [
      'a method class that does not exist',
      `${HEAD}writes: []\nreads: [{ name: a, who: [user], methods: [everything] }]\n`,
      ['6:43 SCHEMA'],
    ],
    ['an unknown role of a signer', write('native.transfer', '{ roles: [customer, emperor] }'), ['16:29 UNKNOWN_ROLE']],
    ["'anyone' beside a role", write('native.transfer', '{ roles: [anyone, customer] }'), ['16:19 UNKNOWN_ROLE']],
    ['an unknown role of a reader', `${HEAD}writes: []\nreads: [{ name: a, who: [emperor] }]\n`, ['6:26 UNKNOWN_ROLE']],
    [
      'an unknown exit role',
      `name: t\nversion: 1\nsalt: s\nexits: { roles: [x] }\nwrites: []\nreads: []\n`,
      ['4:18 UNKNOWN_ROLE'],
    ],
    [
      'an unknown list',
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: to, notInList: x }] }'),
      ['16:67 UNKNOWN_LIST'],
    ],
    [
      'a deny list used to allow',
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: to, inList: bad }] }'),
      ['16:64 LIST_KIND'],
    ],
    [
      'an allow list used to deny',
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: to, notInList: good }] }'),
      ['16:67 LIST_KIND'],
    ],
    ['an unknown contract', write('tokn.transfer', '{ roles: [anyone] }'), ['14:9 UNKNOWN_CONTRACT']],
    ['an unknown function', write('token.mint', '{ roles: [anyone] }'), ['14:9 UNKNOWN_FUNCTION']],
    ['a native function that is not transfer', write('native.mint', '{ roles: [anyone] }'), ['14:9 UNKNOWN_CONTRACT']],
    [
      'an unknown argument',
      write('token.transfer', '{ roles: [anyone], conditions: [{ account: from, notFrozen: true }] }'),
      ['16:52 UNKNOWN_ARGUMENT'],
    ],
    [
      'an argument that is no address',
      write('token.transfer', '{ roles: [anyone], conditions: [{ account: amount, notFrozen: true }] }'),
      ['16:52 UNKNOWN_ARGUMENT'],
    ],
    [
      'an address in a dynamic argument',
      write('token.batch', '{ roles: [anyone], conditions: [{ account: "argument.to[0]", notFrozen: true }] }'),
      ['16:52 UNKNOWN_ARGUMENT'],
    ],
    [
      'an argument of a transfer',
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: recipient, notFrozen: true }] }'),
      ['16:52 UNKNOWN_ARGUMENT'],
    ],
    [
      "'to' of a call, which is the contract itself",
      write('token.transfer', '{ roles: [anyone], conditions: [{ account: to, notFrozen: true }] }'),
      ['16:52 BAD_CONDITION'],
    ],
    [
      'a condition with two predicates',
      write(
        'native.transfer',
        '{ roles: [anyone], conditions: [{ account: to, notFrozen: true, holdsRole: [customer] }] }',
      ),
      ['16:41 BAD_CONDITION'],
    ],
    [
      'a condition without a predicate',
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: to }] }'),
      ['16:41 BAD_CONDITION'],
    ],
    [
      'a condition without an account',
      write('native.transfer', '{ roles: [anyone], conditions: [{ notFrozen: true }] }'),
      ['16:41 BAD_CONDITION'],
    ],
    [
      "holdsRole of 'anyone'",
      write('native.transfer', '{ roles: [anyone], conditions: [{ account: to, holdsRole: [anyone] }] }'),
      ['16:41 BAD_CONDITION'],
    ],
    [
      'an amount finer than a wei',
      write('native.transfer', '{ roles: [anyone], conditions: [{ valueAtMost: 0.5 wei }] }'),
      ['16:56 BAD_AMOUNT'],
    ],
    [
      'an amount of 2^128 wei',
      write('native.transfer', `{ roles: [anyone], conditions: [{ valueAtMost: ${2n ** 128n} wei }] }`),
      ['16:56 BAD_AMOUNT'],
    ],
    [
      'the same alternative twice',
      write('native.transfer', '{ roles: [customer] }\n      - { roles: [customer] }'),
      ['17:9 DUPLICATE_RULE'],
    ],
    [
      'two alternatives of one name',
      write('native.transfer', '{ name: a, roles: [customer] }\n      - { name: a, roles: [auditor] }'),
      ['17:17 DUPLICATE_NAME'],
    ],
    [
      'the same condition twice',
      write('native.transfer', '{ roles: [anyone], conditions: [{ valueAtMost: 1 wei }, { valueAtMost: 2 wei }] }'),
      ['16:65 DUPLICATE_RULE'],
    ],
    [
      'two rules of one target',
      write('native.transfer', '{ roles: [customer] }\n  - to: native.transfer\n    anyOf: [{ roles: [auditor] }]'),
      ['17:9 DUPLICATE_RULE'],
    ],
    [
      'two rules of one target by two spellings',
      write(
        'token.transfer',
        '{ roles: [customer] }\n  - to: token.transfer(address,uint256)\n    anyOf: [{ roles: [auditor] }]',
      ),
      ['17:9 DUPLICATE_RULE'],
    ],
    ['a role under a reserved name', `${HEAD}roles: { anyone: 16 }\nwrites: []\nreads: []\n`, ['5:18 RESERVED_NAME']],
    [
      'a built-in role defined again',
      `${HEAD}roles: { customer: 16 }\nwrites: []\nreads: []\n`,
      ['5:20 RESERVED_NAME'],
    ],
    ['two roles of one bit', `${HEAD}roles: { a: 16, b: 16 }\nwrites: []\nreads: []\n`, ['5:20 DUPLICATE_NAME']],
    [
      'two lists of one id',
      `${HEAD}lists: { a: { id: 1, kind: deny }, b: { id: 1, kind: deny } }\nwrites: []\nreads: []\n`,
      ['5:45 DUPLICATE_NAME'],
    ],
    [
      'a contract under a built-in name',
      `${HEAD}contracts: { baseToken: { address: ${TOKEN} } }\nwrites: []\nreads: []\n`,
      ['5:25 RESERVED_NAME'],
    ],
    [
      'a contract at a reserved address',
      `${HEAD}contracts: { a: { address: "0x000000000000000000000000000000000000a002" } }\nwrites: []\nreads: []\n`,
      ['5:28 BAD_ADDRESS'],
    ],
    [
      'a wrong checksum',
      `${HEAD}contracts: { a: { address: "0xF39Fd6e51aad88F6F4ce6aB8827279cffFb92266" } }\nwrites: []\nreads: []\n`,
      ['5:28 BAD_ADDRESS'],
    ],
    ['a short address', `${HEAD}contracts: { a: { address: "0x12" } }\nwrites: []\nreads: []\n`, ['5:28 SCHEMA']],
    [
      'two contracts in one place',
      `${HEAD}contracts: { a: { address: ${TOKEN} }, b: { address: ${TOKEN} } }\nwrites: []\nreads: []\n`,
      ['5:79 DUPLICATE_NAME'],
    ],
    [
      'a function that is none',
      `${HEAD}contracts: { a: { address: ${TOKEN}, functions: ["transfer(addres to)"] } }\nwrites: []\nreads: []\n`,
      ['5:86 BAD_SIGNATURE'],
    ],
    [
      'a function that stands twice',
      `${HEAD}contracts: { a: { address: ${TOKEN}, functions: ["f(uint256 a)", "f(uint b)"] } }\nwrites: []\nreads: []\n`,
      ['5:102 DUPLICATE_NAME'],
    ],
    [
      'an empty fixed array',
      `${HEAD}contracts: { a: { address: ${TOKEN}, functions: ["f(uint256[0][] a)"] } }\nwrites: []\nreads: []\n`,
      ['5:86 BAD_SIGNATURE'],
    ],
    [
      'a JSON ABI that is none',
      `${HEAD}contracts: { a: { address: ${TOKEN}, abi: [{ type: function }] } }\nwrites: []\nreads: []\n`,
      ['5:80 BAD_SIGNATURE'],
    ],
    [
      'an unknown event',
      `${HEAD}writes: []\nreads: []\nevents: [{ on: baseToken.Minted, who: [user], anyOf: [{}] }]\n`,
      ['7:16 UNKNOWN_EVENT'],
    ],
    [
      'a parameter that is not indexed',
      `${HEAD}writes: []\nreads: []\nevents: [{ on: baseToken.Withdrawal, who: [user], anyOf: [{ _amount: own }] }]\n`,
      ['7:70 UNKNOWN_ARGUMENT'],
    ],
    [
      'two read rules of one name',
      `${HEAD}writes: []\nreads: [{ name: a, who: [user] }, { name: a, who: [user] }]\n`,
      ['6:43 DUPLICATE_NAME'],
    ],
    ["'any' as a target", write('any', '{ roles: [anyone] }'), ['14:9 WILDCARD']],
  ];
  it.each(cases)('%s', (_, text, expected) => {
    expect(issuesOf(text)).toEqual(expected);
  });

  it('reports everything that is wrong at once, in the order of the file', () => {
    const text = write('native.transfer', '{ roles: [x] }\n  - to: nowhere.f\n    anyOf: [{ roles: [y] }]');
    expect(issuesOf(text)).toEqual(['16:19 UNKNOWN_ROLE', '17:9 UNKNOWN_CONTRACT']);
    expect(messagesOf(text)[0]).toBe("policy:16:19: UNKNOWN_ROLE: no role 'x'");
  });

  it('throws one coded error that carries every line', () => {
    const text = write('native.transfer', '{ roles: [x] }');
    expect(() => compile(text)).toThrow(/^POLICY_INVALID: policy:16:19: UNKNOWN_ROLE/);
    expect(() => compile(write('any', '{ roles: [anyone] }'))).toThrow(/^POLICY_WILDCARD/);
  });

  it.each([0, 31, 33])('refuses a salt of %i bytes', (length) => {
    const text = readPolicyFile('minimal.yaml');
    const attempt = () => compilePolicy(text, { salt: new Secret(new Uint8Array(length)) });
    expect(attempt).toThrow(expect.toSatisfy((error: unknown) => isPrivityError(error, 'POLICY_SALT')));
  });

  it('refuses a file of more than 8 MiB without parsing it', () => {
    expect(issuesOf(`#${'x'.repeat(8 * 1024 * 1024)}`)).toEqual(['1:1 SYNTAX']);
  });

  it('accepts the same text with the mistakes taken out', () => {
    const conditions = '{ account: "argument.to", notInList: bad }, { valueAtMost: 0.5 ether }';
    const policy = compilePolicy(
      write('token.transfer', `{ roles: [customer], conditions: [${conditions}] }`),
      OPTIONS,
    );
    expect(policy.rules.map(({ id }) => id)).toEqual(['write.token.transfer#1']);
  });
});

it('schema and code know the same method classes', () => {
  expect(schema.definitions.methodClass.enum).toEqual([...METHOD_CLASSES]);
});
