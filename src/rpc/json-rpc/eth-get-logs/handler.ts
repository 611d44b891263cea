import type { Log } from '../../../chain/log.ts';
import type { LogFilter } from '../../../policy/port.ts';
import { rpcError } from '../../errors.ts';
import type { BlockView, LogQuery } from '../../port.ts';
import { formatLog } from '../answer/format-log.ts';
import { itemFields } from '../answer/item-fields.ts';
import { type VisibleItem, type VisibleLog, visibleBlock } from '../answer/visible-block.ts';
import type { CallContext, RpcMethod } from '../method.ts';
import type { MethodDeps } from '../method-deps.ts';
import { blockNumberOf } from '../schema/block-ref.ts';
import { parseParams } from '../schema/parse-params.ts';
import { toQuantity } from '../schema/primitives.ts';
import { ReaderTurns } from './reader-turns.ts';
import { type EthGetLogsQuery, ethGetLogsSchema } from './schema.ts';

type Deps = Pick<MethodDeps, 'chain' | 'foreignReads' | 'logLimits'>;

/** Contracts' rules and wallets of one reader that are looked through in one request. */
const audiencesMax = 1_000;
/** Entries of the index for each block that may be read. */
const entriesPerBlock = 20;
/** Requests of one reader that wait for their turn. */
const waitingMax = 16;

/**
 * Each log is judged by itself, by the event rules. Limits, and which blocks are read, follow from the range and from what the reader may see, never
 * from what is hidden: no error tells how much there is (G5). A duration can: a block in which the reader has a log is read and looked through
 * whole, so the time grows with everything in it.
 */
export function ethGetLogs(deps: Deps): RpcMethod {
  const { atOnceMax } = deps.logLimits;
  const turns = new ReaderTurns({ atOnceMax, waitingMax });
  return {
    name: 'eth_getLogs',
    async handle(params, context) {
      const query = parseParams(ethGetLogsSchema, params);
      const range = await rangeOf(query, deps, context);
      if (range === undefined || range.fromBlock > range.toBlock) return [];
      if (range.toBlock - range.fromBlock >= BigInt(deps.logLimits.blockRangeMax)) throw rpcError('RPC_LOGS_RANGE');
      const audiences = context.policy.logAudiences(context.principal, query.filter, audiencesMax);
      if (audiences.length === 0) return [];
      if (audiences !== 'all' && audiences.length > audiencesMax) throw rpcError('RPC_LOGS_FILTER');
      const entriesMax = entriesPerBlock * deps.logLimits.blocksReadMax;
      const search = { ...query.filter, ...range, audiences, entriesMax };
      return turns.take(context.principal.subject, () => collect(search, deps, context));
    },
  };
}

async function collect(query: LogQuery, { chain, foreignReads, logLimits }: Deps, context: CallContext) {
  const found: object[] = [];
  const seen: VisibleItem[] = [];
  let bytes = 0;
  let blocksRead = 0;
  for await (const view of chain.logBlocks(query, context.permit)) {
    blocksRead += 1;
    if (blocksRead > logLimits.blocksReadMax) throw rpcError('RPC_LOGS_SCAN');
    for (const [item, log] of selected(view, query, context)) {
      if (found.length >= logLimits.logsMax) throw rpcError('RPC_LOGS_TOO_MANY');
      bytes += bytesOf(log);
      if (bytes > logLimits.answerBytesMax) throw rpcError('RPC_LOGS_BYTES');
      found.push(formatLog(view, item, log));
      seen.push(item);
    }
  }
  const resource = `blocks ${toQuantity(query.fromBlock)} to ${toQuantity(query.toBlock)}`;
  foreignReads.items(seen, resource, 'eth_getLogs', context);
  return found;
}

/** Logs stand where the reader sees them in the block, the same as in its receipts. */
function* selected(
  { block }: BlockView,
  filter: LogFilter,
  context: CallContext,
): Generator<readonly [VisibleItem, VisibleLog]> {
  for (const visible of visibleBlock(block, context).items) {
    for (const log of visible.logs) {
      if (matches(log.log, filter) && isVisible(log.log, visible, context)) yield [visible, log];
    }
  }
}

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

function isVisible(log: Log, { item }: VisibleItem, { policy, principal }: CallContext): boolean {
  const { from, to } = itemFields(item);
  return policy.decideRead(principal, { kind: 'log', log, from, to }).allow;
}

/** Most that the log takes in the answer: names, numbers and hashes, its topics with quotes, its data as hex. */
const bytesOf = ({ log }: VisibleLog): number => 560 + 70 * log.topics.length + 2 * log.data.length;
