import { findSystemFunction } from '../../chain/system-call.ts';
import { executionError } from '../../execution/errors.ts';
import type { CallPool, OpenScene } from '../../execution/evm/call-pool.ts';
import { intrinsicGas } from '../../execution/fees.ts';
import type { BlockContext, CallOutcome, FrameDenied, StateReader } from '../../execution/port.ts';
import type { PolicyFacts, Principal, WriteRequest } from '../../policy/port.ts';
import type { CallRequest, PolicySource, Simulator } from '../../rpc/port.ts';
import { sequencerError } from '../../sequencer/errors.ts';

export interface SimulatorDeps {
  readonly calls: CallPool;
  /** The state of the moment, which stands still until it is closed. */
  readonly freeze: () => StateReader & { close(): void };
  readonly block: () => BlockContext;
  readonly policy: Pick<PolicySource, 'current'>;
  readonly factsOf: (state: StateReader) => PolicyFacts;
}

/** eth_call and eth_estimateGas: every frame is judged for the reader by the policy in force, here, while the EVM waits elsewhere (G5). */
export function createSimulator({ calls, freeze, block, policy, factsOf }: SimulatorDeps): Simulator {
  const sceneFor =
    (principal: Principal): OpenScene =>
    () => {
      const state = freeze();
      const inForce = policy.current();
      const facts = factsOf(state);
      const judge = (frame: WriteRequest) => inForce.decideCall(principal, frame, facts);
      return { state, block: block(), judge, close: () => state.close() };
    };

  return {
    async call(request, _at, permit) {
      return returned(await calls.call(evmRequest(request), sceneFor(permit.principal)));
    },
    async estimateGas(request, permit) {
      // Calls that the circuits prove cost what the protocol says, whatever the EVM would find.
      const system = request.to === undefined ? undefined : findSystemFunction(request.to, request.data);
      if (system !== undefined) return intrinsicGas(request.data) + BigInt(system.gas);
      const outcome = await calls.estimateGas(evmRequest(request), sceneFor(permit.principal));
      if (outcome.kind === 'estimated') return outcome.gas;
      returned(outcome);
      throw executionError('CALL_FAILED', 'execution reverted');
    },
  };
}

const evmRequest = ({ from, to, data, value, gas }: CallRequest) => ({ from, to, data, value, gas });

/** The EVM's word for an outer frame that sends more than its account has. */
const notEnough = 'insufficient balance';

function returned(outcome: CallOutcome | FrameDenied): { kind: 'returned' | 'reverted'; data: Uint8Array } {
  switch (outcome.kind) {
    case 'returned':
    case 'reverted':
      return { kind: outcome.kind, data: outcome.data };
    case 'failed':
      if (outcome.reason === notEnough) throw executionError('TX_INSUFFICIENT_FUNDS', outcome.reason);
      throw executionError('CALL_FAILED', outcome.reason);
    case 'denied':
      throw sequencerError('SUBMIT_DENIED', `${outcome.ruleId}: ${outcome.reason}`);
  }
}
