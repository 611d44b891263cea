/** The full EVM over our leaves. One instance runs one thing at a time, without yielding to the event loop: callers bound the gas. */

import { createEVM, type EVMResult as EthereumjsResult } from '@ethereumjs/evm';
import { Address, type PrefixedHexString } from '@ethereumjs/util';
import { assert } from '../../base/assert.ts';
import { bigIntToBytes, bytesToBigInt } from '../../base/bytes.ts';
import type { Log } from '../../chain/log.ts';
import { collectedPrice, effectiveGasPrice } from '../fees.ts';
import { createLeafKeys, type LeafKeys } from '../leaf-keys.ts';
import { simulateSystemCall } from '../native/simulate-call.ts';
import { findInvalid } from '../native/validity.ts';
import type {
  BlockContext,
  CallOutcome,
  CallRequest,
  CodeReader,
  EvmOutcome,
  EvmPort,
  EvmTracePort,
  EvmTransaction,
  FrameDenied,
  JudgeFrame,
  StateReader,
} from '../port.ts';
import { createCancunCommon } from './cancun-common.ts';
import { estimateGas } from './estimate-gas.ts';
import { evmIntrinsicGas, findEvmInvalid } from './evm-validity.ts';
import { FrameDenial, FrameWatch, watchedSelfdestruct } from './frame-watch.ts';
import { interruptibleJumpdest } from './interruptible-jumpdest.ts';
import { type HoldsStorage, JournaledState } from './journaled-state.ts';
import { recordSteps } from './record-steps.ts';
import { type BridgeFacts, createSystemViews } from './system-views.ts';

export interface EvmEngineOptions {
  readonly chainId: bigint;
  /** Gas that eth_call and eth_estimateGas may use. Ten million are a second of plain code, but some twenty of BLAKE2F or pairings. */
  readonly callGasMax: bigint;
  /** Absent: system contracts answer nothing, as on a chain that is not ours (the official tests). */
  readonly systemViews?: BridgeFacts;
}

export interface EvmEngineDependencies {
  readonly codes: CodeReader;
  readonly keys?: LeafKeys;
  readonly holdsStorage?: HoldsStorage;
  /** Called at each JUMPDEST, which every loop passes; what it throws ends the run. */
  readonly interrupt?: () => void;
}

export interface EvmEngine extends EvmPort, EvmTracePort {
  /** The journal of the last run, for a harness that must know which slots were written. */
  readonly journal: Pick<JournaledState, 'touchedAccounts' | 'touchedStorage'>;
}

const REFUND_QUOTIENT = 5n;
const PRECOMPILES_END = 10n;
const BLOB_BASE_FEE_MIN = 1n;

const addressOf = (value: bigint): Address => new Address(bigIntToBytes(value, 20));
const hexOf = (value: bigint): PrefixedHexString => `0x${value.toString(16).padStart(40, '0')}`;

