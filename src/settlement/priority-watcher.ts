/**
 * Reads the L1 queue. An operation counts when enough blocks stand on it; every operation is checked against the roll that the contract
 * stores, so a lying or half-synchronised node cannot slip one in. A reorg that takes a confirmed operation away is L1_DEEP_REORG.
 */

import { type Address, getAbiItem, type PublicClient } from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import type { BridgeDomain } from '../chain/bridge-domain.ts';
import { type PriorityKind, type PriorityOperation, rollPriority } from '../chain/priority-operation.ts';
import { privityBridgeAbi } from './abi/privity-bridge.ts';
import { settlementError } from './errors.ts';
import type { PriorityQueueView } from './port.ts';

export interface PriorityWatcherOptions {
  readonly domain: BridgeDomain;
  readonly bridge: Address;
  readonly confirmationsMin: bigint;
  /** Blocks asked for in one query. */
  readonly logRangeBlocks: bigint;
  /** Block of the bridge's deployment. */
  readonly fromBlock: bigint;
}

export interface PriorityWatcher extends PriorityQueueView {
  poll(): Promise<void>;
}

export function createPriorityWatcher(
  options: PriorityWatcherOptions,
  deps: { client: PublicClient },
): PriorityWatcher {
  const { client } = deps;
  const operations: PriorityOperation[] = [];
  let roll = 0n;
  let nextBlock = options.fromBlock;
  let looking: Promise<void> | undefined;
  const event = getAbiItem({ abi: privityBridgeAbi, name: 'PriorityOperationQueued' });

  const rollOnL1 = (index: bigint, blockNumber: bigint) =>
    client.readContract({
      address: options.bridge,
      abi: privityBridgeAbi,
      functionName: 'priorityEntry',
      args: [index],
      blockNumber,
    });

  return {
    get confirmed() {
      return BigInt(operations.length);
    },
    from: (index, limit) => operations.slice(Number(index), Number(index) + limit),
    poll() {
      // Two looks at the same time would take the same operations twice.
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };

  async function look(): Promise<void> {
    const confirmedBlock = (await client.getBlockNumber({ cacheTime: 0 })) - options.confirmationsMin;
    if (operations.length > 0) await checkNoReorg();
    while (nextBlock <= confirmedBlock) {
      const end = nextBlock + options.logRangeBlocks - 1n;
      const toBlock = end < confirmedBlock ? end : confirmedBlock;
      const logs = await client.getLogs({
        address: options.bridge,
        event,
        fromBlock: nextBlock,
        toBlock,
        strict: true,
      });
      for (const { args } of logs) {
        const operation: PriorityOperation = {
          index: args.index,
          kind: args.kind as PriorityKind,
          sender: BigInt(args.sender),
          a: BigInt(args.a),
          b: BigInt(args.b),
        };
        if (operation.index !== BigInt(operations.length))
          throw settlementError('L1_DEEP_REORG', `operation ${operation.index} out of order`);
        roll = rollPriority(roll, options.domain, operation);
        if (bigIntToHex(roll, 32) !== args.roll)
          throw settlementError('L1_DEEP_REORG', `roll of operation ${operation.index}`);
        operations.push(operation);
      }
      nextBlock = toBlock + 1n;
    }
  }

  async function checkNoReorg(): Promise<void> {
    const last = BigInt(operations.length) - 1n;
    const length = await client.readContract({
      address: options.bridge,
      abi: privityBridgeAbi,
      functionName: 'priorityQueueLength',
    });
    if (length <= last) throw settlementError('L1_DEEP_REORG', `the queue shrank below ${last + 1n}`);
    const [onL1] = await rollOnL1(last, await client.getBlockNumber({ cacheTime: 0 }));
    if (onL1 !== bigIntToHex(roll, 32)) throw settlementError('L1_DEEP_REORG', `roll of operation ${last}`);
  }
}
