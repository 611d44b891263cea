/**
 * The state transition for what is provable, without the EVM: shape, validity, policy, effect, fees (docs/PROTOCOL.md 4). A transaction that
 * is not executed changes nothing, its nonce included.
 */

import { isFrozen } from '../../chain/identity.ts';
import type { SignedTransaction } from '../../chain/transaction.ts';
import { collectedPrice, effectiveGasPrice, intrinsicGas } from '../fees.ts';
import type { LeafKeys } from '../leaf-keys.ts';
import { createPolicyFacts } from '../policy-facts.ts';
import type { BlockContext, ExecutionPolicy, IsInListRoot, StateReader, TransactionOutcome } from '../port.ts';
import { classify, type ProvableAction } from './provable-action.ts';
import { type Refusal, refuse } from './refusal.ts';
import { runSystemCall } from './system-call-rules.ts';
import { findInvalid } from './validity.ts';
import { WorkingState } from './working-state.ts';

export interface NativeDependencies {
  readonly policy: ExecutionPolicy;
  readonly keys: LeafKeys;
  readonly isInListRoot: IsInListRoot;
}

const denied = ({ ruleId, reason }: Refusal): TransactionOutcome => ({ kind: 'denied', ruleId, reason });

export function executeTransaction(
  state: StateReader,
  block: BlockContext,
  tx: SignedTransaction,
  { policy, keys, isInListRoot }: NativeDependencies,
): TransactionOutcome {
  const classified = classify(tx);
  if (classified.kind === 'unprovable') return classified;
  const { action } = classified;
  const working = new WorkingState(state, keys);
  const gasUsed = intrinsicGas(tx.data) + action.gas;
  const invalid = findInvalid(tx, block, working.account(tx.sender), gasUsed);
  if (invalid !== undefined) return invalid;
  const decision = policy.decideWrite(requestOf(tx, action, block), createPolicyFacts(state, keys, isInListRoot));
  if (!decision.allow) return { kind: 'denied', ruleId: decision.ruleId, reason: decision.reason };
  // The policy has said so already; no policy may say otherwise.
  if (isFrozen(working.identity(tx.sender))) return denied(refuse('signer-frozen', 'the signer is frozen'));

  working.bumpNonce(tx.sender);
  working.recordPublicKey(tx.sender, tx.publicKey);
  let inRange = true;
  if (action.kind === 'transfer') {
    working.debit(tx.sender, tx.value);
    inRange = working.credit(action.to, tx.value);
  } else {
    const refusal = runSystemCall(working, block, tx, action.call);
    if (refusal !== undefined) return denied(refusal);
  }
  const price = effectiveGasPrice(tx, block.baseFee);
  working.debit(tx.sender, gasUsed * price);
  inRange = working.credit(block.collector, gasUsed * collectedPrice(price, block)) && inRange;
  if (!inRange) return { kind: 'invalid', code: 'TX_BALANCE_RANGE', reason: 'a balance has 128 bits' };
  return {
    kind: 'executed',
    result: {
      status: 1,
      gasUsed,
      effectiveGasPrice: price,
      logs: working.logs,
      messages: working.messages,
      changes: working.leaves.changes(),
      ruleId: decision.ruleId,
    },
  };
}

const requestOf = (tx: SignedTransaction, action: ProvableAction, block: BlockContext) => ({
  signer: tx.sender,
  to: tx.to,
  code: action.kind === 'call' ? action.contract : undefined,
  value: tx.value,
  data: tx.data,
  blockTimestamp: block.timestamp,
});
