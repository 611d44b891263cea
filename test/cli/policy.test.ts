/** The policy commands as a compliance officer runs them: what they print, and the exit status. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Command } from '../../src/cli/command.ts';
import { configCheck } from '../../src/cli/config-check.ts';
import { policyCheck } from '../../src/cli/policy-check.ts';
import { policyDiff } from '../../src/cli/policy-diff.ts';
import { policyExplain } from '../../src/cli/policy-explain.ts';
import { policyTest } from '../../src/cli/policy-test.ts';
import { stringImport } from '../../src/cli/string-import.ts';
import { readPolicyFile } from '../policy/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const minimal = write('minimal.yaml', readPolicyFile('minimal.yaml'));
const cases = write('minimal.cases.yaml', readPolicyFile('minimal.cases.yaml'));
const salt = write('salt', '11'.repeat(32));

async function run(command: Command, positionals: string[], values: Record<string, string> = {}) {
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const context = { environment: {}, print, printError: print, signal: new AbortController().signal };
  const status = await command.run({ positionals, values }, context);
  return { status, text: lines.join('\n') };
}

describe('policy check', () => {
  it('prints every rule, and the root only under the real salt', async () => {
    const { status, text } = await run(policyCheck, [minimal]);
    expect([status, text.includes('root 0x')]).toEqual([0, false]);
    expect(text).toContain('write.native.transfer#customer');
    const salted = await run(policyCheck, [minimal], { salt });
    expect(salted.text).toMatch(/root 0x[0-9a-f]{64}$/);
    expect((await run(policyCheck, [minimal], { salt })).text).toBe(salted.text);
  });

  it('names line and column of what is wrong, and exits 1', async () => {
    const bad = write('bad.yaml', readPolicyFile('minimal.yaml').replace('roles: [customer]', 'roles: [custommer]'));
    const { status, text } = await run(policyCheck, [bad]);
    expect(status).toBe(1);
    expect(text).toMatch(/bad\.yaml:\d+:\d+/);
  });

  it('fails with a code on a file or salt that is not there', async () => {
    await expect(run(policyCheck, [join(folder, 'none.yaml')])).rejects.toMatchObject({ code: 'POLICY_UNREADABLE' });
    await expect(run(policyCheck, [minimal], { salt: join(folder, 'none') })).rejects.toMatchObject({
      code: 'NODE_KEYS',
    });
  });
});

describe('policy test', () => {
  it('passes the shipped table, found beside the policy', async () => {
    expect(await run(policyTest, [minimal])).toMatchObject({
      status: 0,
      text: expect.stringMatching(/^\d+ rows as expected, 0 not$/),
    });
  });

  it('prints the rows that are answered otherwise, and exits 1', async () => {
    const wrong = write(
      'wrong.cases.yaml',
      readPolicyFile('minimal.cases.yaml').replace('bob, 10 ether, allow', 'bob, 10 ether, deny'),
    );
    const { status, text } = await run(policyTest, [minimal, wrong]);
    expect(status).toBe(1);
    expect(text).toMatch(/wrong\.cases\.yaml:\d+: .*10 ether[\s\S]*answered allow/);
  });
});

describe('policy diff and explain', () => {
  it('says what changes and whether the root does', async () => {
    const same = await run(policyDiff, [minimal, minimal]);
    expect(same).toMatchObject({ status: 0, text: expect.stringContaining('The root stays') });
    const after = write('after.yaml', readPolicyFile('minimal.yaml').replaceAll('250 ether', '100 ether'));
    const { text } = await run(policyDiff, [minimal, after]);
    expect(text).toMatch(/~ write\.native\.transfer#customer[\s\S]*250 ether[\s\S]*100 ether/);
    expect(text).toContain('The root changes');
  });

  it('explains a denial by its condition', async () => {
    const who = { people: cases, signer: 'alice', to: 'carol', value: '5' };
    const { status, text } = await run(policyExplain, [minimal], who);
    expect(status).toBe(0);
    expect(text).toMatch(/^denied by write\.native\.transfer#customer/);
    expect(text).toMatch(/no {2}to holds customer/);
    expect((await run(policyExplain, [minimal], { ...who, to: 'bob' })).text).toMatch(/^allowed by/);
    expect(await run(policyExplain, [minimal], { ...who, to: 'nobody' })).toMatchObject({ status: 2 });
  });
});

it.each([policyCheck, policyTest, policyDiff, policyExplain, stringImport])(
  '$name without its arguments prints its usage and exits 2',
  async (command) => {
    expect(await run(command, [])).toEqual({ status: 2, text: command.usage });
  },
);

it('config check refuses what would not start, after showing it with secrets redacted', async () => {
  const file = write('config.yaml', 'http: { metricsToken: hunter2 }');
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const context = { environment: {}, print, printError: print, signal: new AbortController().signal };
  await expect(configCheck.run({ positionals: [], values: { config: file } }, context)).rejects.toMatchObject({
    code: 'CONFIG_UNSAFE',
  });
  expect(lines.join('\n')).toContain('http.metricsToken = [secret]');
  expect(lines.join('\n')).not.toContain('hunter2');
});
