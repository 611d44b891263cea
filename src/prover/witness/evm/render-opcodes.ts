/** `circuits/evm/src/opcodes.nr`: the instruction properties as constant tables indexed by opcode. */

import { CALLDATA_TAG } from './calldata-hash.ts';
import { CODE_PAGE_BYTES, CODE_PAGE_TAG, CODE_TREE_DEPTH } from './code-pages.ts';
import { ENVIRONMENT_SLOT, ENVIRONMENT_SLOTS, OP, OP_INFO, OPS, type OpInfo, TABLE } from './opcodes.ts';

const COLUMNS: readonly (readonly [
  name: string,
  type: 'Field' | 'u32',
  of: (info: OpInfo, op: number) => number | bigint,
])[] = [
  ['TABLE_OF', 'u32', (info) => info.table],
  ['DEPTH_A', 'Field', (info) => info.depthA],
  ['DEPTH_B', 'Field', (info) => info.depthB],
  ['NEEDS', 'Field', (info) => info.needs],
  ['DELTA', 'Field', (info) => info.delta],
  ['PUSHES', 'Field', (info) => info.pushes],
  ['STATIC_GAS', 'Field', (info) => info.gas],
  ['COPIES', 'Field', (info) => info.copies],
  ['SWAPS', 'Field', (info) => info.swaps],
  ['FLOWS', 'Field', (info) => info.flows],
  ['SEES_GAS', 'Field', (info) => info.seesGas],
  ['USES_TABLE', 'Field', (info) => (info.table === TABLE.NONE ? 0 : 1)],
  ['ARGS', 'Field', (info) => info.args],
  ['LEAD', 'Field', (info) => info.lead],
  ['ENVIRONMENT_SLOT', 'Field', (_, op) => ENVIRONMENT_SLOT[op] ?? 0],
  ['IMMEDIATE', 'u32', (info) => info.immediate],
  ['HAS_CONSTANT', 'Field', (info) => (info.immediate === 0 ? 0 : 1)],
  // A constant is two numbers of bytes: the last 16, and those before.
  ['HIGH_BYTES', 'u32', (info) => highBytes(info)],
  ['LOW_POWER', 'Field', (info) => 256n ** BigInt(info.immediate - highBytes(info))],
  ['HIGH_POWER', 'Field', (info) => 256n ** BigInt(highBytes(info))],
];

const highBytes = ({ immediate }: OpInfo): number => Math.max(0, immediate - 16);

export function renderOpcodes(): string {
  const tables = COLUMNS.map(
    ([name, type, of]) =>
      `pub global ${name}: [${type}; OPS] = [${OP_INFO.map((info, op) => of(info, op)).join(', ')}];`,
  );
  return [
    '//! Generated from src/prover/witness/evm by `npm run constants`; a test compares the two. Indexed by opcode.',
    '',
    `pub global OPS: u32 = ${OPS};`,
    ...Object.entries(OP).map(([name, op]) => `pub global OP_${name}: Field = ${op};`),
    ...Object.entries(TABLE).map(([name, table]) => `pub global TABLE_${name}: u32 = ${table};`),
    `pub global TABLES: u32 = ${Object.keys(TABLE).length};`,
    `pub global ENVIRONMENT_SLOTS: u32 = ${ENVIRONMENT_SLOTS};`,
    `pub global TAG_CALLDATA: Field = ${CALLDATA_TAG};`,
    `pub global TAG_CODE_PAGE: Field = ${CODE_PAGE_TAG};`,
    `pub global CODE_PAGE_BYTES: u32 = ${CODE_PAGE_BYTES};`,
    `pub global CODE_TREE_DEPTH: u32 = ${CODE_TREE_DEPTH};`,
    '',
    ...tables,
    '',
  ].join('\n');
}
