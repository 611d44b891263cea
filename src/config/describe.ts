import { CONFIG_FIELDS, environmentName, type Field } from './schema.ts';

/** Text of `docs/configuration.md`. */
export function describeConfig(): string {
  const rows = Object.entries(CONFIG_FIELDS).map(([path, field]: [string, Field]) => {
    const value = Array.isArray(field.default) ? field.default.join(',') : String(field.default);
    const type =
      field.type === 'integer'
        ? `integer ${field.min}..${field.max}`
        : field.type === 'string' && field.oneOf !== undefined
          ? field.oneOf.join(' \\| ')
          : field.type;
    return `| \`${path}\` | \`${environmentName(path)}\` | ${type} | ${value === '' ? '' : `\`${value}\``} | ${field.secret === true ? 'yes' : ''} | ${field.meaning} |`;
  });
  return [
    '# Configuration',
    '',
    'Generated from `src/config/schema.ts` by `npm run docs:config`. A YAML file (`privity start --config FILE`) nests the dotted names;',
    'environment variables win over the file. `privity config check` prints what would refuse to start.',
    '',
    '| field | environment | type | default | secret | meaning |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
