/** A variable that is no setting refuses the start and names the one that was meant. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { CONFIG_FIELDS, environmentName } from '../../src/config/schema.ts';
import { TOOL_VARIABLES } from '../../src/config/unknown-variables.ts';

const refusalOf = (environment: Record<string, string | undefined>): { code?: string; publicText?: string } => {
  try {
    loadConfig({ environment });
    return {};
  } catch (error) {
    return error as { code: string; publicText: string };
  }
};

describe('a misspelt variable', () => {
  it.each([
    ['a letter is missing', 'PRIVITY_HTP_PORT', 'PRIVITY_HTTP_PORT'],
    ['letters are swapped', 'PRIVITY_HTTP_PROT', 'PRIVITY_HTTP_PORT'],
    ['a word is glued', 'PRIVITY_CHAIN_BATCHINTERVAL_SECONDS', 'PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS'],
    ['a word is missing', 'PRIVITY_CHAIN_DENIALS_PER_MINUTE', 'PRIVITY_CHAIN_DENIALS_PER_MINUTE_MAX'],
    ['it is in small letters', 'privity_l1_url', 'PRIVITY_L1_URL'],
    ['nothing but the prefix stands', 'PRIVITY_', 'PRIVITY_MODE'],
  ])('refuses the start when %s, and the nearest is named', (_how, name, meant) => {
    const { code, publicText } = refusalOf({ [name]: 'marker-value' });
    expect(code).toBe('CONFIG_UNKNOWN_FIELD');
    expect(publicText).toContain(`${name} is no setting`);
    expect(publicText).toMatch(new RegExp(`${meant}$`));
    expect(publicText).not.toContain('marker-value');
  });

  it('refuses the start when it is empty, too', () => {
    expect(refusalOf({ PRIVITY_MODEL: '' }).code).toBe('CONFIG_UNKNOWN_FIELD');
  });

  it('is looked for among ours alone', () => {
    expect(refusalOf({ PATH: '/bin', HTTP_PORT: '1', NOT_PRIVITY_MODE: 'x', PRIVITYMODE: 'x' })).toEqual({});
    expect(refusalOf({ PRIVITY_HTTP_PROT: undefined })).toEqual({});
  });
});

describe('known variables', () => {
  it('are the settings, the key-encryption key that they name, and what tools and tests read', () => {
    const settings = Object.keys(CONFIG_FIELDS).map(environmentName);
    const unset = Object.fromEntries([...settings, ...TOOL_VARIABLES].map((name) => [name, '']));
    expect(refusalOf({ ...unset, PRIVITY_KEYS_KEK_ENV: 'PRIVITY_OUR_KEK', PRIVITY_OUR_KEK: 'ab' })).toEqual({});
    expect(refusalOf({ PRIVITY_OUR_KEK: 'ab' }).code).toBe('CONFIG_UNKNOWN_FIELD');
  });

  it('are all that the sources read from the environment', () => {
    const root = new URL('../..', import.meta.url).pathname;
    const files = execFileSync('git', ['ls-files', 'src', 'test', 'vitest.config.ts'], {
      cwd: root,
      encoding: 'utf8',
    }).split('\n');
    const read = new Set<string>();
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(`${root}/${file}`, 'utf8');
      for (const [, name] of text.matchAll(/env\['(PRIVITY_[A-Z0-9_]*)'\]/g)) read.add(name!);
    }
    const known = [...Object.keys(CONFIG_FIELDS).map(environmentName), ...TOOL_VARIABLES];
    expect([...read].filter((name) => !known.includes(name))).toEqual([]);
    expect(TOOL_VARIABLES.filter((name) => !read.has(name))).toEqual([]);
    expect(read.size).toBeGreaterThan(3);
  });
});
