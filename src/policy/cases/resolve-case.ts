import { bigIntToBytes, concatBytes } from '../../base/bytes.ts';
import { word32 } from '../../chain/packed.ts';
import type { CompiledPolicy } from '../compile/compiled-policy.ts';
import type { ReadRequest, WriteRequest } from '../port.ts';
import { parseAddress } from '../source/address.ts';
import { parseAmount } from '../source/amount.ts';
import type { Case, CaseAnswer, CasePerson, CaseRequest, CaseRow } from './case-table.ts';

export interface CaseScope {
  readonly policy: CompiledPolicy;
  readonly people: ReadonlyMap<string, CasePerson>;
  readonly sources: Readonly<
    Record<string, { readonly roles: readonly string[]; readonly console: readonly string[] }>
  >;
  readonly now: bigint;
}

type Refuse = (column: keyof CaseRow, message: string) => never;

const ANSWERS: readonly string[] = ['allow', 'deny', 'filtered', 'logs'] satisfies CaseAnswer[];

/**
 * `does` is one of: transfer; contract.function; exit; call contract.function; read balance|storage|transaction|outcome|block|audit;
 * rpc method. `to` lists what it is done to: people, lists, numbers or hex words; a transaction is written sender>recipient.
 */
export function resolveCase(row: CaseRow, scope: CaseScope, refuse: Refuse): Omit<Case, 'line' | 'text'> & CaseRequest {
  const person = scope.people.get(row.who) ?? refuse('who', `nobody is called '${row.who}'`);
  const [verb = '', object = ''] = row.does.split(' ');
  const reads = verb === 'read' || verb === 'rpc' || verb === 'call';
  const source = scope.sources[row.who]!;
  const shown = (reads ? source.console : source.roles).join('+') || '-';
  // The column repeats the person's roles so that a row can be read alone; it must therefore be true.
  if (shown !== row.roles) refuse('roles', `${row.who} has ${shown}`);
  if (!ANSWERS.includes(row.answer)) refuse('answer', `one of ${ANSWERS.join(', ')}`);
  const expected = { answer: row.answer as CaseAnswer, ruleId: row.rule };
  const value =
    row.amount === '-' ? 0n : (parseAmount(row.amount) ?? refuse('amount', 'an amount with its unit, or -'));
  const common = { who: row.who, principal: person.principal, expected };
  const signed = { signer: person.address, value, blockTimestamp: scope.now };
  const words = row.to === '-' ? [] : row.to.split(' ').filter((word) => word !== '');

  if (verb === 'transfer') {
    const to = wordOf(words[0] ?? '', scope, refuse);
    return { ...common, kind: 'write', request: { ...signed, to, data: new Uint8Array() } };
  }
  if (verb === 'exit')
    return { ...common, kind: 'exit', request: { sender: person.address, blockTimestamp: scope.now } };
  if (verb === 'call')
    return { ...common, kind: 'call', request: { ...signed, ...callTo(object, words, scope, refuse) } };
  if (verb === 'rpc') return { ...common, kind: 'read', request: { kind: 'method', method: object } };
  if (verb === 'read') return { ...common, kind: 'read', request: readRequest(object, words, scope, refuse) };
  return { ...common, kind: 'write', request: { ...signed, ...callTo(row.does, words, scope, refuse) } };
}

function callTo(
  text: string,
  words: readonly string[],
  scope: CaseScope,
  refuse: Refuse,
): Pick<WriteRequest, 'to' | 'code' | 'data'> {
  const dot = text.indexOf('.');
  const contract =
    scope.policy.contracts.get(text.slice(0, dot)) ?? refuse('does', `'${text}' is nothing that can be done`);
  const member = text.slice(dot + 1);
  const found = contract.functions.find(({ name, signature }) => name === member || signature === member);
  if (found === undefined) return refuse('does', `'${contract.name}' has no function '${member}'`);
  if (words.length > found.inputs.length)
    return refuse('to', `${found.signature} takes ${found.inputs.length} arguments`);
  const values = found.inputs.map(({ type }, i) => {
    if (type.kind === 'array' || type.kind === 'tuple' || type.kind === 'bytes' || type.kind === 'string') {
      return refuse('does', 'only functions of plain words can stand in a table');
    }
    return words[i] === undefined ? 0n : wordOf(words[i], scope, refuse);
  });
  const data = concatBytes(bigIntToBytes(BigInt(found.selector), 4), ...values.map(word32));
  return { to: contract.address, code: contract.code, data };
}

function wordOf(text: string, scope: CaseScope, refuse: Refuse): bigint {
  const known =
    scope.people.get(text)?.address ?? scope.policy.lists.get(text)?.id ?? scope.policy.contracts.get(text)?.address;
  if (known !== undefined) return known;
  if (/^0x[0-9a-fA-F]{40}$/.test(text)) return parseAddress(text) ?? refuse('to', 'the EIP-55 checksum is wrong');
  if (/^(0x[0-9a-fA-F]{1,64}|[0-9]{1,70})$/.test(text)) return BigInt(text);
  return refuse('to', `'${text}' is nobody and nothing known`);
}

function readRequest(object: string, words: readonly string[], scope: CaseScope, refuse: Refuse): ReadRequest {
  const first = words[0] ?? '';
  switch (object) {
    case 'balance':
      return { kind: 'account', address: wordOf(first, scope, refuse) };
    case 'storage':
      return { kind: 'storage', address: wordOf(first, scope, refuse), slot: wordOf(words[1] ?? '0', scope, refuse) };
    case 'outcome':
      return { kind: 'outcome', sender: wordOf(first, scope, refuse) };
    case 'block':
      return { kind: 'block' };
    case 'audit':
      return { kind: 'audit' };
    case 'transaction': {
      const [from = '', to = ''] = first.split('>');
      const transaction = { from: wordOf(from, scope, refuse), to: wordOf(to, scope, refuse), logs: [] };
      return { kind: 'transaction', transaction };
    }
    default:
      return refuse('does', `'read ${object}' is nothing that can be read`);
  }
}
