/** The privity command as a person at a terminal meets it: finding a command, and what is said when something is wrong. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { askPrivity } from './ask-privity.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-run-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const privity = (...words: string[]) => askPrivity(words);

describe('finding a command', () => {
  it('lists every command when asked, in any of the usual ways', async () => {
    const { status, out } = await privity();
    expect(status).toBe(0);
    for (const { name } of COMMANDS) expect(out).toContain(`  ${name} `);
    for (const word of ['help', '--help', '-h']) expect(await privity(word)).toEqual({ status, out, errors: '' });
  });

  it('tells the options of each command, in any of the usual ways', async () => {
    for (const { name, usage, summary } of COMMANDS) {
      const words = name.split(' ');
      for (const asked of [
        [...words, '--help'],
        [...words, '-h'],
        ['help', ...words],
      ]) {
        expect(await privity(...asked)).toEqual({ status: 0, out: `${usage}\n\n${summary}`, errors: '' });
      }
      expect(usage.startsWith(`privity ${name}`)).toBe(true);
    }
  });

  it('prints the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    for (const word of ['--version', '-v']) expect((await privity(word)).out).toBe(version);
  });

  it('shows the commands of a group, and only these', async () => {
    expect(await privity('policy', '--help')).toMatchObject({ status: 0, errors: '' });
    const { status, out } = await privity('policy');
    expect(status).toBe(2);
    expect(out).toMatch(/policy check .*\n.*policy test /);
    expect(out).not.toContain('doctor');
  });

  it('names what it does not know, in a line or two', async () => {
    const wrong = await privity('policy', 'chek');
    expect(wrong).toMatchObject({ status: 2, out: '' });
    expect(wrong.errors).toMatch(/^privity: there is no command 'policy chek'\n {2}policy check /);
    expect((await privity('frob')).errors).toBe("privity: there is no command 'frob'\nprivity --help lists them.");
    expect((await privity('start', '--frob')).errors).toBe(
      "privity start: Unknown option '--frob'\nprivity start [--config FILE] [--dev]",
    );
  });
});

describe('what is said when something is wrong', () => {
  it('hints at the configuration of npm start when none was named, and only then', async () => {
    for (const words of [['config', 'check'], ['keys', 'check'], ['start']]) {
      const { status, errors } = await privity(...words);
      expect(status).toBe(1);
      expect(errors).toContain('CONFIG_UNSAFE:\n  genesisFile: production needs');
      expect(errors).toContain('--dev --config config/development.yaml');
    }
    const named = write('production.yaml', 'mode: production\n');
    for (const words of [['--config', named], [`--config=${named}`]])
      expect((await privity('config', 'check', ...words)).errors).not.toContain('No --config');
  });

  it('says why a configuration file cannot be read, and nothing of what stands in it', async () => {
    const missing = await privity('config', 'check', '--config', join(folder, 'none.yaml'));
    expect(missing.errors).toMatch(/CONFIG_UNREADABLE: .*\n {2}.*none\.yaml: ENOENT$/);
    const broken = write('broken.yaml', 'store:\n  url: [postgres://user:hunter2@host\n');
    const { status, errors } = await privity('config', 'check', '--config', broken);
    expect(status).toBe(1);
    expect(errors).toMatch(/broken\.yaml: no YAML at line \d+, column \d+ \(\w+\)$/);
    expect(errors).not.toContain('hunter2');
  });

  it('says the same thing once', async () => {
    const file = write('port.yaml', 'mode: development\nhttp: { port: many }\n');
    const { errors } = await privity('config', 'check', '--config', file);
    expect(errors).toBe('privity config check: CONFIG_INVALID: http.port: a whole number expected');
  });

  it('reports what the system refuses in a line, without a stack', async () => {
    const { status, errors } = await privity('verify', join(folder, 'none.json'), '--l1', 'http://127.0.0.1:1');
    expect(status).toBe(1);
    expect(errors).toMatch(/^privity verify: ENOENT: no such file or directory, open '.*none\.json'$/);
  });
});
