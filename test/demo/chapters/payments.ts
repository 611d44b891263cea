import { formatEther, type Hash, type LocalAccount, parseEther } from 'viem';
import { type ApiSession, balanceOf, RpcError, receiptOf } from '../api-session.ts';
import { DemoFailure, requireThat } from '../require-that.ts';
import { sendRequest, type Wallet, waitForReceipt } from '../send-transaction.ts';
import type { World } from '../world.ts';

/** With the first payment, the freeze and the withdrawal one more than the largest segment holds, so the batch needs a second one. */
const furtherPayments = 18;

export async function payments({ wallet, progress, story }: World): Promise<void> {
  progress.chapter('A payment, and who sees it');
  const [a, b, c, outsider] = [
    await wallet('customer-a'),
    await wallet('customer-b'),
    await wallet('customer-c'),
    await wallet('outsider'),
  ];
  const amount = parseEther('1.5');
  const before = await balanceOf(b.session, b.account.address);
  const hash = await sendRequest(a, { to: b.account.address, value: amount });
  const receipt = await waitForReceipt(a.session, hash);
  requireThat(receipt.status === '0x1', 'the payment succeeds');
  requireThat((await balanceOf(b.session, b.account.address)) === before + amount, 'the payment arrives');
  progress.say(`customer-a pays customer-b ${formatEther(amount)} ETH: ${hash}`);
  story.payment = hash;

  requireThat((await receiptOf(b.session, hash)) !== null, 'the recipient sees the payment');
  requireThat(
    (await seen(c.session, hash)).every((answer) => answer === null),
    'a third customer gets null',
  );
  progress.say('customer-b sees it; customer-c asks for the same hash and gets null');

  const refusal = await refusalOf(a, outsider.account, amount);
  progress.say(`customer-a pays somebody without a role: ${refusal.code} ${refusal.message}`);
  requireThat((await balanceOf(a.session, outsider.account.address)) === 0n, 'a refused payment moves nothing');

  const bar = progress.bar('further payments');
  const hashes: Hash[] = [];
  for (let i = 0; i < furtherPayments; i++) {
    const [from, to] = i % 3 === 0 ? [b, a] : [a, b];
    hashes.push(await sendRequest(from, { to: to.account.address, value: parseEther('0.01') + BigInt(i) }));
    bar.update(i + 1, furtherPayments);
  }
  for (const each of hashes) await waitForReceipt(a.session, each);
  bar.end();
}

const seen = ({ rpc }: ApiSession, hash: Hash): Promise<unknown[]> =>
  Promise.all(['eth_getTransactionByHash', 'eth_getTransactionReceipt'].map((method) => rpc(method, [hash])));

/** What the sender of a payment that policy denies is told. */
export async function refusalOf(from: Wallet, to: LocalAccount, value: bigint): Promise<RpcError> {
  try {
    await sendRequest(from, { to: to.address, value });
  } catch (error) {
    if (error instanceof RpcError && error.code === -32001) return error;
    throw error;
  }
  throw new DemoFailure('a payment that the policy denies was accepted');
}
