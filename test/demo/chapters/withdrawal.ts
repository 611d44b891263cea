import { formatEther, type Hex, parseEther } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { requireThat } from '../require-that.ts';
import { sendRequest, waitForReceipt } from '../send-transaction.ts';
import { BASE_TOKEN, withdrawData } from '../system-contracts.ts';
import type { World } from '../world.ts';

/** To an address that Ethereum has never seen, so that what it holds later came out of the chain. */
export async function withdrawal({ wallet, progress, story }: World): Promise<void> {
  progress.chapter('A withdrawal');
  const a = await wallet('customer-a');
  const recipient = privateKeyToAddress(generatePrivateKey());
  const amount = parseEther('2.25');
  const hash = await sendRequest(a, { to: BASE_TOKEN, value: amount, data: withdrawData(recipient) });
  const { status } = await waitForReceipt(a.session, hash);
  requireThat(status === '0x1', 'the withdrawal succeeds');
  const outcome = await a.session.rpc<{ status: string; batchNumber: Hex }>('privity_getOutcome', [hash]);
  requireThat(outcome.status === 'included', 'the withdrawal has an outcome');
  story.withdrawal = { hash, recipient, amount: amount.toString(), batch: Number(outcome.batchNumber) };
  progress.say(
    `customer-a withdraws ${formatEther(amount)} ETH to ${recipient} on Ethereum, in batch ${story.withdrawal.batch}`,
  );
}
