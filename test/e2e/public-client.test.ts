/** The doctor of the public command-line tool, unmodified, on whole nodes: green from its first to its last probe, and what it reads is true. */

import type { Page } from 'playwright-core';
import type { Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterEach, expect, it } from 'vitest';
import { privityBridgeAbi } from '../../src/settlement/abi/privity-bridge.ts';
import { type Chromium, describeInBrowser, openChromium } from '../support/chromium.ts';
import { injectWallet } from '../support/injected-wallet.ts';
import { type PublicCli, startPublicCli } from '../support/public-cli.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

/** Fixed by the tool. */
const CALLBACK = 'http://localhost:24101';
const WETH = '0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2';
const ETHER = '0x0000000000000000000000000000000000000001';
const PROBES = 23;

describeInBrowser('the public doctor', () => {
  let node: DevNode | undefined;
  let chromium: Chromium | undefined;
  let doctor: PublicCli | undefined;
  afterEach(async () => {
    await chromium?.close();
    await doctor?.end();
    await node?.dispose();
  });

  /** A browser for one login: the tool ends only when no browser holds a connection to it. */
  async function openTool({ url, process: { welcome } }: DevNode): Promise<Page> {
    // Between two batches the node says that it is not ready, for a moment.
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 60_000 }).toBe(200);
    doctor = startPublicCli(['doctor', '--rpc-url', `${url}/rpc`, '--user-panel-url', url]);
    await doctor.prints(/Authentication started|Complete sign-in/);
    chromium = await openChromium();
    // The tool's own pages fetch a style sheet from elsewhere.
    await chromium.context.route(/^https:/, (route) => route.abort());
    const wallet = privateKeyToAccount(welcome.wallets.get('customer-a')!);
    await injectWallet(chromium.context, wallet);
    const page = await chromium.context.newPage();
    const arrives = () =>
      page.goto(`${CALLBACK}/`).then(
        () => true,
        () => false,
      );
    await expect.poll(arrives, { timeout: 20_000 }).toBe(true);
    return page;
  }

  /** What PrivityBridge says of itself on Ethereum. */
  async function bridgeFacts({ l1, process: { welcome } }: DevNode): Promise<string[]> {
    const read = (functionName: 'L1_CHAIN_ID' | 'BASE_TOKEN_ASSET_ID' | 'WETH_TOKEN') =>
      l1.client.readContract({ address: welcome.bridge as Address, abi: privityBridgeAbi, functionName });
    const asset = (await read('BASE_TOKEN_ASSET_ID')) as `0x${string}`;
    const origin = await l1.client.readContract({
      address: welcome.bridge,
      abi: privityBridgeAbi,
      functionName: 'originChainId',
      args: [asset],
    });
    return [await read('L1_CHAIN_ID'), asset, await read('WETH_TOKEN'), origin].map(String);
  }

  /** Runs the tool and logs in, as a person with a wallet does; its report. */
  async function examine(on: DevNode): Promise<string> {
    const page = await openTool(on);
    await page.click('#wallet-sign-in');
    await page.click('#allow');
    await page.waitForSelector('text=Done!');
    await chromium!.close();
    expect(await doctor!.exited).toBe(0);
    return doctor!.output().slice(doctor!.output().indexOf('Summary'));
  }

  const start = (settings: Record<string, string>) =>
    startDevNode({
      PRIVITY_APPS_REDIRECTS: `proxy-cli=${CALLBACK}/callback`,
      PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: '60',
      ...settings,
    });

  it('finds nothing wrong, and two configurations answer differently, each as its bridge', async () => {
    const reports: string[][] = [];
    for (const settings of [{}, { PRIVITY_L1_WETH: WETH, PRIVITY_CHAIN_ID: '8108' }]) {
      node = await start(settings);
      const output = await examine(node);
      expect(output).not.toMatch(/\[(?:FAIL|WARN|SKIP)\]/);
      expect(output).toContain(`0 failed, 0 skipped, ${PROBES} passed`);
      const facts = await bridgeFacts(node);
      const text = output.replace(/[\s│]+/g, ' ');
      for (const [label, value] of ['L1 chain ID', 'Base token asset ID', 'WETH token', 'Origin chain ID'].map(
        (name, i) => [name, facts[i]!] as const,
      )) {
        expect(text).toContain(`[OK] ${label} (${value})`);
      }
      reports.push([...facts, /RPC eth_chainId \((\d+)\)/.exec(text)?.[1] ?? 'none']);
      await node.dispose();
    }
    expect(reports[0]![2]).toBe('0x0000000000000000000000000000000000000000');
    expect(reports[1]![2]).toBe(WETH);
    expect(reports.map((report) => report.at(-1))).toEqual(['7107', '8108']);
  }, 300_000);

  it('is refused where its address is not registered, and a node whose settings contradict the bridge does not start', async () => {
    node = await startDevNode();
    const page = await openTool(node);
    await page.waitForSelector('text=not registered here');
    expect(new URL(page.url()).origin).toBe(new URL(node.url).origin);
    await doctor?.end();
    await node.process.stop();
    const refused = await node.launchToItsEnd({ environment: { ...node.options.environment, PRIVITY_L1_WETH: ETHER } });
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/l1\.weth must be 0x0{40}/);
  }, 300_000);
});
