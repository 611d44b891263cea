import { findSystemFunction } from '../../chain/system-call.ts';
import { executionError } from '../../execution/errors.ts';
import { intrinsicGas } from '../../execution/fees.ts';
import type { BlockContext, CallOutcome, EvmPort, FrameDenied, JudgeFrame, StateReader } from '../../execution/port.ts';
import type { PolicyFacts, Principal } from '../../policy/port.ts';
import type { CallRequest, PolicySource, Simulator } from '../../rpc/port.ts';
import { sequencerError } from '../../sequencer/errors.ts';

export interface SimulatorDeps {
  readonly evm: EvmPort;
  readonly state: StateReader;
  readonly block: () => BlockContext;
  readonly policy: PolicySource;
}

/** eth_call and eth_estimateGas: every inner frame is judged for the reader by the policy in force (G5). */
export function createSimulator({ evm, state, block, policy }: SimulatorDeps): Simulator {
  const judgeFor =
    (principal: Principal, facts: PolicyFacts): JudgeFrame =>
    (frame) =>
      policy.current().decideCall(principal, frame, facts);

  return {
    async call(request, _at, permit) {
      const outcome = await evm.call(state, block(), evmRequest(request), judgeFor(permit.principal, policy.facts()));
      return returned(outcome);
    },
    async estimateGas(request, permit) {
      // Calls that the circuits prove cost what the protocol says, whatever the EVM would find.
      const system = request.to === undefined ? undefined : findSystemFunction(request.to, request.data);
      if (system !== undefined) return intrinsicGas(request.data) + BigInt(system.gas);
      const judge = judgeFor(permit.principal, policy.facts());
      const outcome = await evm.estimateGas(state, block(), evmRequest(request), judge);
      if (outcome.kind === 'estimated') return outcome.gas;
      returned(outcome);
      throw executionError('CALL_FAILED', 'execution reverted');
    },
  };
}

const evmRequest = ({ from, to, data, value, gas }: CallRequest) => ({ from, to, data, value, gas });

function returned(outcome: CallOutcome | FrameDenied): { kind: 'returned' | 'reverted'; data: Uint8Array } {
  switch (outcome.kind) {
    case 'returned':
    case 'reverted':
      return { kind: outcome.kind, data: outcome.data };
    case 'failed':
      throw executionError('CALL_FAILED', outcome.reason);
    case 'denied':
      throw sequencerError('SUBMIT_DENIED', `${outcome.ruleId}: ${outcome.reason}`);
  }
}
