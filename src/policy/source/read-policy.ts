import { Ajv, type ErrorObject } from 'ajv';
import schema from '../../../policies/policy.schema.json' with { type: 'json' };
import type { PolicyIssue } from './issue.ts';
import { type LocatedYaml, readLocatedYaml } from './located-yaml.ts';
import type { PolicySource } from './policy-source.ts';

const validate = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile<PolicySource>(schema);

export interface ReadPolicy {
  readonly source: PolicySource | undefined;
  readonly issues: readonly PolicyIssue[];
  readonly locate: LocatedYaml['locate'];
}

/** Syntax and schema only; names are resolved by the compiler. */
export function readPolicy(text: string): ReadPolicy {
  const yaml = readLocatedYaml(text);
  if (yaml.issues.length > 0) return { source: undefined, issues: yaml.issues, locate: yaml.locate };
  if (validate(yaml.value)) return { source: yaml.value, issues: [], locate: yaml.locate };
  const issues = (validate.errors ?? []).filter(isTelling).map((error) => issueOf(error, yaml.locate));
  return { source: undefined, issues, locate: yaml.locate };
}

/** A failed `propertyNames` is reported twice; the inner one names what is wrong. */
const isTelling = (error: ErrorObject): boolean => error.keyword !== 'propertyNames';

function issueOf(error: ErrorObject, locate: LocatedYaml['locate']): PolicyIssue {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^(0|[1-9][0-9]*)$/.test(step) ? Number(step) : step));
  const key: unknown = error.params['additionalProperty'] ?? error.propertyName;
  const where = typeof key === 'string' ? locate(path, key) : locate(path);
  return { code: 'SCHEMA', message: describe(error, path, key), path, ...where };
}

function describe(error: ErrorObject, path: readonly (string | number)[], key: unknown): string {
  const place = path.length === 0 ? 'the policy' : path.join('.');
  switch (error.keyword) {
    case 'additionalProperties':
      return `${place} has an unknown field '${String(key)}'`;
    case 'enum':
      return `${place} must be one of ${(error.params['allowedValues'] as unknown[]).join(', ')}`;
    default:
      return typeof key === 'string'
        ? `name '${key}' ${error.message ?? ''}`
        : `${place} ${error.message ?? 'is invalid'}`;
  }
}
