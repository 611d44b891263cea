/**
 * Writes `policies/large.yaml`: a bank with client tiers, desks, tokens and counterparties, of more than 1,000 rules. Deterministic, so that
 * benches compare and the test can hold the file against this script. Run it: `node test/policy/large-policy.ts > policies/large.yaml`.
 */

import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';

const TIERS = ['retail', 'affluent', 'private', 'business', 'corporate', 'institutional'];
const REGIONS = ['home', 'union', 'overseas'];
const DESKS = ['treasury', 'rates', 'credit', 'equities', 'metals', 'funding'];
const TOKENS = 70;
const COUNTERPARTY_LISTS = DESKS.map((desk) => `${desk}-counterparties`);
const TIER_LIMIT_ETHER = [5, 25, 100, 250, 2_500, 25_000];

const addressOf = (name: string): string =>
  `"0x${createHash('sha256').update(`large policy: ${name}`).digest('hex').slice(0, 40)}"`;

interface Alternative {
  readonly name: string;
  readonly roles: readonly string[];
  readonly conditions: readonly string[];
}

const writeRule = (to: string, alternatives: readonly Alternative[]): string[] => [
  `  - to: ${to}`,
  '    anyOf:',
  ...alternatives.flatMap(({ name, roles, conditions }) => [
    `      - name: ${name}`,
    `        roles: [${roles.join(', ')}]`,
    ...(conditions.length === 0
      ? []
      : ['        conditions:', ...conditions.map((condition) => `          - ${condition}`)]),
  ]),
];

const clean = (account: string): string => `{ account: ${account}, notInList: sanctions }`;

/** A tier pays any client of its own region and, at lower tiers' limits, whoever is a customer of the bank. */
function nativeTransfers(): Alternative[] {
  const customer = {
    name: 'customer',
    roles: ['customer'],
    conditions: ['valueAtMost: 1 ether', '{ account: to, holdsRole: [customer] }', clean('to'), clean('signer')],
  };
  const tiers = TIERS.flatMap((tier, i) =>
    REGIONS.map((region) => ({
      name: `${tier}-${region}`,
      roles: [`${tier}-${region}`],
      conditions: [
        `valueAtMost: ${TIER_LIMIT_ETHER[i]} ether`,
        `{ account: to, holdsRole: [customer, ${TIERS.map((other) => `${other}-${region}`).join(', ')}] }`,
        clean('to'),
        clean('signer'),
      ],
    })),
  );
  const desks = DESKS.map((desk) => ({
    name: `${desk}-desk`,
    roles: [`${desk}-desk`],
    conditions: [
      'valueAtMost: 100000 ether',
      `{ account: to, inList: ${desk}-counterparties }`,
      clean('to'),
      clean('signer'),
    ],
  }));
  return [customer, ...tiers, ...desks];
}

function withdrawals(): Alternative[] {
  const customer = { name: 'customer', roles: ['customer'], conditions: ['valueAtMost: 1 ether', clean('signer')] };
  const tiers = TIERS.map((tier, i) => ({
    name: tier,
    roles: REGIONS.map((region) => `${tier}-${region}`),
    conditions: [`valueAtMost: ${TIER_LIMIT_ETHER[i]} ether`, clean('signer')],
  }));
  return [customer, ...tiers];
}

function tokenRules(token: number): string[] {
  const name = `token${token}`;
  const desk = DESKS[token % DESKS.length]!;
  const tiers = TIERS.slice(token % 3);
  const transfer = tiers.map((tier) => ({
    name: tier,
    roles: REGIONS.map((region) => `${tier}-${region}`),
    conditions: ['{ account: recipient, notFrozen: true }', clean('recipient'), clean('signer')],
  }));
  const deskTransfer = {
    name: 'desk',
    roles: [`${desk}-desk`],
    conditions: [`{ account: recipient, inList: ${desk}-counterparties }`, clean('signer')],
  };
  const approve = tiers.slice(0, 3).map((tier) => ({
    name: tier,
    roles: REGIONS.map((region) => `${tier}-${region}`),
    conditions: [`{ account: spender, holdsRole: [${desk}-desk] }`, clean('signer')],
  }));
  const transferFrom = {
    name: 'desk',
    roles: [`${desk}-desk`],
    conditions: ['{ account: recipient, notFrozen: true }', clean('owner'), clean('recipient')],
  };
  const issue = {
    name: 'desk',
    roles: [`${desk}-desk`],
    conditions: ['{ account: recipient, holdsRole: [customer] }', clean('recipient')],
  };
  const settle = DESKS.filter((other) => other !== desk)
    .slice(0, 3)
    .map((other) => ({
      name: `${other}-desk`,
      roles: [`${other}-desk`],
      conditions: [
        `{ account: delivery.seller, inList: ${desk}-counterparties }`,
        `{ account: delivery.buyer, inList: ${other}-counterparties }`,
      ],
    }));
  return [
    ...writeRule(`${name}.transfer`, [...transfer, deskTransfer]),
    ...writeRule(`${name}.approve`, approve),
    ...writeRule(`${name}.transferFrom`, [transferFrom]),
    ...writeRule(`${name}.mint`, [issue]),
    ...writeRule(`${name}.burn`, [{ name: 'desk', roles: [`${desk}-desk`], conditions: [] }]),
    ...writeRule(`${name}.settle`, settle),
  ];
}

