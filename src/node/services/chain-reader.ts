/** Chain data for RPC. Each read takes a permit, so a forgotten check does not compile (G5). */

import { assert } from '../../base/assert.ts';
import { bigIntToBytes } from '../../base/bytes.ts';
import type { Block } from '../../chain/block.ts';
import { decodeIdentity } from '../../chain/identity.ts';
import { accountKey, identityKey } from '../../chain/keys.ts';
import { rpcError } from '../../rpc/errors.ts';
import type { BlockView, ChainHeads, ChainReader, LogQuery } from '../../rpc/port.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { StoreReads } from '../../store/port.ts';
import type { ChainIndex } from '../chain-index.ts';
import { keyOfAudience } from '../log-keys.ts';
import type { AccountHistory } from './account-history.ts';

export interface ChainReaderDeps {
  readonly sequencer: Sequencer;
  readonly index: ChainIndex;
  readonly eventLogs: StoreReads['eventLogs'];
  readonly logPostings: StoreReads['logPostings'];
  /** State root after the last sealed batch up to this one. */
  readonly stateRootOf: (batch: bigint) => Promise<bigint>;
  readonly history: AccountHistory;
  readonly settledBlocks: () => { readonly safe: bigint; readonly finalized: bigint };
}

/** Blocks looked at in one scan of the event index. */
const scanBlocksMax = 500;

export function createChainReader(deps: ChainReaderDeps): ChainReader {
  const { sequencer, index } = deps;

  const view = async (block: Block): Promise<BlockView> => ({
    block,
    stateRoot: await deps.stateRootOf(block.batch - 1n),
  });

  const reader: ChainReader = {
    heads: (): ChainHeads => ({ latest: index.head, ...deps.settledBlocks() }),
    baseFee: () => sequencer.currentBlock().baseFee,
    hasState: async (block) => block === index.head || (await deps.history.batchEndingAt(block)) !== undefined,
    async account(address, at) {
      const batch = at === 'pending' || at === index.head ? undefined : await deps.history.batchEndingAt(at);
      if (batch !== undefined) {
        const { hi: nonce, lo: balance } = await deps.history.account(batch, address);
        return { balance, nonce, code: new Uint8Array() };
      }
      // Also when `at` was the newest block a moment ago: whoever asks for the latest state gets that of now.
      const { hi: nonce, lo: balance } = sequencer.state.get(accountKey(address));
      return { balance, nonce: at === 'pending' ? sequencer.pendingNonce(address) : nonce, code: new Uint8Array() };
    },
    async blockByNumber(number) {
      const block = number <= index.head ? await index.block(number) : undefined;
      return block === undefined ? undefined : view(block);
    },
    async blockByHash(hash) {
      const block = await index.blockByHash(hash);
      return block === undefined ? undefined : view(block);
    },
    async itemByHash(hash) {
      // Clients poll for receipts: what waits is in no block, and the store need not be asked.
      if (sequencer.pending(hash) !== undefined) return undefined;
      const found = await index.item(hash);
      if (found === undefined) return undefined;
      const block = await index.block(found.header.number);
      return block === undefined ? undefined : { view: await view(block), item: found.item };
    },
    pendingTransaction: (hash) => sequencer.pending(hash),
    async *logBlocks(query) {
      await index.flush();
      const numbers = query.audiences === 'all' ? everyBlock(query, deps) : audienceBlocks(query, deps);
      for await (const number of numbers) {
        const block = await index.block(BigInt(number));
        if (block !== undefined) yield await view(block);
      }
    },
  };
  return reader;
}

/** For who sees everything: blocks whose sealed filter says that they may have what is asked for. */
async function* everyBlock(query: LogQuery, { eventLogs }: Pick<ChainReaderDeps, 'eventLogs'>) {
  const keys = [
    ...(query.addresses.length === 0 ? [] : [query.addresses]),
    ...query.topics.filter((topic) => topic !== undefined),
  ].map((group) => group.map((value) => bigIntToBytes(value, 32)));
  const toBlock = Number(query.toBlock);
  for (let fromBlock = Number(query.fromBlock); fromBlock <= toBlock; ) {
    const found = await eventLogs.scan({ fromBlock, toBlock, keys, limit: scanBlocksMax });
    yield* found.map(({ block }) => block);
    if (found.length < scanBlocksMax) return;
    fromBlock = found.at(-1)!.block + 1;
  }
}

/** For everybody else: blocks in which the audiences have logs, and no look at any other. */
async function* audienceBlocks(
  { audiences, fromBlock, toBlock, entriesMax }: LogQuery,
  { logPostings }: Pick<ChainReaderDeps, 'logPostings'>,
) {
  assert(audiences !== 'all', 'audiences are named');
  const keys = audiences.map(keyOfAudience);
  const range = { fromBlock: Number(fromBlock), toBlock: Number(toBlock) };
  const { blocks } = await logPostings.find({ keys, ...range, entriesMax });
  if (blocks === undefined) throw rpcError('RPC_LOGS_SCAN');
  yield* blocks;
}

/** Role bits of an address for the SIWE login. */
export const rolesOf =
  (sequencer: Sequencer) =>
  (address: bigint): bigint =>
    decodeIdentity(sequencer.state.get(identityKey(address))).roles;
