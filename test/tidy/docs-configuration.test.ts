import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONFIG_FIELDS } from '../../src/config/schema.ts';
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
    expect(rows.length).toBe(Object.keys(CONFIG_FIELDS).length + REFUSALS.length);
    expect(rows.length).toBeGreaterThan(60);
  });
});
