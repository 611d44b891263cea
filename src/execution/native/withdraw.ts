import { BASE_TOKEN_ADDRESS } from '../../chain/constants.ts';
import { word32 } from '../../chain/packed.ts';
import { WITHDRAWAL_TOPIC } from './event-topics.ts';
import type { WorkingState } from './working-state.ts';

/** Wei leave the chain: debited, credited to nobody, and told to L1. The caller has checked the balance. */
export function withdraw(state: WorkingState, sender: bigint, recipient: bigint, amount: bigint): void {
  state.debit(sender, amount);
  state.messages.push({ sender: BASE_TOKEN_ADDRESS, recipient, token: 0n, amount });
  state.logs.push({
    address: BASE_TOKEN_ADDRESS,
    topics: [WITHDRAWAL_TOPIC, sender, recipient],
    data: word32(amount),
  });
}
