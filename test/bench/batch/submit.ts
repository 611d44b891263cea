import type { Principal } from '../../../src/access/port.ts';
import { bigIntToHex } from '../../../src/base/bytes.ts';
import type { BenchNode } from './bench-node.ts';
import type { RunningClock } from './running-clock.ts';
import { groupTransfers, senderAddresses, signTransfers } from './transfers.ts';

const secondsPerGroup = 1;
const secondsSpare = 5;

/** Waits until the slot has enough left for all; before the node's clock runs, so that the batch is the chain's first. */
export async function awaitSlot(transfers: number, intervalSeconds: number, clock: RunningClock): Promise<void> {
  const needed = (transfers / groupTransfers) * secondsPerGroup + secondsSpare;
  const left = intervalSeconds - ((clock.now() / 1000) % intervalSeconds);
  if (needed > intervalSeconds) throw new Error(`--interval: ${transfers} transfers take about ${Math.ceil(needed)} s`);
  if (left < needed) await clock.sleep(left * 1000 + 50);
}

/** Every transfer through policy and sequencer, a group a block; the number of the batch that holds them all. */
export async function submitAll(node: BenchNode, transfers: number, clock: RunningClock): Promise<bigint> {
  const { sequencer } = node.pipeline;
  const groups = signTransfers(node.foundation.genesis.chainId, transfers, senderAddresses(transfers));
  while (sequencer.openBatch === undefined) await clock.sleep(20);
  const batch = sequencer.openBatch;
  for (const group of groups) {
    for (const { raw, sender } of group) {
      await node.submitter.submit(raw, customerOf(sender));
    }
    while (sequencer.waiting > 0) await clock.sleep(5);
  }
  if (batch.frontier.count !== transfers) {
    throw new Error(
      `batch ${batch.number} took ${batch.frontier.count} of ${transfers} transfers: a longer --interval?`,
    );
  }
  return batch.number;
}

/** As a wallet login would make it. */
const customerOf = (wallet: bigint): Principal => ({
  kind: 'user',
  subject: 'bench',
  identity: { issuer: 'eip155:7107', subject: bigIntToHex(wallet, 20) },
  method: 'siwe',
  roles: ['customer'],
  permissions: [],
  wallets: [wallet],
});
