/** G4: from what a chain commits on Ethereum nobody can tell whether anything happened on it. */

import { type Hash, type Hex, hexToBytes, parseEther, slice } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { balanceOf } from '../demo/api-session.ts';
import { chainAbi } from '../demo/l1-contracts.ts';
import { sendRequest, type Wallet, waitForReceipt } from '../demo/send-transaction.ts';
import { BASE_TOKEN, withdrawData } from '../demo/system-contracts.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

const batchesLooked = 3;

/** What Ethereum charges for calldata by its bytes (EIP-2028). Hashes have more or fewer zeros by chance. */
const calldataGas = (data: Hex): bigint => hexToBytes(data).reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 0n);

/** All that a commit shows to somebody who cannot open its hashes. */
async function traceOf({ l1, process }: DevNode, hash: Hash) {
  const [sent, receipt] = await Promise.all([
    l1.client.getTransaction({ hash }),
    l1.client.getTransactionReceipt({ hash }),
  ]);
  expect(receipt.status).toBe('success');
  return {
    toChain: sent.to?.toLowerCase() === process.welcome.chain.toLowerCase(),
    from: sent.from,
    selector: slice(sent.input, 0, 4),
    calldataBytes: (sent.input.length - 2) / 2,
    value: sent.value,
    gasBesidesCalldata: receipt.gasUsed - calldataGas(sent.input),
    events: receipt.logs.map(({ address, topics, data }) => [address, topics[0], topics.length, data.length]),
  };
}

describe('what Ethereum sees of a chain', () => {
  let node: DevNode;
  let [a, b]: Wallet[] = [];

  const committed = async (): Promise<number> => (await node.l1.counts()).committed;
  const committedUntil = (batch: number) =>
    waitUntil(`batch ${batch} is committed`, async () => (await committed()) >= batch || undefined, {
      timeoutMs: 120_000,
    });
  const commitOf = async (batch: number): Promise<Hash> => {
    const [event] = await node.l1.client.getContractEvents({
      address: node.process.welcome.chain,
      abi: chainAbi,
      eventName: 'BatchCommitted',
      args: { batchNumber: BigInt(batch) },
      fromBlock: 0n,
    });
    return event!.transactionHash;
  };
  const batchOf = async (wallet: Wallet, hash: Hash): Promise<number> => {
    await waitForReceipt(wallet.session, hash);
    const outcome = await wallet.session.rpc<{ batchNumber: Hex }>('privity_getOutcome', [hash]);
    return Number(outcome.batchNumber);
  };
  /** Batches from `first` on, each as Ethereum sees it. */
  const traces = async (batches: Iterable<number>) => {
    const seen = [];
    for (const batch of batches) seen.push(await traceOf(node, await commitOf(batch)));
    return seen;
  };

  beforeAll(async () => {
    node = await startDevNode();
    [a, b] = await Promise.all(['customer-a', 'customer-b'].map((name) => node.wallet(name)));
    await node.l1.deposit(a!.account, parseEther('100'));
    const credited = async () => (await balanceOf(a!.session, a!.account.address)) > 0n || undefined;
    await waitUntil('the deposit is credited', credited, { timeoutMs: 60_000 });
  }, 300_000);
  afterAll(() => node?.dispose());

  it('is a commit of the same form for each batch, whether nothing happened or payments and withdrawals', async () => {
    // The batch of the deposit shows that operations were taken: those are public. Nothing happens in the ones after the next.
    const idle = (await committed()) + 3;
    await committedUntil(idle + batchesLooked - 1);
    const busy = new Map<number, number>();
    for (let i = 0; busy.size < batchesLooked || i < 4; i++) {
      const hash =
        i % 4 === 3
          ? await sendRequest(a!, { to: BASE_TOKEN, value: 10n ** 9n, data: withdrawData(b!.account.address) })
          : await sendRequest(a!, { to: b!.account.address, value: BigInt(i + 1) });
      const batch = await batchOf(a!, hash);
      busy.set(batch, (busy.get(batch) ?? 0) + 1);
    }
    const busyBatches = [...busy.keys()];
    await committedUntil(busyBatches.at(-1)!);

    const idleBatches = Array.from({ length: batchesLooked }, (_, i) => idle + i);
    expect(idleBatches.filter((batch) => busy.has(batch))).toEqual([]);
    const [one, ...others] = await traces(idleBatches);
    expect(one).toMatchObject({ toChain: true, value: 0n });
    expect(one!.events).toHaveLength(1);
    for (const trace of [...others, ...(await traces(busyBatches))]) expect(trace).toEqual(one);
  }, 300_000);
});
