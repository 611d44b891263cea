/**
 * Reads the L1 queue. An operation counts when enough blocks stand on it; every operation is checked against the roll that the contract
 * stores, so a lying or half-synchronised node cannot slip one in. When a reorg takes away what had counted, the list goes back to what still
 * stands and grows again: what that means for batches is for who took the operations.
 */

import {
  type Address,
  BaseError,
  BlockNotFoundError,
  ContractFunctionZeroDataError,
  getAbiItem,
  type Hex,
  type PublicClient,
} from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import type { BridgeDomain } from '../chain/bridge-domain.ts';
import { type PriorityKind, type PriorityOperation, rollPriority } from '../chain/priority-operation.ts';
import { privityBridgeAbi } from './abi/privity-bridge.ts';
import { settlementError } from './errors.ts';
import type { PriorityChainView } from './port.ts';

export interface PriorityWatcherOptions {
  readonly domain: BridgeDomain;
  readonly bridge: Address;
  readonly confirmationsMin: bigint;
  /** Blocks asked for in one query. */
  readonly logRangeBlocks: bigint;
  /** Block of the bridge's deployment. */
  readonly fromBlock: bigint;
}

export interface PriorityWatcher extends PriorityChainView {
  poll(): Promise<void>;
}

interface Queued {
  readonly operation: PriorityOperation;
  /** After it. */
  readonly roll: bigint;
  readonly blockNumber: bigint;
  readonly blockHash: Hex;
}

