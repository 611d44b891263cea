import type { Hex } from 'viem';
import { hashMessage, type Message, rollMessage } from '../../src/chain/message.ts';
import { buildMessageTree } from '../../src/settlement/message-tree.ts';
import { genesisBatch, nextBatch, type StoredBatch, storedBatch } from './batches.ts';
import { CHAIN_ID, GENESIS_SLOT, hex32, INTERVAL, type Stage } from './stage.ts';

export const domainOf = (stage: Stage) => ({
  l1ChainId: stage.deployment.l1ChainId,
  bridge: BigInt(stage.deployment.bridge),
  chainId: CHAIN_ID,
});

export const withdrawal = (batch: bigint, index: number, recipient: Hex, amount: bigint): Message => ({
  batch,
  index,
  sender: 0x800an,
  recipient: BigInt(recipient),
  token: 0n,
  amount,
});

const address = (value: bigint): Hex => `0x${value.toString(16).padStart(40, '0')}`;

/** A message as finalizeWithdrawal takes it. */
export const messageArgs = (message: Message) => ({
  batchNumber: message.batch,
  index: message.index,
  sender: address(message.sender),
  recipient: address(message.recipient),
  token: address(message.token),
  amount: message.amount,
});

export const rollOf = (hashes: readonly bigint[]): bigint => hashes.reduce((roll, hash) => rollMessage(roll, hash), 0n);

/** Batch 1 with these messages, committed, and marked proven by storage: what follows tests execute and claims only. */
export async function provenBatchWith(
  stage: Stage,
  messages: readonly Message[],
): Promise<{ stored: StoredBatch; hashes: Hex[] }> {
  const hashes = messages.map((message) => hashMessage(domainOf(stage), message));
  const slot = GENESIS_SLOT + 5n;
  if ((await stage.now()) < (slot + 1n) * INTERVAL) await stage.setTime((slot + 1n) * INTERVAL);
  const roll = await stage.read<bigint>('bridge', 'priorityQueueLength');
  const checkpoint = await stage.read<{ roll: Hex; policyRoot: Hex }>('bridge', 'priorityCheckpoint', [roll]);
  const batch = nextBatch(genesisBatch(), slot, {
    messagesRoll: hex32(rollOf(hashes)),
    priorityIndex: roll,
    policyRoot: checkpoint.policyRoot,
  });
  await stage.send({ who: 'committer', to: 'chain', fn: 'commit', args: [genesisBatch(), batch] });
  await stage.setProvenCount(1n);
  return { stored: storedBatch(genesisBatch(), batch, BigInt(checkpoint.roll)), hashes: hashes.map(hex32) };
}

export const siblingsOf = (hashes: readonly Hex[], index: number): Hex[] =>
  buildMessageTree(hashes.map(BigInt)).siblings(index).map(hex32);
