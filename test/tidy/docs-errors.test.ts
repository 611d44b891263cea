import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCatalogues } from '../../src/base/errors.ts';
import { differencesOf, readErrorDocument } from './error-document.ts';
import { filesBelow, ROOT, textOf } from './source-files.ts';
import { withoutPadding } from './table-padding.ts';

const BASE = 'src/base/errors.ts';
const files = filesBelow('src', ['errors.ts']).filter((path) => path.endsWith('/errors.ts') && path !== BASE);
const text = withoutPadding(textOf('docs/errors.md'));

beforeAll(async () => {
  for (const path of files) await import(pathToFileURL(join(ROOT, path)).href);
});

describe('docs/errors.md', () => {
  it('is compared with every catalogue there is', () => {
    expect(files.length).toBeGreaterThan(12);
    expect(errorCatalogues().size).toBeGreaterThanOrEqual(files.length);
    const elsewhere = filesBelow('src', ['.ts']).filter((path) => /\bdefineErrors\s*[<(]/.test(textOf(path)));
    expect(elsewhere.filter((path) => path !== BASE)).toEqual(files);
  });

  it('has every code with its public text and answers, and no other', () => {
    expect(differencesOf(errorCatalogues(), readErrorDocument(text))).toEqual([]);
  });

  it.each([
    ['a code that is missing', /^\| `TX_MALFORMED` .*\n/m, '', ['chain TX_MALFORMED is not documented']],
    [
      'a code that does not exist',
      '`TX_MALFORMED`',
      '`TX_MISSPELT`',
      ['chain TX_MALFORMED is not documented', 'chain TX_MISSPELT does not exist'],
    ],
    [
      'another public text',
      'The transaction cannot be decoded.',
      'The transaction is odd.',
      ['TX_MALFORMED: the document has another public text'],
    ],
    ['other answers', /(`TX_MALFORMED` \|) 400,/, '$1 500,', ['TX_MALFORMED: the document has other answers']],
    [
      'a layer that is missing',
      '## `audit`',
      '## the audit log',
      ['layer audit is not documented', 'audit AUDIT_CHAIN_BROKEN is not documented'],
    ],
  ])('sees %s', (_what, from, to, expected) => {
    const planted = text.replace(from, to);
    expect(planted).not.toBe(text);
    expect(differencesOf(errorCatalogues(), readErrorDocument(planted)).slice(0, expected.length)).toEqual(expected);
  });
});
