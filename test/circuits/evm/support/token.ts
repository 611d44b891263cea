/** A deployed OpenZeppelin ERC-20 and the trace of a transfer between two holders that have it already. */

import { fileURLToPath } from 'node:url';
import { type Abi, encodeAbiParameters, encodeFunctionData, erc20Abi } from 'viem';
import { bigIntToHex, concatBytes, hexToBytes } from '../../../../src/base/bytes.ts';
import { createEvmEngine } from '../../../../src/execution/evm/evm-engine.ts';
import type { EvmOutcome, EvmResult, EvmTrace, EvmTransaction, JudgeFrame } from '../../../../src/execution/port.ts';
import type { FrameContext } from '../../../../src/prover/witness/evm/frame-context.ts';
import type { FrameTables } from '../../../../src/prover/witness/evm/frame-tables.ts';
import { traceFrame } from '../../../../src/prover/witness/evm/trace-frame.ts';
import { compileContracts } from '../../../../src/settlement/compile-contracts.ts';
import { blockOf, CHAIN_ID, stateOf } from '../../../execution/support.ts';

export const ALICE = 0x1111_0000_0000_0000_0000_0000_0000_0000_0000_0001n;
export const BOB = 0x2222_0000_0000_0000_0000_0000_0000_0000_0000_0002n;
const SUPPLY = 10n ** 24n;

const allow: JudgeFrame = () => ({ allow: true });

export interface TracedCall {
  readonly code: Uint8Array;
  readonly context: FrameContext;
  readonly trace: EvmTrace;
  readonly result: EvmResult;
}

export const tablesOf = ({ trace, code, context }: TracedCall): FrameTables => traceFrame(trace.steps, code, context);

export async function compileToken(): Promise<{ readonly abi: Abi; readonly bytecode: `0x${string}` }> {
  const artifacts = await compileContracts({
    cacheDir: fileURLToPath(new URL('../../../../node_modules/.cache', import.meta.url)),
    sourceDir: fileURLToPath(new URL('../contracts', import.meta.url)),
  });
  return artifacts.get('Token');
}

/** `creation` is the token's creation code, compiled by whatever compiler. */
export async function traceTokenTransfer(creation: `0x${string}`): Promise<TracedCall> {
  const world = await createTracedWorld();
  const supply = encodeAbiParameters([{ type: 'uint256' }], [SUPPLY]);
  const { created } = await world.run(undefined, concatBytes(hexToBytes(creation), hexToBytes(supply)));
  const transfer = (amount: bigint) =>
    hexToBytes(encodeFunctionData({ abi: erc20Abi, functionName: 'transfer', args: [bigIntToHex(BOB, 20), amount] }));
  await world.run(created, transfer(5n));
  return world.trace(created!, transfer(7n));
}

/** Runs `code` as a contract's. */
export async function traceCode(code: Uint8Array, data: Uint8Array = new Uint8Array()): Promise<TracedCall> {
  const world = await createTracedWorld();
  // PUSH2 size, DUP1, PUSH1 offset, PUSH0, CODECOPY, PUSH0, RETURN: gives back what follows.
  const init = Uint8Array.of(0x61, code.length >> 8, code.length & 255, 0x80, 0x60, 10, 0x5f, 0x39, 0x5f, 0xf3);
  const { created } = await world.run(undefined, concatBytes(init, code));
  return world.trace(created!, data);
}

async function createTracedWorld() {
  const codes = new Map<bigint, Uint8Array>();
  const engine = await createEvmEngine({ chainId: CHAIN_ID, callGasMax: 10_000_000n }, { codes });
  const block = blockOf({ prevrandao: (1n << 200n) + 77n });
  const state = stateOf(block);
  let nonce = 0n;
  const transaction = (to: bigint | undefined, data: Uint8Array): EvmTransaction => ({
    type: 2,
    chainId: CHAIN_ID,
    nonce: nonce++,
    maxPriorityFeePerGas: 0n,
    maxFeePerGas: 0n,
    gasLimit: 3_000_000n,
    to,
    value: 0n,
    data,
    accessList: [],
    sender: ALICE,
  });
  const contextOf = (address: bigint, data: Uint8Array): FrameContext => ({
    data,
    address,
    origin: ALICE,
    caller: ALICE,
    value: 0n,
    gasPrice: 0n,
    coinbase: block.collector,
    timestamp: block.timestamp,
    number: block.number,
    prevrandao: block.prevrandao,
    gasLimit: block.gasLimit,
    chainId: block.chainId,
    baseFee: block.baseFee,
  });
  const resultOf = (outcome: EvmOutcome): EvmResult => {
    if (outcome.kind !== 'executed') throw new Error(outcome.reason);
    return outcome.result;
  };
  const executed = (outcome: EvmOutcome): EvmResult => {
    const result = resultOf(outcome);
    for (const { key, after } of result.changes) state.set(key, after);
    for (const { codeHash, code } of result.deployed) codes.set(codeHash, code);
    return result;
  };
  return {
    async run(to: bigint | undefined, data: Uint8Array): Promise<EvmResult> {
      const result = executed(await engine.executeTransaction(state, block, transaction(to, data), allow));
      if (result.status !== 1) throw new Error(`the transaction fails: ${result.error}`);
      return result;
    },
    async trace(to: bigint, data: Uint8Array): Promise<TracedCall> {
      const trace = await engine.traceTransaction(state, block, transaction(to, data), allow);
      return {
        code: [...codes.values()].at(-1)!,
        context: contextOf(to, data),
        trace,
        result: resultOf(trace.outcome),
      };
    },
  };
}
