import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONFIG_FIELDS, type Field } from '../../src/config/schema.ts';
import { REFUSALS } from '../../src/config/verify.ts';
import { CONFIGURATION_DOC, configurationDoc } from '../../src/config/write-docs.ts';
import { withoutPadding } from './table-padding.ts';

const committed = readFileSync(CONFIGURATION_DOC, 'utf8');

describe('docs/configuration.md', () => {
  it('is what `npm run docs:config` writes', () => {
    expect(withoutPadding(committed)).toBe(withoutPadding(configurationDoc()));
  });

  it('has a row for every field and every refusal', () => {
    const rows = committed.split('\n').filter((line) => line.startsWith('| `'));
    const count = Object.values<Field>(CONFIG_FIELDS).reduce(
      (sum, field) => sum + 1 + (field.type === 'records' ? Object.keys(field.fields).length : 0),
      0,
    );
    expect(rows.length).toBe(count + REFUSALS.length);
    expect(rows.length).toBeGreaterThan(60);
  });
});
