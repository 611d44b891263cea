import type { ConsoleRole } from '../roles.ts';

export interface SampleAccount {
  readonly subject: string;
  readonly name: string;
  readonly roles: readonly ConsoleRole[];
}

/** Logins of the development provider, named by role; two where two people must act. */
export const SAMPLE_ACCOUNTS: readonly SampleAccount[] = [
  { subject: 'operator', name: 'Operator', roles: ['operator'] },
  { subject: 'registrar', name: 'Registrar', roles: ['registrar'] },
  { subject: 'registrar-2', name: 'Second registrar', roles: ['registrar'] },
  { subject: 'compliance', name: 'Compliance officer', roles: ['compliance'] },
  { subject: 'compliance-2', name: 'Second compliance officer', roles: ['compliance'] },
  { subject: 'auditor', name: 'Auditor', roles: ['auditor'] },
  { subject: 'customer', name: 'Customer', roles: ['customer'] },
];
