/**
 * Ethereum loses a deposit that the chain has taken, deep enough that batches have to be taken back (ADR 0014), with what was paid of it; and how
 * one sees from outside that everything has been executed again.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Hex, parseEther } from 'viem';
import { type ApiSession, balanceOf } from '../demo/api-session.ts';
import { createL1 } from '../demo/l1-client.ts';
import { bridgeAbi } from '../demo/l1-contracts.ts';
import { waitUntil } from '../demo/wait-until.ts';
import type { KillRun } from './kill-run.ts';
import { CUSTOMERS } from './people.ts';
import type { Scene } from './scene.ts';

/** A deposit is some times what all have together, those on their way included, so that no payment hides whether it is there. */
const timesSupply = 4n;
const onTheirWay = parseEther('0.01');

/** Rejects when the node dies before, which is what it is for. */
export async function loseDeposit(run: KillRun, scene: Scene): Promise<void> {
  await seeLossOver(run, scene);
  const { life, people, random, traffic } = scene;
  const { state, batchIntervalSeconds } = run;
  const l1 = createL1(life.welcome.l1Url, life.welcome);
  const auditor = await people.auditor();
  const by = random.pick(CUSTOMERS);
  const { address } = people.account(by);
  const bridge = { address: life.welcome.bridge, abi: bridgeAbi } as const;
  const supply = await l1.client.readContract({ ...bridge, functionName: 'supply' });
  const afterBlock = Number((await latestOf(auditor)).number);
  const value = timesSupply * (supply + onTheirWay);
  const above = (await balanceOf(auditor, address)) + value / 2n;
  const hash = await traffic.deposit(by, value);
  const { blockNumber } = await l1.client.waitForTransactionReceipt({ hash });
  const credited = async () => (await balanceOf(auditor, address)) > above || undefined;
  await waitUntil('a deposit is credited', credited, waiting(run, scene));
  // Something is paid of it, in one batch or several.
  await sleep(random.below((state.proving ? 1 : 2) * batchIntervalSeconds * 1_000));
  state.ledger.losses.push({ afterBlock, by, above: above.toString(), over: false });
  const head = await l1.client.getBlockNumber({ cacheTime: 0 });
  // Anvil's own method: as many new blocks without what was in the old ones.
  await l1.client.request({ method: 'anvil_reorg', params: [Number(head - blockNumber) + 1, []] } as never);
}

/** Resolves when what Ethereum lost is gone from the chain and all that was taken back for it has ended again. */
export async function seeLossOver(run: KillRun, scene: Scene): Promise<void> {
  const { losses } = run.state.ledger;
  const loss = losses.find(({ over }) => !over);
  if (loss === undefined) return;
  const auditor = await scene.people.auditor();
  const { address } = scene.people.account(loss.by);
  const isGone = async () => (await balanceOf(auditor, address)) <= BigInt(loss.above) || undefined;
  await waitUntil('a lost deposit is gone', isGone, waiting(run, scene));
  // Blocks that are executed again keep the times they had, which have passed.
  const seconds = Math.floor(Date.now() / 1000);
  const isBehind = async () => Number((await latestOf(auditor)).timestamp) > seconds || undefined;
  await waitUntil('the chain goes on', isBehind, waiting(run, scene));
  loss.over = true;
}

const latestOf = (auditor: ApiSession): Promise<{ readonly number: Hex; readonly timestamp: Hex }> =>
  auditor.rpc('eth_getBlockByNumber', ['latest', false]);

const waiting = ({ lifeTimeoutMs }: KillRun, { life }: Scene) => ({
  timeoutMs: lifeTimeoutMs,
  everyMs: 100,
  alive() {
    if (life.end() !== undefined) throw new Error('the node has died');
  },
});
