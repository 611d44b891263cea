import { type ConsoleRole, isConsoleRole } from '../roles.ts';

export interface RoleMapping {
  /** Claim of the ID token that lists roles; dots reach into objects (`realm_access.roles`). */
  readonly claim: string;
  /** The provider's names for our roles. Without any, and without subjects, its names are ours; else a name that is not listed gives nothing. */
  readonly names: ReadonlyMap<string, readonly ConsoleRole[]>;
  /** Roles given to a subject whatever the claims say. */
  readonly subjects: ReadonlyMap<string, readonly ConsoleRole[]>;
}

type Claims = Readonly<Record<string, unknown>>;

/** Console roles of a person, sorted and without repeats; empty means no access. */
export function mapRoles({ claim, names, subjects }: RoleMapping, subject: string, claims: Claims): ConsoleRole[] {
  const areNamesOurs = names.size === 0 && subjects.size === 0;
  const rolesOf = (name: string) => (areNamesOurs ? [name].filter(isConsoleRole) : (names.get(name) ?? []));
  const named = list(valueAt(claims, claim)).flatMap(rolesOf);
  return [...new Set([...named, ...(subjects.get(subject) ?? [])])].sort();
}

/**
 * True when the provider left the roles out because they were too many, and names a place to ask instead (distributed claims, OpenID Connect
 * Core 5.6.2; Entra does so above 200 groups). They are not fetched: nothing says which groups stand there at the time of the login.
 */
export function areRolesElsewhere({ claim }: RoleMapping, claims: Claims): boolean {
  const names = claims['_claim_names'];
  return typeof names === 'object' && names !== null && Object.hasOwn(names, claim);
}

function valueAt(claims: Claims, path: string): unknown {
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
