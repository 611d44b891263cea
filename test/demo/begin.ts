import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { loginByWallet, openSession } from './api-session.ts';
import { createL1 } from './l1-client.ts';
import { createProgressLines } from './node-lines.ts';
import { createNodeRunner } from './node-runner.ts';
import type { DemoOptions } from './options.ts';
import type { Progress } from './progress.ts';
import { requireThat } from './require-that.ts';
import type { DemoResult } from './result.ts';
import { PROJECT } from './run-privity.ts';
import type { Wallet } from './send-transaction.ts';
import type { Kept, Ports, Story } from './story.ts';
import type { World } from './world.ts';

export interface BeginOptions {
  readonly options: DemoOptions;
  readonly folder: string;
  readonly ports: Ports;
  readonly story: Story;
}

/** Everything but a running node. */
export function createRunner(
  {
    folder,
    ports,
    environment = {},
  }: Pick<BeginOptions, 'folder' | 'ports'> & { readonly environment?: Kept['environment'] | undefined },
  progress: Progress,
) {
  const lines = createProgressLines();
  let started = false;
  const runner = createNodeRunner({
    dataDir: join(folder, 'data'),
    // Shared with `npm start`: circuits, keys and the reference string take minutes and hold nothing private.
    cacheDir: process.env['PRIVITY_CACHE_DIR'] ?? join(PROJECT, '.privity', 'cache'),
    httpPort: ports.http,
    l1Port: ports.l1,
    config: join(PROJECT, 'config', 'demo.yaml'),
    environment,
    logFile: join(folder, 'node.log'),
    onLine(line) {
      lines.read(line);
      if (line.startsWith('Privity takes transactions')) started = true;
      if (!started && line.startsWith('- ')) progress.say(line.slice(2));
    },
  });
  return { lines, runner };
}

export async function begin(
  { options, folder, story }: BeginOptions,
  { lines, runner }: ReturnType<typeof createRunner>,
  progress: Progress,
  result: DemoResult,
): Promise<World> {
  progress.chapter('One process: Ethereum node, identity provider, chain, prover');
  const node = await runner.start();
  progress.say(`the chain takes transactions at ${node.welcome.url}`);
  const wallets = new Map<string, Promise<Wallet>>();
  return {
    options,
    folder,
    progress,
    lines,
    runner,
    result,
    story,
    node,
    l1: createL1(node.welcome.l1Url, node.welcome),
    wallet(name) {
      const known = wallets.get(name);
      if (known !== undefined) return known;
      const key = node.welcome.wallets.get(name);
      requireThat(key !== undefined, `privity start names the wallet ${name}`);
      const account = privateKeyToAccount(key);
      // The one without a role cannot log in; it is only paid and pays on Ethereum.
      const session =
        name === 'outsider'
          ? Promise.resolve(openSession(node.welcome.url, ''))
          : loginByWallet(node.welcome.url, account);
      const wallet = session.then((opened) => ({ account, session: opened }));
      wallets.set(name, wallet);
      return wallet;
    },
  };
}
