/** What a start prints: lines to paste that name real commands, wallets and files, and no key outside development. */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { RunningNode } from '../../src/node/start-node.ts';
import { welcome } from '../../src/node/welcome.ts';
import { isLastLine, readWelcome } from '../demo/welcome.ts';
import { providerConfig } from '../support/provider-config.ts';

const address = (digit: string) => `0x${digit.repeat(40)}`;
const node = {
  url: 'http://localhost:9545',
  genesis: { chainId: 7107n },
  place: { chain: address('1'), bridge: address('2'), governor: address('3') },
} as unknown as RunningNode;
const printed = (mode: 'development' | 'production') =>
  welcome(loadConfig({ environment: {}, overrides: { mode } }), node);

describe('what a start prints', () => {
  const lines = printed('development');

  it('names commands that exist, the wallets it prints, and a document that is there', () => {
    const from = lines.slice(lines.findIndex(isLastLine)).join('\n');
    const named = [...from.matchAll(/npx privity ([a-z-]+)/g)].map(([, name]) => name);
    expect(named).toEqual(['wallet-url', 'doctor']);
    for (const name of named) expect(COMMANDS.map((command) => command.name)).toContain(name);
    const { wallets, bridge } = readWelcome(lines);
    expect(from).toContain(`--private-key ${wallets.get('customer-a')} ${bridge} 'depositETH(address)'`);
    expect(from).toContain('wallet-url http://localhost:9545 --sample customer-a');
    const documents = [...from.matchAll(/docs\/[\w-]+\.md/g)].map(([path]) => path);
    expect(documents).toHaveLength(1);
    expect(documents.every((path) => existsSync(path))).toBe(true);
  });

  it('names the configured providers in place of the sample logins, which are not there then', () => {
    const providers = [providerConfig({ id: 'bank', name: 'First Bank' }), providerConfig({ id: 'fund', name: '' })];
    const overrides = { mode: 'development' as const, 'oidc.providers': providers };
    const text = welcome(loadConfig({ environment: {}, overrides }), node).join('\n');
    expect(text).toMatch(/sign in .* at First Bank, fund$/m);
    expect(text).not.toContain('no password');
  });

  it('has neither keys nor sample logins in production', () => {
    const text = printed('production').join('\n');
    expect(text).not.toMatch(/0x[0-9a-f]{64}/);
    expect(text).not.toContain('no password');
    expect(lines.join('\n')).toMatch(/0x[0-9a-f]{64}/);
  });
});
