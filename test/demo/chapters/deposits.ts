import { formatEther, parseEther } from 'viem';
import { balanceOf } from '../api-session.ts';
import { requireRunning } from '../require-running.ts';
import { waitUntil } from '../wait-until.ts';
import type { World } from '../world.ts';

export const DEPOSITS = { 'customer-a': parseEther('10'), 'customer-b': parseEther('5') } as const;

/** Two customers send ether to the bridge; it is theirs on the chain when the next batch opens. */
export async function deposits({ wallet, l1, progress, node }: World): Promise<void> {
  progress.chapter('Two customers deposit on Ethereum');
  for (const [name, value] of Object.entries(DEPOSITS)) {
    const { account } = await wallet(name);
    await l1.deposit(account, value);
    progress.say(`${name} deposits ${formatEther(value)} ETH on the bridge`);
  }
  const bar = progress.bar('credited (a deposit waits for the next batch)');
  for (const [i, [name, value]] of Object.entries(DEPOSITS).entries()) {
    const { account, session } = await wallet(name);
    bar.update(i, 2);
    await waitUntil(
      `the deposit of ${name} is credited`,
      async () => ((await balanceOf(session, account.address)) === value ? true : undefined),
      { timeoutMs: 300_000, alive: requireRunning(node) },
    );
    bar.update(i + 1, 2);
  }
  bar.end();
}
