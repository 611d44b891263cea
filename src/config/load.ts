import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { configError } from './errors.ts';
import {
  CONFIG_FIELDS,
  type Config,
  type ConfigPath,
  environmentName,
  type Field,
  type RecordField,
} from './schema.ts';
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
  for (const [path, field] of Object.entries(CONFIG_FIELDS)) values[path] = checked(path, field, values[path]);
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
  flatten(tree, { fields: CONFIG_FIELDS, path: '', at: '', into: flat });
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

/** Nested mappings to dotted paths. `at` is where the fields stand, for the text of an error. */
function flatten(
  value: unknown,
  place: {
    readonly fields: Readonly<Record<string, Field>>;
    readonly path: string;
    readonly at: string;
    readonly into: Record<string, unknown>;
  },
): void {
  const { fields, path, at, into } = place;
  if (Object.hasOwn(fields, path)) {
    into[path] = value;
    return;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw configError('CONFIG_UNKNOWN_FIELD', `${at}${path}` || 'the file is no mapping of fields');
  for (const [key, child] of Object.entries(value))
    flatten(child, { ...place, path: path === '' ? key : `${path}.${key}` });
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
    case 'records':
      try {
        return JSON.parse(text);
      } catch {
        throw invalid(path, 'not JSON');
      }
  }
}

const invalid = (path: string, reason: string) =>
  configError('CONFIG_INVALID', `${path}: ${reason}`, { publicText: `${path}: ${reason}` });

/** The value, with the defaults of its own fields where it has some. */
function checked(path: string, field: Field, value: unknown): unknown {
  if (field.type === 'records') {
    if (!Array.isArray(value)) throw invalid(path, 'a list expected');
    return value.map((record: unknown, index) => readRecord(`${path}[${index}].`, field.fields, record));
  }
  const reason = reasonAgainst(field, value);
  if (reason !== undefined) throw invalid(path, reason);
  return value;
}

function readRecord(at: string, fields: Readonly<Record<string, RecordField>>, record: unknown): unknown {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) throw invalid(at, 'a mapping expected');
  const given: Record<string, unknown> = {};
  flatten(record, { fields, path: '', at, into: given });
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      checked(`${at}${name}`, field, Object.hasOwn(given, name) ? given[name] : field.default),
    ]),
  );
}

function reasonAgainst(field: RecordField, value: unknown): string | undefined {
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
  return shown(field, config[path]);
}

function shown(field: Field, value: unknown): string {
  if (field.type === 'records')
    return JSON.stringify((value as Record<string, unknown>[]).map((record) => shownRecord(field.fields, record)));
  if (field.secret === true && value !== '') return '[secret]';
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Only what differs from the default. */
function shownRecord(
  fields: Readonly<Record<string, RecordField>>,
  record: Record<string, unknown>,
): Record<string, unknown> {
  const said = Object.entries(fields).filter(([name, { default: unsaid }]) => String(record[name]) !== String(unsaid));
  return Object.fromEntries(said.map(([name, field]) => [name, field.secret === true ? '[secret]' : record[name]]));
}
