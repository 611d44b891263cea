import { parseEther } from 'viem';
import { requireThat } from '../require-that.ts';
import { sendRequest, waitForReceipt } from '../send-transaction.ts';
import { freezeData, IDENTITY_REGISTRY } from '../system-contracts.ts';
import type { World } from '../world.ts';
import { refusalOf } from './payments.ts';

export async function freeze({ wallet, progress }: World): Promise<void> {
  progress.chapter('Compliance freezes an account');
  const [officer, a, b] = [await wallet('compliance-1'), await wallet('customer-a'), await wallet('customer-b')];
  const data = freezeData(b.account.address);
  const hash = await sendRequest(officer, { to: IDENTITY_REGISTRY, data });
  const { status } = await waitForReceipt(officer.session, hash);
  requireThat(status === '0x1', 'the freeze succeeds');
  progress.say('a compliance officer freezes customer-b');
  const refusal = await refusalOf(b, a.account, parseEther('0.01'));
  requireThat(!/frozen|freeze|sanction/i.test(refusal.message), 'the refusal does not say why');
  progress.say(`customer-b pays again: ${refusal.code} ${refusal.message}`);
}
