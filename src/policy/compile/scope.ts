/** The names of a policy: roles, lists and contracts, with what every policy has from the start. */

import {
  BASE_TOKEN_ADDRESS,
  IDENTITY_REGISTRY_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  RESERVED_ADDRESS_END,
  ROLE_BIT,
  TOKEN_VAULT_ADDRESS,
} from '../../chain/constants.ts';
import { type ContractEvent, type ContractFunction, isFunction, readAbiItem } from '../abi/contract-abi.ts';
import { parseAddress } from '../source/address.ts';
import type { Report } from '../source/issue.ts';
import type { ContractSource, PolicySource } from '../source/policy-source.ts';
import type { CompiledContract, CompiledList } from './compiled-policy.ts';

export interface Scope {
  readonly roles: ReadonlyMap<string, number>;
  readonly lists: ReadonlyMap<string, CompiledList>;
  readonly contracts: ReadonlyMap<string, CompiledContract>;
}

/** Words with a meaning of their own wherever a name may stand. */
const RESERVED = new Set(['anyone', 'anonymous', 'user', 'any', 'native', 'own', 'all', 'none', 'to', 'signer']);

/** The parts of the statement's system contracts that a policy may speak of (docs/PROTOCOL.md 4). */
const SYSTEM_CONTRACTS: readonly { name: string; address: bigint; functions: string[]; events: string[] }[] = [
  {
    name: 'baseToken',
    address: BASE_TOKEN_ADDRESS,
    functions: ['withdraw(address receiver)'],
    events: ['Withdrawal(address indexed _l2Sender, address indexed _l1Receiver, uint256 _amount)'],
  },
  {
    name: 'identityRegistry',
    address: IDENTITY_REGISTRY_ADDRESS,
    functions: [
      'freeze(address subject)',
      'unfreeze(address subject, uint64 deadline, bytes32 r, bytes32 vs)',
      'setIdentity(address subject, uint256 newValue, uint64 deadline, bytes32 r, bytes32 vs)',
    ],
    events: ['IdentityChanged(address indexed subject, address indexed signer, uint256 oldValue, uint256 newValue)'],
  },
  {
    name: 'tokenVault',
    address: TOKEN_VAULT_ADDRESS,
    functions: ['L1_CHAIN_ID()', 'BASE_TOKEN_ASSET_ID()', 'WETH_TOKEN()', 'originChainId(bytes32 assetId)'],
    events: [],
  },
  {
    name: 'listRegistry',
    address: LIST_REGISTRY_ADDRESS,
    functions: ['insert(uint64 list, address account)'],
    events: ['ListInserted(uint64 indexed list, address indexed account, address indexed signer)'],
  },
];

/**
 * Names that came after the first roots were approved. The canonical text leaves them out, or every policy's root would change with the software;
 * rules that use them stand there resolved.
 */
export const LATER_SYSTEM_CONTRACTS: ReadonlySet<string> = new Set(['tokenVault']);

export function resolveScope(source: PolicySource, report: Report): Scope {
  return {
    roles: resolveRoles(source, report),
    lists: resolveLists(source, report),
    contracts: resolveContracts(source, report),
  };
}

function resolveRoles(source: PolicySource, report: Report): Map<string, number> {
  const roles = new Map<string, number>(Object.entries(ROLE_BIT).map(([name, bit]) => [name.toLowerCase(), bit]));
  const builtIn = new Set(roles.keys());
  const taken = new Map([...roles].map(([name, bit]) => [bit, name]));
  for (const [name, bit] of Object.entries(source.roles ?? {})) {
    if (RESERVED.has(name) || builtIn.has(name))
      report('RESERVED_NAME', ['roles', name], `'${name}' has a meaning already`);
    const other = taken.get(bit);
    if (other !== undefined) report('DUPLICATE_NAME', ['roles', name], `bit ${bit} is already the role '${other}'`);
    taken.set(bit, name);
    roles.set(name, bit);
  }
  return roles;
}

function resolveLists(source: PolicySource, report: Report): Map<string, CompiledList> {
  const lists = new Map<string, CompiledList>();
  const taken = new Map<number, string>();
  for (const [name, { id, kind }] of Object.entries(source.lists ?? {})) {
    if (RESERVED.has(name)) report('RESERVED_NAME', ['lists', name], `'${name}' has a meaning already`);
    const other = taken.get(id);
    if (other !== undefined) report('DUPLICATE_NAME', ['lists', name, 'id'], `id ${id} is already the list '${other}'`);
    taken.set(id, name);
    lists.set(name, { name, id: BigInt(id), kind });
  }
  return lists;
}

function resolveContracts(source: PolicySource, report: Report): Map<string, CompiledContract> {
  const contracts = new Map<string, CompiledContract>();
  for (const { name, address, functions, events } of SYSTEM_CONTRACTS) {
    contracts.set(name, { name, address, code: address, ...readAbi([], { address: '', functions, events }, failHard) });
  }
  const system = new Set(contracts.keys());
  const taken = new Map<string, string>();
  for (const [name, contract] of Object.entries(source.contracts ?? {})) {
    const path = ['contracts', name];
    if (RESERVED.has(name) || system.has(name)) report('RESERVED_NAME', path, `'${name}' has a meaning already`);
    const address = readAddress(contract.address, [...path, 'address'], report);
    const code = contract.code === undefined ? address : readAddress(contract.code, [...path, 'code'], report);
    const place = `${address}/${code}`;
    const other = taken.get(place);
    if (other !== undefined) report('DUPLICATE_NAME', path, `the same address and code as contract '${other}'`);
    taken.set(place, name);
    contracts.set(name, { name, address, code, ...readAbi(path, contract, report) });
  }
  return contracts;
}

const failHard: Report = (_, __, message) => {
  throw new Error(message);
};

function readAddress(text: string, path: readonly (string | number)[], report: Report): bigint {
  const address = parseAddress(text);
  if (address === undefined) report('BAD_ADDRESS', path, 'not an address, or its EIP-55 checksum is wrong');
  else if (address < RESERVED_ADDRESS_END) report('BAD_ADDRESS', path, 'addresses below 0x20000 are reserved');
  return address ?? 0n;
}

function readAbi(path: readonly (string | number)[], contract: ContractSource, report: Report) {
  const functions: ContractFunction[] = [];
  const events: ContractEvent[] = [];
  const add = (item: unknown, at: readonly (string | number)[], kind?: 'function' | 'event') => {
    let read: ContractFunction | ContractEvent | undefined;
    try {
      read = readAbiItem(item, kind);
    } catch (error) {
      report('BAD_SIGNATURE', at, `not a ${kind ?? 'function or event'}: ${firstLine(error)}`);
    }
    if (read === undefined) return;
    if (isFunction(read)) {
      const { selector } = read;
      const clash = functions.find((other) => other.selector === selector);
      if (clash !== undefined) report('DUPLICATE_NAME', at, `the same selector as ${clash.signature}`);
      functions.push(read);
    } else {
      const { topic } = read;
      if (events.some((other) => other.topic === topic))
        report('DUPLICATE_NAME', at, `event ${read.signature} stands twice`);
      events.push(read);
    }
  };
  for (const [i, item] of (contract.functions ?? []).entries()) add(item, [...path, 'functions', i], 'function');
  for (const [i, item] of (contract.events ?? []).entries()) add(item, [...path, 'events', i], 'event');
  for (const [i, item] of (contract.abi ?? []).entries()) add(item, [...path, 'abi', i]);
  return { functions, events };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
