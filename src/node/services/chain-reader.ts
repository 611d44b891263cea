/** Chain data for RPC. Each read takes a permit, so a forgotten check does not compile (G5). */

import { bigIntToBytes } from '../../base/bytes.ts';
import type { Block } from '../../chain/block.ts';
import { decodeIdentity } from '../../chain/identity.ts';
import { accountKey, identityKey } from '../../chain/keys.ts';
import type { BlockView, ChainHeads, ChainReader } from '../../rpc/port.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { StoreReads } from '../../store/port.ts';
import type { ChainIndex } from '../chain-index.ts';
import type { AccountHistory } from './account-history.ts';

export interface ChainReaderDeps {
  readonly sequencer: Sequencer;
  readonly index: ChainIndex;
  readonly eventLogs: StoreReads['eventLogs'];
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
    async *scanLogs(query) {
      const keys = [
        ...(query.addresses.length === 0 ? [] : [query.addresses]),
        ...query.topics.filter((topic) => topic !== undefined),
      ].map((group) => group.map((value) => bigIntToBytes(value, 32)));
      await index.flush();
      let fromBlock = query.fromBlock;
      while (fromBlock <= query.toBlock) {
        const found = await deps.eventLogs.scan({
          fromBlock: Number(fromBlock),
          toBlock: Number(query.toBlock),
          keys,
          limit: scanBlocksMax,
        });
        for (const { block: number } of found) {
          const block = await index.block(BigInt(number));
          if (block === undefined) continue;
          const located = await view(block);
          for (const item of block.items) {
            for (let logIndex = 0; logIndex < item.result.logs.length; logIndex++)
              yield { view: located, item, logIndex };
          }
        }
        if (found.length < scanBlocksMax) return;
        fromBlock = BigInt(found.at(-1)!.block) + 1n;
      }
    },
  };
  return reader;
}

/** Role bits of an address for the SIWE login. */
export const rolesOf =
  (sequencer: Sequencer) =>
  (address: bigint): bigint =>
    decodeIdentity(sequencer.state.get(identityKey(address))).roles;
