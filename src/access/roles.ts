/** What a person may click. Never what an address may sign: that is its IDENTITY leaf, and neither grants the other. */
export const CONSOLE_ROLES = ['operator', 'registrar', 'compliance', 'auditor', 'customer'] as const;

export type ConsoleRole = (typeof CONSOLE_ROLES)[number];

export const isConsoleRole = (value: unknown): value is ConsoleRole => CONSOLE_ROLES.some((role) => role === value);
