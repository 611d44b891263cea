/** Roots of policies and lists that people propose on Ethereum, approved or not yet: what a node must hold before they come into force. */

import { type Address, decodeFunctionData, type Hex, isAddressEqual, type PublicClient } from 'viem';
import { policyGovernorAbi } from './abi/policy-governor.ts';
import { privityBridgeAbi } from './abi/privity-bridge.ts';

export interface ProposedRoot {
  readonly proposal: Hex;
  readonly approved: boolean;
  /** Undefined for a policy. */
  readonly list: bigint | undefined;
  readonly root: bigint;
}

export interface ProposedRootsOptions {
  readonly governor: Address;
  readonly bridge: Address;
  /** Block of the contracts. */
  readonly fromBlock: bigint;
  /** Blocks asked for in one query. */
  readonly logRangeBlocks: bigint;
}

/** Those that were dropped or have run out unapproved are left out. */
export async function findProposedRoots(options: ProposedRootsOptions, client: PublicClient): Promise<ProposedRoot[]> {
  const governor = { address: options.governor, abi: policyGovernorAbi } as const;
  const { number: latest, timestamp: now } = await client.getBlock({ blockTag: 'latest' });
  const found: ProposedRoot[] = [];
  for (let from = options.fromBlock; from <= latest; from += options.logRangeBlocks) {
    const end = from + options.logRangeBlocks - 1n;
    const toBlock = end < latest ? end : latest;
    const events = await client.getContractEvents({
      ...governor,
      eventName: 'Proposed',
      fromBlock: from,
      toBlock,
      strict: true,
    });
    for (const { args } of events) {
      const named = isAddressEqual(args.target, options.bridge) ? rootIn(args.data) : undefined;
      if (named === undefined) continue;
      const { maker, checker, expiresAt } = await client.readContract({
        ...governor,
        functionName: 'proposals',
        args: [args.id],
      });
      const [proposed, approved] = [BigInt(maker) !== 0n, BigInt(checker) !== 0n];
      if (proposed && (approved || expiresAt >= now)) found.push({ proposal: args.id, approved, ...named });
    }
  }
  return found;
}

function rootIn(data: Hex): Pick<ProposedRoot, 'list' | 'root'> | undefined {
  let call: ReturnType<typeof decodeFunctionData<typeof privityBridgeAbi>>;
  try {
    call = decodeFunctionData({ abi: privityBridgeAbi, data });
  } catch {
    // Whatever else people may propose to do with the bridge.
    return undefined;
  }
  if (call.functionName === 'setPolicyRoot') return { list: undefined, root: BigInt(call.args[0]) };
  if (call.functionName === 'setListRoot') return { list: call.args[0], root: BigInt(call.args[1]) };
  return undefined;
}
