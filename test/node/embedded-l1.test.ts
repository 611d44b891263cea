/** The Ethereum node of development after a restart: it has no state from before, which is said, and heals. */

import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPublicClient, createTestClient, custom, http, publicActions } from 'viem';
import { afterAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { devAccountCount, developmentMnemonic } from '../../src/node/dev-accounts.ts';
import { type EmbeddedL1, type EmbeddedL1Options, startEmbeddedL1 } from '../../src/node/embedded-l1.ts';
import { createPriorityWatcher } from '../../src/settlement/priority-watcher.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-embedded-'));
let running: EmbeddedL1 | undefined;
afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true });
});

const confirmationsMin = 12n;
const watcherOf = (client: unknown) =>
  createPriorityWatcher(
    {
      domain: { l1ChainId: 31_337n, bridge: 0xb1n, chainId: 1n },
      bridge: '0x00000000000000000000000000000000000000b1',
      confirmationsMin,
      logRangeBlocks: 5_000n,
      fromBlock: 0n,
    },
    { client: client as never },
  );

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

it('a look as of a block from before the restart names what is missing, until enough blocks are new', async () => {
  const options: EmbeddedL1Options = {
    folder,
    port: await freePort(),
    chainId: 31_337,
    mnemonic: developmentMnemonic,
    accounts: devAccountCount,
    // None comes by itself meanwhile.
    blockTimeSeconds: 3_600,
  };
  running = await startEmbeddedL1(options, { clock: systemClock });
  const client = createTestClient({ mode: 'anvil', transport: http(running.url) }).extend(publicActions);
  await client.mine({ blocks: 30 });
  await watcherOf(client).poll();
  await running.stop();
  running = await startEmbeddedL1(options, { clock: systemClock });
  const watcher = watcherOf(client);
  await expect(watcher.poll()).rejects.toMatchObject({ code: 'L1_STATE_UNAVAILABLE' });
  expect(watcher.confirmedTime).toBeUndefined();
  await client.mine({ blocks: Number(confirmationsMin) + 1 });
  await watcher.poll();
  expect(watcher.confirmedTime).toBeDefined();
  await running.stop();
  await expect(watcher.poll()).rejects.toMatchObject({ code: 'L1_UNREACHABLE' });
});

it.each([
  ['missing trie node 0a1b (path ) state 0x0a1b is not available', 'L1_STATE_UNAVAILABLE'],
  ['state at block #1 is pruned', 'L1_STATE_UNAVAILABLE'],
  ['BlockOutOfRangeError: block height is 41 but requested was 29', 'L1_STATE_UNAVAILABLE'],
  ['header not found', 'L1_UNREACHABLE'],
  ['rate limit exceeded', 'L1_UNREACHABLE'],
])('what an Ethereum node answers as "%s" is told as %s', async (message, code) => {
  const block = { number: '0x64', hash: `0x${'01'.repeat(32)}`, timestamp: '0x64', transactions: [] };
  const request = async ({ method }: { method: string }) => {
    if (method === 'eth_getBlockByNumber') return block;
    if (method === 'eth_getLogs') return [];
    throw Object.assign(new Error(message), { code: -32_000 });
  };
  const client = createPublicClient({ transport: custom({ request }, { retryCount: 0 }) });
  await expect(watcherOf(client).poll()).rejects.toMatchObject({ code });
});
