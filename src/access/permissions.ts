import type { ConsoleRole } from './roles.ts';

/** What a person may do to the node itself and to other people's access. What they may read of the chain is the policy's to say. */
export type SystemPermission = 'admin_read' | 'admin_write';

const OF_ROLE: Readonly<Record<ConsoleRole, readonly SystemPermission[]>> = {
  operator: ['admin_read', 'admin_write'],
  registrar: [],
  compliance: ['admin_read'],
  auditor: ['admin_read'],
  customer: [],
};

export const permissionsOf = (roles: readonly ConsoleRole[]): readonly SystemPermission[] => [
  ...new Set(roles.flatMap((role) => OF_ROLE[role])),
];
