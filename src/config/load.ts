import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { configError } from './errors.ts';
import { CONFIG_FIELDS, type Config, type ConfigPath, environmentName, type Field } from './schema.ts';
import { refuseUnknownVariables } from './unknown-variables.ts';

export interface ConfigSources {
  /** YAML file; absent means defaults only. */
  readonly file?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Win over file and environment. */
  readonly overrides?: Partial<Config>;
}

/** Reads defaults, then the file, then the environment, then overrides. Unknown fields and bad values are errors that name the field. */
export function loadConfig({ file, environment, overrides }: ConfigSources): Config {
  const values: Record<string, unknown> = {};
  for (const [path, field] of Object.entries(CONFIG_FIELDS)) values[path] = field.default;
  if (file !== undefined) Object.assign(values, readFile(file));
  for (const [path, field] of Object.entries(CONFIG_FIELDS)) {
    const text = environment[environmentName(path)];
    if (text !== undefined && text !== '') values[path] = parseText(path, field, text);
  }
  Object.assign(values, overrides);
  for (const [path, field] of Object.entries(CONFIG_FIELDS)) check(path, field, values[path]);
  const config = values as Config;
  refuseUnknownVariables(environment, [config['keys.kekEnv']]);
  return config;
}

function readFile(file: string): Record<string, unknown> {
  let tree: unknown;
  try {
    tree = parse(readFileSync(file, 'utf8')) ?? {};
  } catch (cause) {
    const reason = unreadable(cause);
    throw configError('CONFIG_UNREADABLE', `${file}: ${reason}`, { cause });
  }
  const flat: Record<string, unknown> = {};
  flatten(tree, '', flat);
  return flat;
}

/** Never the lines around the mistake, which a YAML parser likes to show: they may hold a password. */
function unreadable(cause: unknown): string {
  if (cause instanceof YAMLParseError) {
    const at = cause.linePos?.[0];
    return `no YAML${at === undefined ? '' : ` at line ${at.line}, column ${at.col}`} (${cause.code})`;
  }
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'not readable';
}

function flatten(value: unknown, path: string, into: Record<string, unknown>): void {
  if (path !== '' && path in CONFIG_FIELDS) {
    into[path] = value;
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw configError('CONFIG_UNKNOWN_FIELD', path || 'the file is no mapping of fields');
  for (const [key, child] of Object.entries(value)) flatten(child, path === '' ? key : `${path}.${key}`, into);
}

function parseText(path: string, field: Field, text: string): unknown {
  switch (field.type) {
    case 'string':
      return text;
    case 'strings':
      return text.split(',').map((item) => item.trim());
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw configError('CONFIG_INVALID', `${path}: true or false`);
      return text === 'true';
    case 'integer':
      if (!/^-?\d+$/.test(text)) throw configError('CONFIG_INVALID', `${path}: not a whole number`);
      return Number(text);
  }
}

function check(path: string, field: Field, value: unknown): void {
  const reason = reasonAgainst(field, value);
  if (reason !== undefined)
    throw configError('CONFIG_INVALID', `${path}: ${reason}`, { publicText: `${path}: ${reason}` });
}

function reasonAgainst(field: Field, value: unknown): string | undefined {
  switch (field.type) {
    case 'string':
      if (typeof value !== 'string') return 'text expected';
      return field.oneOf === undefined || field.oneOf.includes(value) ? undefined : `one of ${field.oneOf.join(', ')}`;
    case 'strings':
      return Array.isArray(value) && value.every((item) => typeof item === 'string')
        ? undefined
        : 'a list of texts expected';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'integer':
      if (!Number.isSafeInteger(value)) return 'a whole number expected';
      return (value as number) >= field.min && (value as number) <= field.max
        ? undefined
        : `between ${field.min} and ${field.max}`;
  }
}

/** The value as it may be shown: secrets are redacted. */
export function showValue(path: ConfigPath, config: Config): string {
  const field: Field = CONFIG_FIELDS[path];
  const value = config[path];
  if (field.secret === true && value !== '') return '[secret]';
  return Array.isArray(value) ? value.join(',') : String(value);
}
