import { type ConsoleRole, isConsoleRole } from '../roles.ts';

export interface RoleMapping {
  /** Claim of the ID token that lists roles; dots reach into objects (`realm_access.roles`). */
  readonly claim: string;
  /** The provider's names for our roles; a name that stands for itself need not be listed. */
  readonly names: Readonly<Record<string, ConsoleRole>>;
  /** Roles given to a subject whatever the claims say. */
  readonly subjects: Readonly<Record<string, readonly ConsoleRole[]>>;
}

/** Console roles of a person, sorted and without repeats; empty means no access. */
export function mapRoles(
  mapping: RoleMapping,
  subject: string,
  claims: Readonly<Record<string, unknown>>,
): ConsoleRole[] {
  const named = list(valueAt(claims, mapping.claim)).flatMap((name) => {
    const role = Object.hasOwn(mapping.names, name) ? mapping.names[name] : name;
    return isConsoleRole(role) ? [role] : [];
  });
  const given = Object.hasOwn(mapping.subjects, subject) ? mapping.subjects[subject]! : [];
  return [...new Set([...named, ...given])].sort();
}

function valueAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  // A claim may itself have dots in its name (`https://bank.example/roles`).
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string');