export function createPriorityWatcher(
  options: PriorityWatcherOptions,
  deps: { client: PublicClient },
): PriorityWatcher {
  const { client } = deps;
  const queue: Queued[] = [];
  let nextBlock = options.fromBlock;
  let seen: { readonly number: bigint; readonly timestamp: bigint } | undefined;
  let newestTime = 0n;
  let looks = 0;
  let looking: Promise<void> | undefined;
  const event = getAbiItem({ abi: privityBridgeAbi, name: 'PriorityOperationQueued' });
  const bridge = { address: options.bridge, abi: privityBridgeAbi } as const;

  return {
    get confirmed() {
      return BigInt(queue.length);
    },
    get looks() {
      return looks;
    },
    get confirmedTime() {
      return seen?.timestamp;
    },
    get newestTime() {
      return newestTime;
    },
    from: (index, limit) => queue.slice(Number(index), Number(index) + limit).map(({ operation }) => operation),
    rollAfter: (count) => (count === 0n ? 0n : queue[Number(count) - 1]?.roll),
    async revokedFrom(root) {
      if (seen === undefined) return undefined;
      // As of the block up to which operations are taken: the change of root that a revocation queues is then in the list.
      const args = [bigIntToHex(root, 32)] as const;
      try {
        const call = { ...bridge, functionName: 'policyStatus', args, blockNumber: seen.number } as const;
        const { revokedFrom } = await client.readContract(call);
        return revokedFrom === 0n ? undefined : revokedFrom;
      } catch (error) {
        // The bridge is younger than the confirmed block.
        if (error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionZeroDataError) !== null)
          return undefined;
        throw unusable(error);
      }
    },
    poll() {
      // Two looks at the same time would take the same operations twice.
      looking ??= look()
        .catch((error: unknown) => {
          throw unusable(error);
        })
        .finally(() => {
          looks += 1;
          looking = undefined;
        });
      return looking;
    },
  };

  async function look(): Promise<void> {
    const { number: head, timestamp: headTime } = await client.getBlock({ blockTag: 'latest' });
    if (headTime > newestTime) newestTime = headTime;
    const confirmedBlock = head - options.confirmationsMin;
    if (confirmedBlock < 0n) return;
    if (!(await standsAt(head))) await goBack();
    while (nextBlock <= confirmedBlock) {
      const end = nextBlock + options.logRangeBlocks - 1n;
      const toBlock = end < confirmedBlock ? end : confirmedBlock;
      if (!(await take(nextBlock, toBlock))) return;
      nextBlock = toBlock + 1n;
    }
    await requireWhole(confirmedBlock);
    const { timestamp } = await client.getBlock({ blockNumber: confirmedBlock });
    seen = { number: confirmedBlock, timestamp };
  }

  /** False when the list had to go back. */
  async function take(fromBlock: bigint, toBlock: bigint): Promise<boolean> {
    const logs = await client.getLogs({ address: options.bridge, event, fromBlock, toBlock, strict: true });
    for (const { args, blockNumber, blockHash } of logs) {
      const operation: PriorityOperation = {
        index: args.index,
        kind: args.kind as PriorityKind,
        sender: BigInt(args.sender),
        a: BigInt(args.a),
        b: BigInt(args.b),
      };
      if (queue[Number(operation.index)]?.roll === BigInt(args.roll)) continue;
      const roll = rollPriority(queue.at(-1)?.roll ?? 0n, options.domain, operation);
      if (operation.index === BigInt(queue.length) && roll === BigInt(args.roll)) {
        queue.push({ operation, roll, blockNumber, blockHash });
        continue;
      }
      // Either a reorg came between this look's queries, or the node shows what the contract never had.
      if (await standsAt(await client.getBlockNumber({ cacheTime: 0 })))
        throw settlementError('L1_QUEUE_BROKEN', `operation ${operation.index}`);
      await goBack();
      return false;
    }
    return true;
  }

  /**
   * A node that lags behind the one that told the head answers with fewer events and no error. What it left out must not pass for operations
   * that Ethereum lost, so the look does not count, and the next one asks for those blocks again.
   */
  async function requireWhole(blockNumber: bigint): Promise<void> {
    const length = await lengthAt(blockNumber);
    if (length <= BigInt(queue.length)) return;
    nextBlock = queue.at(-1)?.blockNumber ?? options.fromBlock;
    throw settlementError('L1_UNREACHABLE', `events of ${queue.length} operations, the queue holds ${length}`);
  }

  async function lengthAt(blockNumber: bigint): Promise<bigint> {
    try {
      return await client.readContract({ ...bridge, functionName: 'priorityQueueLength', blockNumber });
    } catch (error) {
      // The bridge is younger than that block.
      if (error instanceof BaseError && error.walk((e) => e instanceof ContractFunctionZeroDataError) !== null)
        return 0n;
      throw error;
    }
  }

  /** Whether the queue of the contract begins with what was taken. */
  async function standsAt(blockNumber: bigint): Promise<boolean> {
    const last = queue.at(-1);
    if (last === undefined) return true;
    const length = await client.readContract({ ...bridge, functionName: 'priorityQueueLength', blockNumber });
    if (length <= last.operation.index) return false;
    const args = [last.operation.index] as const;
    const [roll] = await client.readContract({ ...bridge, functionName: 'priorityEntry', args, blockNumber });
    return BigInt(roll) === last.roll;
  }

  async function hashOf(blockNumber: bigint): Promise<Hex | undefined> {
    try {
      return (await client.getBlock({ blockNumber })).hash;
    } catch (error) {
      if (error instanceof BlockNotFoundError) return undefined;
      throw error;
    }
  }

  /** To the last operation whose block still stands: before it nothing has changed. */
  async function goBack(): Promise<void> {
    for (let last = queue.at(-1); last !== undefined; last = queue.at(-1)) {
      const { blockNumber, blockHash } = last;
      if ((await hashOf(blockNumber)) === blockHash) break;
      queue.pop();
    }
    const last = queue.at(-1);
    nextBlock = last === undefined ? options.fromBlock : last.blockNumber + 1n;
  }
}

/** Blocks come and go while a node follows a reorg: what it cannot answer now is asked again. */
function unusable(error: unknown): unknown {
  if (!(error instanceof BaseError)) return error;
  const isGone = error.walk((e) => e instanceof Error && STATE_IS_GONE.test(`${e.name} ${e.message}`)) !== null;
  return settlementError(isGone ? 'L1_STATE_UNAVAILABLE' : 'L1_UNREACHABLE', error.shortMessage, { cause: error });
}

/** No standard gives it a code: anvil, geth and reth say it so. */
const STATE_IS_GONE =
  /BlockOutOfRange|missing trie node|state .*(is not available|is pruned)|historical state .*not available/i;
