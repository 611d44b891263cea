/**
 * What two people do on L1 to change a policy or a list (G3): one proposes a call, another approves the same call, and after the delay
 * anybody has it executed. Each step is one transaction to PolicyGovernor, to be signed by that person's own key.
 */

import {
  type Abi,
  type Account,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createWalletClient,
  custom,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  isAddressEqual,
  keccak256,
  type PublicClient,
  parseAbiParameters,
  type TransactionReceipt,
} from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import { policyGovernorAbi } from './abi/policy-governor.ts';
import { privityBridgeAbi } from './abi/privity-bridge.ts';
import { settlementError } from './errors.ts';

/** A call that governance may make; `number` tells proposals of the same call apart. */
export interface GovernedCall {
  readonly target: Address;
  readonly data: Hex;
  readonly salt: Hex;
}

export const GOVERNANCE_STEPS = ['propose', 'approve', 'execute'] as const;
export type GovernanceStep = (typeof GOVERNANCE_STEPS)[number];

const NO_PREDECESSOR = bigIntToHex(0n, 32);
const bridge = { abi: privityBridgeAbi } as const;

export const setListRootCall = (target: Address, list: bigint, root: bigint, number: bigint): GovernedCall => ({
  target,
  data: encodeFunctionData({ ...bridge, functionName: 'setListRoot', args: [list, bigIntToHex(root, 32)] }),
  salt: bigIntToHex(number, 32),
});

export const setPolicyRootCall = (target: Address, root: bigint, number: bigint): GovernedCall => ({
  target,
  data: encodeFunctionData({ ...bridge, functionName: 'setPolicyRoot', args: [bigIntToHex(root, 32)] }),
  salt: bigIntToHex(number, 32),
});

/** As PolicyGovernor.proposalId has it; also the operation's id in the timelock. */
export const proposalId = ({ target, data, salt }: GovernedCall): Hex =>
  keccak256(
    encodeAbiParameters(parseAbiParameters('address, uint256, bytes, bytes32, bytes32'), [
      target,
      0n,
      data,
      NO_PREDECESSOR,
      salt,
    ]),
  );

/** Calldata of the step for PolicyGovernor. */
export const encodeStep = (step: GovernanceStep, call: GovernedCall): Hex =>
  encodeFunctionData({ abi: policyGovernorAbi as Abi, functionName: step, args: argumentsOf(step, call) });

const argumentsOf = (step: GovernanceStep, { target, data, salt }: GovernedCall): readonly unknown[] =>
  step === 'execute' ? [target, 0n, data, NO_PREDECESSOR, salt] : [target, data, salt];

export interface GovernanceDeps {
  readonly client: PublicClient;
  readonly governor: Address;
}

/** Sends one step and waits until it is mined. Throws L1_GOVERNANCE_REFUSED, with the contract's own error, before anything is sent. */
export async function sendStep(
  step: GovernanceStep,
  call: GovernedCall,
  account: Account,
  { client, governor }: GovernanceDeps,
): Promise<TransactionReceipt> {
  await requireBridge(call.target, { client, governor });
  await refuse(
    step,
    client.simulateContract({ account, address: governor, abi, functionName: step, args: argumentsOf(step, call) }),
  );
  // The client's own way to the node: its transport, its time-outs.
  const wallet = createWalletClient({ account, transport: custom({ request: client.request }) });
  const hash = await refuse(
    step,
    wallet.sendTransaction({ account, to: governor, data: encodeStep(step, call), chain: null }),
  );
  const receipt = await client.waitForTransactionReceipt({ hash });
  if (receipt.status !== 'success') throw settlementError('L1_GOVERNANCE_REFUSED', `${step}: ${hash} was reverted`);
  return receipt;
}

/** Unix seconds from which an approved call may be executed; 0 while it is not approved, 1 when it has been executed. */
export const executableAt = (call: GovernedCall, { client, governor }: GovernanceDeps): Promise<bigint> =>
  client.readContract({
    address: governor,
    abi: policyGovernorAbi,
    functionName: 'getTimestamp',
    args: [proposalId(call)],
  });

/** A mistyped address would be signed for nothing, or for another chain's bridge. */
async function requireBridge(target: Address, { client, governor }: GovernanceDeps): Promise<void> {
  const governed = await refuse(
    'look',
    client.readContract({ address: governor, abi: policyGovernorAbi, functionName: 'BRIDGE' }),
  );
  if (!isAddressEqual(governed, target))
    throw settlementError('L1_GOVERNANCE_REFUSED', `${governor} governs the bridge ${governed}, not ${target}`);
}

/** A call that governance makes answers with errors of the bridge. */
const abi: Abi = [...policyGovernorAbi, ...privityBridgeAbi.filter(({ type }) => type === 'error')];

async function refuse<T>(what: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (cause) {
    throw settlementError('L1_GOVERNANCE_REFUSED', `${what}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof BaseError)) return error instanceof Error ? error.message : String(error);
  const reverted = error.walk((e) => e instanceof ContractFunctionRevertedError);
  const data = reverted instanceof ContractFunctionRevertedError ? reverted.data : undefined;
  return data === undefined ? error.shortMessage : `${data.errorName}(${(data.args ?? []).join(', ')})`;
}
