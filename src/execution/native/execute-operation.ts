/** Priority operations from L1 (docs/PROTOCOL.md 7). Total: success, or status 0 and nothing changed. */

import { assert } from '../../base/assert.ts';
import { PRIORITY_KIND, SYSTEM_NAME } from '../../chain/constants.ts';
import { listRootKey, systemKey } from '../../chain/keys.ts';
import type { PriorityOperation } from '../../chain/priority-operation.ts';
import { toWord } from '../../chain/word.ts';
import { createPolicyFacts } from '../policy-facts.ts';
import type { BlockContext, ExecutionResult, StateReader } from '../port.ts';
import type { NativeDependencies } from './execute-transaction.ts';
import { type Refusal, refuse } from './refusal.ts';
import { withdraw } from './withdraw.ts';
import { WorkingState } from './working-state.ts';

const ADDRESS_END = 1n << 160n;
const U64_MASK = (1n << 64n) - 1n;

/** Rule id of an operation that L1's own rules let in. */
const ALLOWED = { ruleId: 'protocol:priority-operation' } as const;

export function executeOperation(
  state: StateReader,
  block: BlockContext,
  operation: PriorityOperation,
  dependencies: NativeDependencies,
): ExecutionResult {
  const working = new WorkingState(state, dependencies.keys);
  const outcome = run(working, state, block, operation, dependencies);
  const refused = 'reason' in outcome;
  return {
    status: refused ? 0 : 1,
    gasUsed: 0n,
    effectiveGasPrice: 0n,
    logs: refused ? [] : working.logs,
    messages: refused ? [] : working.messages,
    changes: refused ? [] : working.leaves.changes(),
    ruleId: outcome.ruleId,
  };
}

function run(
  working: WorkingState,
  state: StateReader,
  block: BlockContext,
  { kind, sender, a, b }: PriorityOperation,
  { policy, keys, isInListRoot }: NativeDependencies,
): { readonly ruleId: string } | Refusal {
  switch (kind) {
    case PRIORITY_KIND.DEPOSIT_ETH: {
      assertAddress(a);
      assert(working.credit(a, b), 'L1 let in a deposit that exceeds the supply cap');
      return ALLOWED;
    }
    case PRIORITY_KIND.SET_POLICY_ROOT: {
      working.leaves.set(systemKey(SYSTEM_NAME.POLICY), toWord(a));
      return ALLOWED;
    }
    case PRIORITY_KIND.SET_LIST_ROOT: {
      assert(a <= U64_MASK, 'L1 let in a list id of more than 64 bits');
      working.leaves.set(listRootKey(a), toWord(b));
      return ALLOWED;
    }
    case PRIORITY_KIND.SET_IDENTITY: {
      assertAddress(a);
      working.setIdentityWord(a, toWord(b));
      return ALLOWED;
    }
    case PRIORITY_KIND.SET_PARAMETER:
      return setParameter(working, block, a, b);
    case PRIORITY_KIND.FORCED_WITHDRAWAL: {
      assertAddress(a);
      const request = { sender, blockTimestamp: block.timestamp };
      const decision = policy.decideExit(request, createPolicyFacts(state, keys, isInListRoot));
      if (!decision.allow) return { ruleId: decision.ruleId, reason: decision.reason };
      if (working.account(sender).lo < b) return refuse('withdraw-balance', 'the balance is lower than the amount');
      withdraw(working, sender, a, b);
      return { ruleId: decision.ruleId };
    }
  }
}

function setParameter(
  working: WorkingState,
  block: BlockContext,
  name: bigint,
  value: bigint,
): typeof ALLOWED | Refusal {
  const word = toWord(value);
  switch (name) {
    case BigInt(SYSTEM_NAME.BLOCK):
      if (word.lo >> 64n > 1n) return refuse('parameter-fee-mode', 'a fee mode above 1');
      if ((word.lo & U64_MASK) !== block.batchIntervalSeconds) {
        return refuse('parameter-interval', 'the batch interval is fixed');
      }
      break;
    case BigInt(SYSTEM_NAME.COLLECTOR):
      if (value >= ADDRESS_END) return refuse('parameter-collector', 'not an address');
      break;
    case BigInt(SYSTEM_NAME.REGISTRAR_MASK):
      break;
    default:
      return refuse('parameter-name', 'not a parameter');
  }
  working.leaves.set(systemKey(Number(name)), word);
  return ALLOWED;
}

const assertAddress = (value: bigint): void =>
  assert(value < ADDRESS_END, 'L1 let in an address of more than 160 bits');
