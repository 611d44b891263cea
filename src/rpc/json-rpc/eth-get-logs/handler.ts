import type { Log } from '../../../chain/log.ts';
import type { LogFilter } from '../../../policy/port.ts';
import { rpcError } from '../../errors.ts';
import type { LocatedLog } from '../../port.ts';
import { formatLog } from '../answer/format-log.ts';
import { itemFields } from '../answer/item-fields.ts';
import { type VisibleBlock, type VisibleItem, type VisibleLog, visibleBlock } from '../answer/visible-block.ts';
import type { CallContext, RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { blockNumberOf } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { type EthGetLogsQuery, ethGetLogsSchema } from './schema.ts';

type Deps = Pick<MethodDeps, 'chain' | 'foreignReads' | 'logLimits'>;

/**
 * Each log is judged by itself, by the event rules. Limits look at the range and at what is answered, never at what is hidden: an error must not
 * tell how much there is (G5).
 */
export const ethGetLogs = (deps: Deps): RpcMethod => ({
  name: 'eth_getLogs',
  async handle(params, context) {
    const query = parseParams(ethGetLogsSchema, params);
    const range = await rangeOf(query, deps, context);
    if (range === undefined || range.fromBlock > range.toBlock) return [];
    if (range.toBlock - range.fromBlock >= BigInt(deps.logLimits.blockRangeMax)) throw rpcError('RPC_LOGS_RANGE');
    if (context.policy.isLogFilterHopeless(context.principal, query.filter)) return [];
    const found: object[] = [];
    const seen: LocatedLog[] = [];
    const places = createPlaces(context);
    for await (const located of deps.chain.scanLogs({ ...query.filter, ...range }, context.permit)) {
      const log = located.item.result.logs[located.logIndex]!;
      const place = matches(log, query.filter) && isVisible(log, located, context) ? places(located) : undefined;
      if (place === undefined) continue;
      if (found.length >= deps.logLimits.logsMax) throw rpcError('RPC_LOGS_TOO_MANY');
      found.push(formatLog(located.view, place.item, place.log));
      seen.push(located);
    }
    const resource = `blocks ${toQuantity(range.fromBlock)} to ${toQuantity(range.toBlock)}`;
    deps.foreignReads.items(seen, resource, 'eth_getLogs', context);
    return found;
  },
});

async function rangeOf({ fromBlock, toBlock, blockHash }: EthGetLogsQuery, { chain }: Deps, context: CallContext) {
  if (blockHash !== undefined) {
    const number = (await chain.blockByHash(blockHash, context.permit))?.block.number;
    return number === undefined ? undefined : { fromBlock: number, toBlock: number };
  }
  if ('hash' in fromBlock || 'hash' in toBlock) throw rpcError('RPC_PARAMS', 'a range by hash');
  const latest = chain.heads().latest;
  const from = blockNumberOf(fromBlock, chain);
  return from === undefined ? undefined : { fromBlock: from, toBlock: blockNumberOf(toBlock, chain) ?? latest };
}

export function matches(log: Log, { addresses, topics }: LogFilter): boolean {
  if (addresses.length > 0 && !addresses.includes(log.address)) return false;
  return topics.every((set, i) => set === undefined || (i < log.topics.length && set.includes(log.topics[i]!)));
}

function isVisible(log: Log, { item }: LocatedLog, { policy, principal }: CallContext): boolean {
  const { from, to } = itemFields(item);
  return policy.decideRead(principal, { kind: 'log', log, from, to }).allow;
}

/** Where a log stands in its block as this reader sees it, the same as in its receipt. Logs come in order, so one block is remembered. */
function createPlaces(context: CallContext) {
  let last: { readonly number: bigint; readonly visible: VisibleBlock } | undefined;
  return ({ view, item, logIndex }: LocatedLog): { item: VisibleItem; log: VisibleLog } | undefined => {
    if (last?.number !== view.block.number)
      last = { number: view.block.number, visible: visibleBlock(view.block, context) };
    const visible = last.visible.items.find((candidate) => candidate.item.index === item.index);
    const log = visible?.logs.find(({ position }) => position === logIndex);
    return visible === undefined || log === undefined ? undefined : { item: visible, log };
  };
}
