import { CONFIG_FIELDS, environmentName, type Field } from './schema.ts';

/** Text of `docs/configuration.md`. */
export function describeConfig(): string {
  const rows = Object.entries(CONFIG_FIELDS).flatMap(([path, field]: [string, Field]) => {
    const row = rowOf(path, `\`${environmentName(path)}\``, field);
    if (field.type !== 'records') return [row];
    return [row, ...Object.entries(field.fields).map(([name, inner]) => rowOf(`${path}[].${name}`, '', inner))];
  });
  return [
    '# Configuration',
    '',
    'Generated from `src/config/schema.ts` by `npm run docs:config`. A YAML file (`privity start --config FILE`) nests the dotted names;',
    'environment variables win over the file. A list of `records` is a YAML list whose items have the fields `[].…` below it; in the environment it is JSON.',
    '`privity config check` prints what would refuse to start.',
    '',
    '| field | environment | type | default | secret | meaning |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function rowOf(path: string, environment: string, field: Field): string {
  const value = Array.isArray(field.default) ? field.default.join(',') : String(field.default);
  const type =
    field.type === 'integer'
      ? `integer ${field.min}..${field.max}`
      : field.type === 'string' && field.oneOf !== undefined
        ? field.oneOf.join(' \\| ')
        : field.type;
  return `| \`${path}\` | ${environment} | ${type} | ${value === '' ? '' : `\`${value}\``} | ${field.secret === true ? 'yes' : ''} | ${field.meaning} |`;
}
