import type { CallOutcome, CallRequest, EstimateOutcome } from '../port.ts';

/** The smallest gas limit with which the call still succeeds, by bisection. What fails with the cap fails the estimate. */
export async function estimateGas(
  request: CallRequest,
  callGasMax: bigint,
  call: (attempt: CallRequest) => Promise<CallOutcome>,
): Promise<EstimateOutcome> {
  const cap = request.gas === undefined || request.gas > callGasMax ? callGasMax : request.gas;
  const first = await call({ ...request, gas: cap });
  if (first.kind !== 'returned') return first;
  // Gas used excludes what a callee must be given and returns (EIP-150), so it only bounds from below.
  let fails = first.gasUsed - 1n;
  let succeeds = cap;
  while (fails + 1n < succeeds) {
    const middle = fails + 1n === first.gasUsed && succeeds === cap ? first.gasUsed : (fails + succeeds) / 2n;
    const outcome = await call({ ...request, gas: middle });
    if (outcome.kind === 'denied') return outcome;
    if (outcome.kind === 'returned') succeeds = middle;
    else fails = middle;
  }
  return { kind: 'estimated', gas: succeeds };
}
