import {
  BASE_TOKEN_ADDRESS,
  FLAG_FROZEN,
  FR_MODULUS,
  MESSAGES_MAX,
  PRIORITY_KIND,
  RESERVED_ADDRESS_END,
  ROLE_BIT,
  STATEMENT_VERSION,
  SYSTEM_NAME,
  TX_GAS,
} from '../../src/chain/constants.ts';

type Constant = readonly [name: string, type: string, value: bigint | number | string];

const address = (value: bigint): string => `address(0x${value.toString(16)})`;

const CONSTANTS: readonly Constant[] = [
  ['STATEMENT_VERSION', 'uint256', STATEMENT_VERSION],
  ['FR_MODULUS', 'uint256', FR_MODULUS],
  ['MESSAGES_MAX', 'uint256', MESSAGES_MAX],
  ['MESSAGE_TREE_DEPTH', 'uint256', Math.log2(MESSAGES_MAX)],
  ['RESERVED_ADDRESS_END', 'uint160', RESERVED_ADDRESS_END],
  ['BASE_TOKEN_ADDRESS', 'address', address(BASE_TOKEN_ADDRESS)],
  ['FLAG_FROZEN', 'uint256', FLAG_FROZEN],
  ['TX_GAS', 'uint256', TX_GAS],
  ...Object.entries(PRIORITY_KIND).map(([name, kind]): Constant => [`KIND_${name}`, 'uint8', kind]),
  ...Object.entries(SYSTEM_NAME).map(([name, value]): Constant => [`SYSTEM_${name}`, 'uint256', value]),
  ...Object.entries(ROLE_BIT).map(([name, bit]): Constant => [`ROLE_${name}`, 'uint256', 2 ** bit]),
];

/** Solidity's copy of the constants that L1 needs. */
export function solidityConstants(): string {
  const lines = CONSTANTS.map(([name, type, value]) => `${type} constant ${name} = ${value};`);
  return [
    '// SPDX-License-Identifier: Apache-2.0',
    'pragma solidity ^0.8.30;',
    '',
    '// Generated from src/chain/constants.ts; a test compares the two.',
    '',
    ...lines,
    '',
  ].join('\n');
}
