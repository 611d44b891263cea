import { parseEther } from 'viem';
import { balanceOf, type Receipt, receiptOf } from '../api-session.ts';
import { requireThat } from '../require-that.ts';
import { sendRequest, waitForReceipt } from '../send-transaction.ts';
import type { World } from '../world.ts';
import { refusalOf } from './payments.ts';

/** The power goes right after a transaction was accepted. Sessions, balances, receipts, the freeze and the transaction are still there. */
export async function crash(world: World): Promise<void> {
  const { wallet, progress, story } = world;
  progress.chapter('The power goes');
  const [a, b] = [await wallet('customer-a'), await wallet('customer-b')];
  const receipts = () =>
    Promise.all([story.payment!, story.withdrawal!.hash].map((hash) => receiptOf(a.session, hash)));
  const before = { receipts: await receipts(), balance: await balanceOf(b.session, b.account.address) };
  const other = await wallet('customer-c');
  const accepted = await sendRequest(a, { to: other.account.address, value: parseEther('0.125') });
  await world.node.kill();
  progress.say(`the node is killed (SIGKILL) right after accepting ${accepted}`);

  world.node = await world.runner.start();
  progress.say('it is started again and replays its encrypted log');
  const after = { receipts: await receipts(), balance: await balanceOf(b.session, b.account.address) };
  requireThat(after.balance === before.balance, 'the balance is the same after the crash');
  requireThat(sameReceipts(after.receipts, before.receipts), 'the receipts are the same after the crash');
  const receipt = await waitForReceipt(a.session, accepted, 120_000);
  requireThat(receipt.status === '0x1', 'what was accepted before the crash happens after it');
  await refusalOf(b, a.account, parseEther('0.01'));
  progress.say('balances and receipts are the same, the accepted payment has its receipt, customer-b is still frozen');
}

const sameReceipts = (left: readonly (Receipt | null)[], right: readonly (Receipt | null)[]): boolean =>
  JSON.stringify(left) === JSON.stringify(right) && !left.includes(null);