export async function createEvmEngine(
  { chainId, callGasMax, systemViews }: EvmEngineOptions,
  { codes, keys = createLeafKeys(), holdsStorage, interrupt }: EvmEngineDependencies,
): Promise<EvmEngine> {
  const common = createCancunCommon(chainId);
  const state = new JournaledState(keys, codes, holdsStorage);
  const watch = new FrameWatch(state);
  let reader: StateReader | undefined;
  let blockHash: BlockContext['blockHash'] = () => 0n;
  const blockchain = {
    getBlock: async (number: number) => ({ hash: () => bigIntToBytes(blockHash(BigInt(number)), 32) }),
    putBlock: async () => {},
    shallowCopy: () => blockchain,
  };
  const current = (): StateReader => {
    assert(reader !== undefined, 'a view is read outside a run');
    return reader;
  };
  const evm = await createEVM({
    common,
    stateManager: state,
    blockchain,
    customOpcodes: [
      watchedSelfdestruct(common, state, watch),
      ...(interrupt === undefined ? [] : [interruptibleJumpdest(interrupt)]),
    ],
    customPrecompiles: systemViews === undefined ? [] : createSystemViews(systemViews, current),
  });
  evm.events?.on('beforeMessage', (message) => watch.onMessage(message));
  const isPrecompile = (bytes: Uint8Array): boolean => evm.getPrecompile?.(new Address(bytes)) !== undefined;

  /** Runs are exclusive; a run that throws leaves nothing behind. */
  let last: Promise<unknown> = Promise.resolve();
  function exclusively<T>(
    below: StateReader,
    block: BlockContext,
    signer: bigint,
    judge: JudgeFrame,
    run: () => Promise<T>,
  ): Promise<T | FrameDenied> {
    const next = last.then(async () => {
      reader = below;
      blockHash = block.blockHash.bind(block);
      state.reset(below);
      watch.begin({ signer, blockTimestamp: block.timestamp, judge }, isPrecompile);
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof FrameDenial)) throw error;
        return { kind: 'denied', ruleId: error.ruleId, reason: error.reason } as const;
      } finally {
        evm.journal.cleanJournal();
        evm.transientStorage.clear();
      }
    });
    last = next.catch(() => {});
    return next;
  }

  const headerOf = (block: BlockContext) => ({
    header: {
      number: block.number,
      coinbase: addressOf(block.collector),
      timestamp: block.timestamp,
      difficulty: 0n,
      prevRandao: bigIntToBytes(block.prevrandao, 32),
      gasLimit: block.gasLimit,
      baseFeePerGas: block.baseFee,
      getBlobGasPrice: () => BLOB_BASE_FEE_MIN,
    },
  });

  /** EIP-2929 and EIP-3651. */
  function warm(tx: Pick<EvmTransaction, 'sender' | 'to' | 'accessList'>, block: BlockContext): void {
    for (let address = 1n; address <= PRECOMPILES_END; address++) evm.journal.addAlwaysWarmAddress(hexOf(address));
    evm.journal.addAlwaysWarmAddress(hexOf(tx.sender));
    evm.journal.addAlwaysWarmAddress(hexOf(block.collector));
    if (tx.to !== undefined) evm.journal.addAlwaysWarmAddress(hexOf(tx.to));
    for (const { address, storageKeys } of tx.accessList) {
      evm.journal.addAlwaysWarmAddress(hexOf(address));
      for (const key of storageKeys) {
        evm.journal.addAlwaysWarmSlot(hexOf(address), `0x${key.toString(16).padStart(64, '0')}`);
      }
    }
  }

  async function runMessage(
    tx: Pick<EvmTransaction, 'sender' | 'to' | 'value' | 'data' | 'accessList'>,
    block: BlockContext,
    gasLimit: bigint,
    gasPrice: bigint,
  ): Promise<EthereumjsResult> {
    warm(tx, block);
    return evm.runCall({
      block: headerOf(block),
      gasPrice,
      caller: addressOf(tx.sender),
      origin: addressOf(tx.sender),
      gasLimit,
      ...(tx.to === undefined ? {} : { to: addressOf(tx.to) }),
      value: tx.value,
      data: tx.data,
      skipNonceIncrement: true,
    });
  }

  async function runTransaction(block: BlockContext, tx: EvmTransaction): Promise<EvmOutcome> {
    const sender = bigIntToBytes(tx.sender, 20);
    const intrinsic = evmIntrinsicGas(tx);
    const { nonce, balance } = state.account(sender);
    const invalid =
      findEvmInvalid(tx, state.hasCode(sender)) ?? findInvalid(tx, block, { hi: nonce, lo: balance }, intrinsic);
    if (invalid !== undefined) return invalid;

    const price = effectiveGasPrice(tx, block.baseFee);
    state.addBalance(sender, -tx.gasLimit * price);
    state.bumpNonce(sender);
    const { execResult, createdAddress } = await runMessage(tx, block, tx.gasLimit - intrinsic, price);
    const used = intrinsic + execResult.executionGasUsed;
    const refundMax = used / REFUND_QUOTIENT;
    const refund = execResult.gasRefund ?? 0n;
    const gasUsed = used - (refund < refundMax ? refund : refundMax);
    state.addBalance(sender, (tx.gasLimit - gasUsed) * price);
    state.addBalance(bigIntToBytes(block.collector, 20), gasUsed * collectedPrice(price, block));
    // EIP-6780: only what was created in this transaction dies.
    for (const address of execResult.selfdestruct?.keys() ?? []) {
      if (execResult.createdAddresses?.has(address)) await state.deleteAccount(addressOf(BigInt(address)));
    }
    const changes = state.changes();
    if (changes === undefined) return { kind: 'invalid', code: 'TX_BALANCE_RANGE', reason: 'a balance has 128 bits' };
    return {
      kind: 'executed',
      result: {
        status: execResult.exceptionError === undefined ? 1 : 0,
        gasUsed,
        effectiveGasPrice: price,
        logs: (execResult.logs ?? []).map(toLog),
        changes,
        returnData: execResult.returnValue,
        error: execResult.exceptionError?.error,
        created: createdAddress === undefined ? undefined : bytesToBigInt(createdAddress.bytes),
        deployed: state.deployed(),
      },
    };
  }

  async function runCall(block: BlockContext, request: CallRequest): Promise<CallOutcome> {
    const message = { ...request, sender: request.from, accessList: [] };
    const intrinsic = evmIntrinsicGas(message);
    const limit = request.gas === undefined || request.gas > callGasMax ? callGasMax : request.gas;
    if (limit < intrinsic) return { kind: 'failed', reason: 'intrinsic gas too low', gasUsed: limit };
    // The sender's nonce has moved by the time its code runs: a created address depends on it.
    state.bumpNonce(bigIntToBytes(request.from, 20));
    const { execResult } = await runMessage(message, block, limit - intrinsic, 0n);
    const gasUsed = intrinsic + execResult.executionGasUsed;
    if (execResult.exceptionError === undefined) return { kind: 'returned', data: execResult.returnValue, gasUsed };
    const reason = execResult.exceptionError.error;
    return reason === 'revert'
      ? { kind: 'reverted', data: execResult.returnValue, gasUsed }
      : { kind: 'failed', reason, gasUsed };
  }

  const simulate = (below: StateReader, block: BlockContext, request: CallRequest, judge: JudgeFrame) =>
    systemViews === undefined ? undefined : simulateSystemCall(below, block, request, judge, keys);

  const engine: EvmEngine = {
    journal: state,
    executeTransaction: (below, block, tx, judge) =>
      exclusively(below, block, tx.sender, judge, () => runTransaction(block, tx)),
    async traceTransaction(below, block, tx, judge) {
      const traced = await exclusively(below, block, tx.sender, judge, async () => {
        const { result, steps } = await recordSteps(evm.events, () => runTransaction(block, tx));
        return { kind: 'traced', outcome: result, steps } as const;
      });
      return traced.kind === 'traced' ? traced : { outcome: traced, steps: [] };
    },
    async call(below, block, request, judge) {
      return (
        simulate(below, block, request, judge) ??
        exclusively(below, block, request.from, judge, () => runCall(block, request))
      );
    },
    async estimateGas(below, block, request, judge) {
      const simulated = simulate(below, block, { ...request, gas: undefined }, judge);
      if (simulated !== undefined) {
        return simulated.kind === 'returned' ? { kind: 'estimated', gas: simulated.gasUsed } : simulated;
      }
      return estimateGas(request, callGasMax, (attempt) => engine.call(below, block, attempt, judge));
    },
  };
  return engine;
}

const toLog = ([address, topics, data]: [Uint8Array, Uint8Array[], Uint8Array]): Log => ({
  address: bytesToBigInt(address),
  topics: topics.map(bytesToBigInt),
  data,
});
