/** What eth_call and eth_estimateGas answer for a system contract's writing functions: the same rules as the transaction, nothing kept. */

import { isFrozen } from '../../chain/identity.ts';
import { intrinsicGas } from '../fees.ts';
import type { LeafKeys } from '../leaf-keys.ts';
import type { BlockContext, CallOutcome, CallRequest, JudgeFrame, StateReader } from '../port.ts';
import { classify } from './provable-action.ts';
import { refuse } from './refusal.ts';
import { runSystemCall } from './system-call-rules.ts';
import { WorkingState } from './working-state.ts';

/** Undefined when the request is no such call: then the EVM answers. */
export function simulateSystemCall(
  state: StateReader,
  block: BlockContext,
  request: CallRequest,
  judge: JudgeFrame,
  keys: LeafKeys,
): CallOutcome | undefined {
  const { from, to, value, data } = request;
  const classified = classify({ to, data, accessList: [] });
  if (classified.kind !== 'provable' || classified.action.kind !== 'call') return undefined;
  const { contract, call, gas } = classified.action;
  const gasUsed = intrinsicGas(data) + gas;
  if (request.gas !== undefined && request.gas < gasUsed) {
    return { kind: 'failed', reason: 'intrinsic gas too low', gasUsed: request.gas };
  }
  const working = new WorkingState(state, keys);
  const account = working.account(from);
  if (account.lo < value) return { kind: 'failed', reason: 'insufficient balance', gasUsed };
  const decision = judge({ signer: from, to, code: contract, value, data, blockTimestamp: block.timestamp });
  if (!decision.allow) return { kind: 'denied', ruleId: decision.ruleId, reason: decision.reason };
  const refusal = isFrozen(working.identity(from))
    ? refuse('signer-frozen', 'the signer is frozen')
    : runSystemCall(working, block, { sender: from, nonce: account.hi, value }, call);
  return refusal === undefined ? { kind: 'returned', data: new Uint8Array(), gasUsed } : { kind: 'denied', ...refusal };
}
