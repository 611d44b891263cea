import { bytesToBigInt, bytesToHex } from '../../src/base/bytes.ts';
import type { Clock } from '../../src/base/clock.ts';
import type { Block, BlockItem } from '../../src/chain/block.ts';
import { itemHash } from '../../src/chain/block.ts';
import { contextOfState, encodeBlockParameters } from '../../src/chain/block-context.ts';
import { SYSTEM_NAME } from '../../src/chain/constants.ts';
import type { SignedDenial } from '../../src/chain/denial.ts';
import { encodeIdentity, type Identity } from '../../src/chain/identity.ts';
import { accountKey, identityKey, listKey, systemKey } from '../../src/chain/keys.ts';
import { u64, word32 } from '../../src/chain/packed.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { sha256Word } from '../../src/chain/sha256.ts';
import { decodeTransaction, type SignedTransaction } from '../../src/chain/transaction.ts';
import type { Word } from '../../src/chain/word.ts';
import { createExecutor } from '../../src/execution/executor.ts';
import type { BlockContext, ExecutionResult } from '../../src/execution/port.ts';
import { keyOfAudience, logKeysOf } from '../../src/node/log-keys.ts';
import { classOfMethod } from '../../src/policy/method-class.ts';
import { ReadPermit } from '../../src/policy/permit.ts';
import type { PolicyFacts, PolicyPort } from '../../src/policy/port.ts';
import type {
  BlockView,
  ChainReader,
  LocatedItem,
  OutcomeReader,
  OutcomeView,
  PolicySource,
  Simulator,
  Submitter,
} from '../../src/rpc/port.ts';
import { sequencerError } from '../../src/sequencer/errors.ts';

export interface SmallChain {
  readonly chain: ChainReader;
  readonly submitter: Submitter;
  readonly simulator: Simulator;
  readonly outcomes: OutcomeReader;
  readonly policy: PolicySource;
  /** Accepted transactions wait until `mine`, and then share one block. */
  hold: boolean;
  mine(): Block;
  applyOperation(operation: PriorityOperation): Block;
  /** An accepted transaction has ended so. */
  deny(denial: SignedDenial): void;
  identity(address: bigint): Identity;
  setIdentity(address: bigint, identity: Identity): void;
  /** Reads that came without a genuine permit. */
  readonly permitBreaches: number;
}

export interface SmallChainOptions {
  readonly chainId: bigint;
  readonly policy: PolicyPort;
  readonly identities: ReadonlyMap<bigint, Identity>;
  readonly balances: ReadonlyMap<bigint, bigint>;
  readonly baseFee: bigint;
}

const NOTHING: Word = { hi: 0n, lo: 0n };

