/**
 * Decision tables: what a policy must answer, in rows that a compliance officer can read (`policies/*.cases.yaml`). Parsing makes each row a
 * request; who answers it (the evaluator, a live RPC, a circuit) is the runner's choice.
 */

import { z } from 'zod';
import type { Identity } from '../../chain/identity.ts';
import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import { policyError } from '../errors.ts';
import { createFacts } from '../facts.ts';
import type { ExitRequest, PolicyFacts, Principal, ReadRequest, WriteRequest } from '../port.ts';
import { readLocatedYaml } from '../source/located-yaml.ts';
import { personAddress } from './person.ts';
import { type CaseScope, resolveCase } from './resolve-case.ts';

export type CaseRequest =
  | { readonly kind: 'write'; readonly request: WriteRequest }
  | { readonly kind: 'exit'; readonly request: ExitRequest }
  | { readonly kind: 'read'; readonly request: ReadRequest }
  | { readonly kind: 'call'; readonly request: WriteRequest };

export type CaseAnswer = 'allow' | 'deny' | 'filtered' | 'logs';

export type Case = CaseRequest & {
  /** 1-based line in the file. */
  readonly line: number;
  /** The row as it stands. */
  readonly text: string;
  readonly who: string;
  readonly principal: Principal;
  readonly expected: { readonly answer: CaseAnswer; readonly ruleId: string };
};

export interface CaseTable {
  readonly people: ReadonlyMap<string, CasePerson>;
  /** Approved members of each list. */
  readonly lists: ReadonlyMap<bigint, ReadonlySet<bigint>>;
  /** LIST leaves. */
  readonly inserted: ReadonlyMap<bigint, ReadonlySet<bigint>>;
  readonly facts: PolicyFacts;
  readonly cases: readonly Case[];
}

export interface CasePerson {
  readonly name: string;
  readonly address: bigint;
  readonly identity: Identity;
  readonly principal: Principal;
}

export const CASE_COLUMNS = ['who', 'roles', 'does', 'to', 'amount', 'answer', 'rule'] as const;

const time = z.iso.datetime().transform((text) => BigInt(Date.parse(text)) / 1000n);
const names = z.array(z.string()).default([]);
const fileSchema = z.strictObject({
  now: time,
  people: z.record(
    z.string().regex(/^[a-z][a-z0-9-]*$/),
    z.strictObject({
      roles: names,
      console: names,
      login: z.boolean().default(true),
      frozen: z.boolean().default(false),
      expiry: time.optional(),
    }),
  ),
  lists: z.record(z.string(), z.strictObject({ approved: names, inserted: names })).default({}),
  columns: z.tuple(CASE_COLUMNS.map((column) => z.literal(column)) as never),
  cases: z.array(z.array(z.union([z.string(), z.number()]).transform(String)).length(CASE_COLUMNS.length)).min(1),
});

/** Throws POLICY_CASES_INVALID with line and column. */
export function readCaseTable(text: string, policy: CompiledPolicy, file = 'cases'): CaseTable {
  const yaml = readLocatedYaml(text);
  const refuse = (path: readonly (string | number)[], message: string): never => {
    const { line, column } = yaml.locate(path);
    throw policyError('POLICY_CASES_INVALID', `${file}:${line}:${column}: ${message}`);
  };
  const syntax = yaml.issues[0];
  if (syntax !== undefined) {
    throw policyError('POLICY_CASES_INVALID', `${file}:${syntax.line}:${syntax.column}: ${syntax.message}`);
  }
  const parsed = fileSchema.safeParse(yaml.value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse((issue?.path ?? []) as (string | number)[], issue?.message ?? 'malformed');
  }
  const { now, people: personSources, lists: listSources, cases: rows } = parsed.data;

  const people = new Map<string, CasePerson>();
  for (const [name, source] of Object.entries(personSources)) {
    const mask = source.roles.reduce((roles, role, i) => {
      const bit = policy.roles.get(role) ?? refuse(['people', name, 'roles', i], `no role '${role}'`);
      return roles | (1n << BigInt(bit));
    }, 0n);
    const address = personAddress(name);
    const identity = { roles: mask, flags: source.frozen ? 1n : 0n, expiry: source.expiry ?? 0n };
    const principal: Principal = source.login
      ? { kind: 'user', subject: name, roles: source.console, wallets: [address] }
      : { kind: 'anonymous', subject: '', roles: [], wallets: [] };
    people.set(name, { name, address, identity, principal });
  }

  const members = (field: 'approved' | 'inserted') =>
    new Map(
      Object.entries(listSources).map(([listName, source]) => {
        const list = policy.lists.get(listName) ?? refuse(['lists', listName], `no list '${listName}'`);
        const addresses = source[field].map(
          (name, i) => people.get(name)?.address ?? refuse(['lists', listName, field, i], `nobody is called '${name}'`),
        );
        return [list.id, new Set(addresses)] as const;
      }),
    );
  const lists = members('approved');
  const inserted = members('inserted');

  const identities = new Map([...people.values()].map(({ address, identity }) => [address, identity]));
  const scope: CaseScope = { policy, people, sources: personSources, now };
  const cases = rows.map((cells, i): Case => {
    const row = Object.fromEntries(CASE_COLUMNS.map((column, j) => [column, cells[j]!])) as CaseRow;
    const refuseCell = (column: keyof CaseRow, message: string): never =>
      refuse(['cases', i, CASE_COLUMNS.indexOf(column)], message);
    const { line } = yaml.locate(['cases', i]);
    return { ...resolveCase(row, scope, refuseCell), line, text: cells.join(' | ') };
  });
  return { people, lists, inserted, facts: createFacts({ identities, lists, inserted }), cases };
}

export type CaseRow = Record<(typeof CASE_COLUMNS)[number], string>;
