/** Writes the generated Noir files. `--check` only says whether those on disk are current. */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as chain from '../chain/constants.ts';
import { emptySubtrees } from '../chain/frontier.ts';
import { LOW_S_MAX } from '../chain/secp256k1.ts';
import { SYSTEM_FUNCTIONS } from '../chain/system-call.ts';
import { toWord } from '../chain/word.ts';
import { renderPadding } from './generate-padding.ts';
import { EVM_PROFILE_SMALL, renderEvmProfile } from './witness/evm/evm-profile.ts';
import { renderOpcodes } from './witness/evm/render-opcodes.ts';
import { EVENT_TOPICS, TYPE_HASHES } from './witness/hashed-names.ts';
import { PROFILES, renderProfile } from './witness/profiles.ts';

export const LIBRARY_SOURCES = fileURLToPath(new URL('../../circuits/lib/src/', import.meta.url));

const field = (name: string, value: bigint | number) => `pub global ${name}: Field = ${hex(BigInt(value))};`;
const u32 = (name: string, value: number) => `pub global ${name}: u32 = ${value};`;
const hex = (value: bigint) => (value < 1n << 32n ? `${value}` : `0x${value.toString(16)}`);

function group(prefix: string, values: Readonly<Record<string, number | bigint>>): string[] {
  return Object.entries(values).map(([name, value]) => field(`${prefix}_${name}`, value));
}

function word(name: string, value: bigint): string[] {
  const { hi, lo } = toWord(value);
  return [field(`${name}_HI`, hi), field(`${name}_LO`, lo)];
}

const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

export function renderConstants(): string {
  const zeros = emptySubtrees(chain.TREE_DEPTH);
  const lines = [
    '// Generated from src/chain by `npm run constants`; a test compares the two.',
    '',
    field('STATEMENT_VERSION', chain.STATEMENT_VERSION),
    ...group('TAG', chain.TAG),
    ...group('NAME', chain.SYSTEM_NAME),
    u32('TREE_DEPTH', chain.TREE_DEPTH),
    u32('TX_TREE_DEPTH', chain.TX_TREE_DEPTH),
    u32('BLOCK_RING_DEPTH', chain.BLOCK_RING_DEPTH),
    u32('POLICY_TREE_DEPTH', chain.POLICY_TREE_DEPTH),
    u32('LIST_TREE_DEPTH', chain.LIST_TREE_DEPTH),
    u32('VK_TREE_DEPTH', chain.VK_TREE_DEPTH),
    field('MESSAGES_MAX', chain.MESSAGES_MAX),
    u32('CONDITIONS_MAX', chain.CONDITIONS_MAX),
    field('RESERVED_ADDRESS_END', chain.RESERVED_ADDRESS_END),
    field('BASE_TOKEN_ADDRESS', chain.BASE_TOKEN_ADDRESS),
    field('IDENTITY_REGISTRY_ADDRESS', chain.IDENTITY_REGISTRY_ADDRESS),
    field('LIST_REGISTRY_ADDRESS', chain.LIST_REGISTRY_ADDRESS),
    field('TX_GAS', chain.TX_GAS),
    field('CALLDATA_ZERO_BYTE_GAS', chain.CALLDATA_ZERO_BYTE_GAS),
    field('CALLDATA_BYTE_GAS', chain.CALLDATA_BYTE_GAS),
    field('SELECTOR_RECEIVE', chain.SELECTOR_RECEIVE),
    ...group('POSITION', chain.POLICY_POSITION),
    ...group('CONDITION', chain.CONDITION),
    ...group('PATH', chain.PATH),
    ...Object.entries(chain.ROLE_BIT).map(([name, bit]) => `pub global ROLE_${name}: u128 = ${2 ** bit};`),
    field('FLAG_FROZEN', chain.FLAG_FROZEN),
    ...group('OPERATION', chain.PRIORITY_KIND),
    ...group('KIND', chain.CIRCUIT_KIND),
    ...SYSTEM_FUNCTIONS.flatMap(({ kind, selector, gas }) => [
      field(`SELECTOR_${snake(kind)}`, selector),
      field(`GAS_${snake(kind)}`, gas),
    ]),
    ...Object.entries(EVENT_TOPICS).flatMap(([name, topic]) => word(`TOPIC_${snake(name)}`, topic)),
    ...Object.entries(TYPE_HASHES).flatMap(([name, hash]) => bytes(`TYPE_HASH_${snake(name)}`, hash)),
    ...word('LOW_S_MAX', LOW_S_MAX),
    '',
    '// Roots of empty subtrees, by height.',
    `pub global ZEROS: [Field; ${zeros.length}] = [${zeros.map(hex).join(', ')}];`,
    '',
  ];
  return lines.join('\n');
}

function bytes(name: string, value: Uint8Array): string[] {
  return [`pub global ${name}: [u8; ${value.length}] = [${[...value].join(', ')}];`];
}

/** Path under circuits/lib/src and text of every generated file; those of circuits/evm by a path upwards. */
export const renderAll = (): Readonly<Record<string, string>> => ({
  'constants.nr': renderConstants(),
  'padding.nr': renderPadding(),
  'profile.nr': renderProfile(PROFILES.xs),
  '../../evm/src/opcodes.nr': renderOpcodes(),
  '../../evm/src/profile.nr': renderEvmProfile(EVM_PROFILE_SMALL),
});

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, text] of Object.entries(renderAll())) {
    const path = join(LIBRARY_SOURCES, name);
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      console.error(`${path} is not current: npm run constants`);
      process.exitCode = 1;
    }
  }
}
