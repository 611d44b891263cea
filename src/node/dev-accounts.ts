/**
 * The sample people of the embedded development stack, named by role. Their keys come from the public test mnemonic that every Ethereum
 * tool knows: they are worthless, and configuration refuses development mode on a real L1.
 */

import { type HDAccount, mnemonicToAccount } from 'viem/accounts';
import { ROLE_BIT } from '../chain/constants.ts';

export const developmentMnemonic = 'test test test test test test test test test test test junk';

const NAMES = [
  'deployer',
  'committer',
  'prover',
  'executor',
  'maker',
  'checker',
  'registrar-1',
  'registrar-2',
  'compliance-1',
  'compliance-2',
  'operator',
  'auditor',
  'customer-a',
  'customer-b',
  'customer-c',
  'outsider',
  'collector',
] as const;

export type DevAccountName = (typeof NAMES)[number];

export const isDevAccountName = (name: string): name is DevAccountName => NAMES.some((known) => known === name);

export const devAccountCount = NAMES.length;

export const devAccount = (name: DevAccountName): HDAccount =>
  mnemonicToAccount(developmentMnemonic, { addressIndex: NAMES.indexOf(name) });

/** What each may sign on the chain: bits of its IDENTITY leaf at genesis. */
export const devIdentities: readonly { readonly name: DevAccountName; readonly role: keyof typeof ROLE_BIT }[] = [
  { name: 'registrar-1', role: 'REGISTRAR' },
  { name: 'registrar-2', role: 'REGISTRAR' },
  { name: 'compliance-1', role: 'COMPLIANCE' },
  { name: 'compliance-2', role: 'COMPLIANCE' },
  { name: 'operator', role: 'OPERATOR' },
  { name: 'auditor', role: 'AUDITOR' },
  { name: 'customer-a', role: 'CUSTOMER' },
  { name: 'customer-b', role: 'CUSTOMER' },
  { name: 'customer-c', role: 'CUSTOMER' },
];

export const roleMask = (role: keyof typeof ROLE_BIT): bigint => 1n << BigInt(ROLE_BIT[role]);