/** Real decoding, real policy, real execution over leaves in a map: what is missing is durability, the tree and L1. */
export function createSmallChain(options: SmallChainOptions, deps: { clock: Clock }): SmallChain {
  const leaves = new Map<bigint, Word>();
  const blocks: Block[] = [];
  const pending = new Map<bigint, SignedTransaction>();
  const denied = new Map<bigint, OutcomeView>();
  let breaches = 0;
  const state = { get: (key: bigint) => leaves.get(key) ?? NOTHING };
  const executor = createExecutor({ policy: options.policy, isInListRoot: () => false });
  const seconds = () => BigInt(Math.floor(deps.clock.now() / 1000));
  const requirePermit = (permit: ReadPermit) => {
    if (!ReadPermit.isGenuine(permit)) breaches += 1;
  };

  leaves.set(
    systemKey(SYSTEM_NAME.BLOCK),
    encodeBlockParameters({ gasLimit: 30_000_000n, baseFee: options.baseFee, feeMode: 1n, batchIntervalSeconds: 600n }),
  );
  leaves.set(systemKey(SYSTEM_NAME.COLLECTOR), { hi: 0n, lo: 0xfee5n });
  for (const [address, balance] of options.balances) leaves.set(accountKey(address), { hi: 0n, lo: balance });
  for (const [address, identity] of options.identities) leaves.set(identityKey(address), encodeIdentity(identity));

  const context = (): BlockContext => ({
    ...contextOfState(state.get),
    chainId: options.chainId,
    number: BigInt(blocks.length),
    timestamp: seconds(),
    blockHash: () => 0n,
  });
  const facts = (): PolicyFacts => ({
    identity: (address) => identityOf(address),
    isInListRoot: () => false,
    isInListLeaf: (list, address) => state.get(listKey(list, address)).lo !== 0n,
  });
  const identityOf = (address: bigint): Identity => {
    const { hi, lo } = state.get(identityKey(address));
    return { roles: lo, flags: hi >> 64n, expiry: hi & ((1n << 64n) - 1n) };
  };
  const apply = (result: ExecutionResult) => {
    for (const { key, after } of result.changes) leaves.set(key, after);
  };

  type Draft =
    | { readonly kind: 'transaction'; readonly transaction: SignedTransaction; readonly result: ExecutionResult }
    | {
        readonly kind: 'operation';
        readonly operation: PriorityOperation;
        readonly roll: bigint;
        readonly result: ExecutionResult;
      };

  const close = (drafts: readonly Draft[]): Block => {
    const { baseFee, gasLimit, collector, timestamp, number } = context();
    let gas = 0n;
    let logs = 0;
    const items = drafts.map((draft, index): BlockItem => {
      gas += draft.result.gasUsed;
      const item = { ...draft, index, record: index, cumulativeGas: gas, firstLogIndex: logs, salt: 0n };
      logs += draft.result.logs.length;
      return item;
    });
    const parentHash = blocks.at(-1)?.hash ?? 0n;
    const hash = sha256Word(u64(number), word32(parentHash), u64(timestamp));
    const block = {
      number,
      timestamp,
      batch: 1n,
      hash,
      parentHash,
      gasLimit,
      baseFee,
      collector,
      gasUsed: gas,
      items,
      txFrontier: 0n,
    };
    blocks.push(block);
    return block;
  };
  const execute = (transaction: SignedTransaction): Draft => {
    const outcome = executor.executeTransaction(state, context(), transaction);
    if (outcome.kind !== 'executed') throw sequencerError('SUBMIT_DENIED', JSON.stringify(outcome));
    apply(outcome.result);
    return { kind: 'transaction', transaction, result: outcome.result };
  };
  const mine = (): Block => {
    const drafts = [...pending.values()].map(execute);
    pending.clear();
    return close(drafts);
  };
  close([]);

  const viewOf = (block: Block | undefined): BlockView | undefined => block && { block, stateRoot: 0x57a7en };
  const locate = (hash: bigint): LocatedItem | undefined => {
    for (const block of blocks) {
      const item = block.items.find((candidate) => itemHash(candidate) === hash);
      if (item !== undefined) return { view: viewOf(block)!, item };
    }
    return undefined;
  };

  const small: SmallChain = {
    hold: false,
    mine,
    identity: identityOf,
    setIdentity: (address, identity) => void leaves.set(identityKey(address), encodeIdentity(identity)),
    applyOperation(operation) {
      const result = executor.executeOperation(state, context(), operation);
      apply(result);
      const roll = sha256Word(u64(operation.index), word32(operation.sender), word32(operation.a), word32(operation.b));
      return close([{ kind: 'operation', operation, roll, result }]);
    },
    get permitBreaches() {
      return breaches;
    },
    policy: { current: () => options.policy, facts, classOf: classOfMethod },
    chain: {
      heads: () => {
        const latest = BigInt(blocks.length - 1);
        return { latest, safe: latest > 1n ? latest - 1n : 0n, finalized: 0n };
      },
      baseFee: () => options.baseFee,
      hasState: async (number) => number === BigInt(blocks.length - 1),
      async account(address, at, permit) {
        requirePermit(permit);
        const { hi, lo } = state.get(accountKey(address));
        const waiting = [...pending.values()].filter(({ sender }) => at === 'pending' && sender === address).length;
        return { balance: lo, nonce: hi + BigInt(waiting), code: new Uint8Array() };
      },
      async blockByNumber(number, permit) {
        requirePermit(permit);
        return viewOf(blocks[Number(number)]);
      },
      async blockByHash(hash, permit) {
        requirePermit(permit);
        return viewOf(blocks.find((block) => block.hash === hash));
      },
      async itemByHash(hash, permit) {
        requirePermit(permit);
        return locate(hash);
      },
      pendingTransaction(hash, permit) {
        requirePermit(permit);
        return pending.get(hash);
      },
      async *logBlocks({ fromBlock, toBlock, audiences }, permit) {
        requirePermit(permit);
        const keys = new Set(
          audiences === 'all' ? [] : audiences.map((audience) => bytesToHex(keyOfAudience(audience))),
        );
        for (const block of blocks) {
          if (block.number < fromBlock || block.number > toBlock) continue;
          const filed = logKeysOf(block).map(bytesToHex);
          if (audiences === 'all' ? filed.length > 0 : filed.some((key) => keys.has(key))) yield viewOf(block)!;
        }
      },
    },
    submitter: {
      async submit(raw, principal) {
        const transaction = decodeTransaction(raw, options.chainId);
        const hash = bytesToBigInt(transaction.hash);
        const { to, value, data, sender: signer } = transaction;
        const request = { signer, to, value, data, hash: transaction.hash, blockTimestamp: seconds() };
        const authorization = options.policy.authorizeWrite(principal, request, facts());
        if ('denial' in authorization) throw sequencerError('SUBMIT_DENIED', authorization.denial.ruleId);
        pending.set(hash, transaction);
        if (!small.hold) {
          try {
            mine();
          } catch (error) {
            pending.delete(hash);
            throw error;
          }
        }
        return hash;
      },
    },
    simulator: {
      async call(_request, _at, permit) {
        requirePermit(permit);
        return { kind: 'returned', data: new Uint8Array() };
      },
      async estimateGas({ data }, permit) {
        requirePermit(permit);
        return data.reduce((gas, byte) => gas + (byte === 0 ? 4n : 16n), 21_000n);
      },
    },
    deny(denial) {
      const outcome = { kind: 'denied', denial } as const;
      denied.set(denial.transactionHash, { sender: denial.sender, outcome, final: false });
    },
    outcomes: {
      async outcome(hash, permit) {
        requirePermit(permit);
        const waiting = pending.get(hash);
        if (waiting !== undefined) return { sender: waiting.sender, outcome: { kind: 'pending' }, final: false };
        const located = locate(hash);
        if (located?.item.kind !== 'transaction') return denied.get(hash);
        const { block } = located.view;
        const outcome = {
          kind: 'included',
          block: block.number,
          batch: block.batch,
          index: located.item.index,
        } as const;
        return { sender: located.item.transaction.sender, outcome, final: false };
      },
    },
  };
  return small;
}