const contract = (name: string): string[] => [
  `  ${name}:`,
  `    address: ${addressOf(name)}`,
  '    functions:',
  '      - transfer(address recipient, uint256 amount)',
  '      - approve(address spender, uint256 amount)',
  '      - transferFrom(address owner, address recipient, uint256 amount)',
  '      - mint(address recipient, uint256 amount)',
  '      - burn(uint256 amount)',
  '      - settle((address seller, address buyer, uint256 amount) delivery, bytes32 memo)',
  '      - balanceOf(address owner)',
  '    events:',
  '      - Transfer(address indexed from, address indexed to, uint256 amount)',
];

export function generateLargePolicy(): string {
  const tokens = Array.from({ length: TOKENS }, (_, i) => i + 1);
  const roles = [
    ...TIERS.flatMap((tier) => REGIONS.map((region) => `${tier}-${region}`)),
    ...DESKS.map((desk) => `${desk}-desk`),
  ];
  const only = (role: string): Alternative[] => [{ name: role, roles: [role], conditions: [] }];
  return `${[
    '# Generated by test/policy/large-policy.ts; do not edit. A bank of tiers, regions, desks and counterparties.',
    'name: large',
    'version: 1',
    'salt: large',
    'roles:',
    ...roles.map((role, i) => `  ${role}: ${16 + i}`),
    'lists:',
    '  sanctions: { id: 1, kind: deny }',
    ...COUNTERPARTY_LISTS.map((list, i) => `  ${list}: { id: ${i + 2}, kind: allow }`),
    'contracts:',
    ...tokens.flatMap((token) => contract(`token${token}`)),
    'exits: { roles: [anyone] }',
    'writes:',
    ...writeRule('native.transfer', nativeTransfers()),
    ...writeRule('baseToken.withdraw', withdrawals()),
    ...writeRule('identityRegistry.setIdentity', only('registrar')),
    ...writeRule('identityRegistry.freeze', only('compliance')),
    ...writeRule('identityRegistry.unfreeze', only('compliance')),
    ...writeRule('listRegistry.insert', only('compliance')),
    ...tokens.flatMap(tokenRules),
    'reads:',
    '  - { name: everybody, who: [anonymous], methods: [public] }',
    '  - name: own',
    '    who: [user]',
    '    methods: [public, network, fees, account, block, transaction, logs, call, estimate, send, outcome, disclosure]',
    '    accounts: own',
    `    contracts: [baseToken, identityRegistry, listRegistry, ${tokens.map((token) => `token${token}`).join(', ')}]`,
    '    transactions: party',
    '    logs: party',
    '    blocks: filtered',
    '    calls: rules',
    '    submit: own',
    '  - name: oversight',
    '    who: [auditor, compliance]',
    '    methods: [account, block, transaction, logs, call, estimate, outcome, storage, trace, disclosure, audit]',
    '    accounts: all',
    '    transactions: all',
    '    logs: all',
    '    blocks: full',
    '    calls: all',
    '    storage: all',
    '    audit: true',
    'calls:',
    ...tokens.map((token) => `  - { to: token${token}.balanceOf, who: [user], arguments: { owner: own } }`),
    'events:',
    '  - { on: baseToken.Withdrawal, who: [user], anyOf: [{ _l2Sender: own }] }',
    ...tokens.map((token) => `  - { on: token${token}.Transfer, who: [user], anyOf: [{ from: own }, { to: own }] }`),
    'limits:',
    '  - { name: send, who: [user], methods: [send], perMinute: 600000 }',
    '  - { name: logs, who: [user], methods: [logs], perMinute: 6000 }',
  ].join('\n')}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(generateLargePolicy());
