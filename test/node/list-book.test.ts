import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/base/secret.ts';
import { loadConfig } from '../../src/config/load.ts';
import { openLists, readListTexts } from '../../src/node/list-book.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { checkListWitness } from '../../src/policy/lists/list-tree.ts';

const salt = new Secret(new Uint8Array(32).fill(7));
const inside = 0x00000000000000000000000000000000000a11cen;
const outside = 0x0000000000000000000000000000000000b0b00bn;
const addressText = (address: bigint) => `0x${address.toString(16).padStart(40, '0')}`;

describe('lists that Ethereum approves', () => {
  const folder = mkdtempSync(join(tmpdir(), 'privity-lists-'));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const old = file('old.txt', `${addressText(inside)} # sanctioned\n`);
  const next = file('next.txt', `${addressText(inside)}\n${addressText(outside)}\n`);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('hold the members of each root, old and new', () => {
    const book = openLists(readListTexts([`1=${old}`, `1=${next}`]), salt);
    const [before, after] = book.roots;
    expect(before!.root).not.toBe(after!.root);
    expect(book.isInRoot(before!.root, 1n, outside)).toBe(false);
    expect(book.isInRoot(after!.root, 1n, outside)).toBe(true);
    const witness = book.witness(1n, before!.root, outside);
    expect(checkListWitness(before!.root, outside, witness!)).toBe('outside');
  });

  it('are the same list only under the same id', () => {
    const book = openLists(readListTexts([`1=${old}`]), salt);
    const { root } = book.roots[0]!;
    expect(() => book.isInRoot(root, 2n, inside)).toThrow('HALT_UNKNOWN_LIST');
    expect(() => book.witness(1n, root + 1n, inside)).toThrow('HALT_UNKNOWN_LIST');
    expect(book.witness(2n, 0n, inside)).toBeUndefined();
  });

  it.each([
    ['no file', '1=', 'CONFIG_INVALID'],
    ['no id', 'x=list.txt', 'CONFIG_INVALID'],
    ['id 0', '0=list.txt', 'CONFIG_INVALID'],
    ['a missing file', `1=${join(folder, 'none')}`, 'POLICY_UNREADABLE'],
    ['a file of something else', `1=${file('bad.txt', 'not an address\n')}`, 'POLICY_LIST_INVALID'],
  ])('refuse %s', (_, entry, code) => {
    expect(() => openLists(readListTexts([entry]), salt)).toThrow(code);
  });

  it('come with several policies, each under its own root', () => {
    const config = loadConfig({ environment: {}, overrides: { 'policy.moreFiles': ['policies/large.yaml'] } });
    const { current, book } = openPolicies(config, salt);
    expect(book.policy(current.root)?.name).toBe(current.name);
    expect(() => openPolicies({ ...config, 'policy.moreFiles': [join(folder, 'none')] }, salt)).toThrow(
      'POLICY_UNREADABLE',
    );
  });
});
