/**
 * Verifies a wrap proof by running the generated Solidity verifier, the exact bytecode on L1, in an EVM in this process: no network, no
 * trust in whoever made the proof. About a second.
 */

import { Common, Hardfork, Mainnet } from '@ethereumjs/common';
import { createEVM } from '@ethereumjs/evm';
import { bytesToBigInt, concatBytes, type Hex, hexToBytes } from '../../base/bytes.ts';
import { word32 } from '../../chain/packed.ts';

export interface WrapVerification {
  readonly valid: boolean;
  /** Gas of the call itself, without the 21,000 and the calldata of a transaction. */
  readonly gas: bigint;
}

export interface WrapStatement {
  readonly proof: Uint8Array;
  /** sealedBefore hi, lo, sealedAfter hi, lo. */
  readonly publicInputs: readonly bigint[];
}

/** keccak256("verify(bytes,bytes32[])"), first four bytes. */
const VERIFY_SELECTOR: Hex = '0xea50d0e4';
const gasLimit = 10_000_000n;

export async function verifyWrap(
  { proof, publicInputs }: WrapStatement,
  runtimeBytecode: Hex,
): Promise<WrapVerification> {
  const evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun }) });
  const result = await evm.runCode({
    code: hexToBytes(runtimeBytecode),
    data: encodeVerifyCall(proof, publicInputs),
    gasLimit,
    isStatic: true,
  });
  const { exceptionError, returnValue, executionGasUsed } = result;
  const valid = exceptionError === undefined && returnValue.length === 32 && bytesToBigInt(returnValue) === 1n;
  return { valid, gas: executionGasUsed };
}

/** ABI: two offsets, the bytes padded to whole words, the array. */
export function encodeVerifyCall(proof: Uint8Array, publicInputs: readonly bigint[]): Uint8Array {
  const padding = new Uint8Array((32 - (proof.length % 32)) % 32);
  const inputsOffset = 64n + 32n + BigInt(proof.length + padding.length);
  return concatBytes(
    hexToBytes(VERIFY_SELECTOR),
    word32(64n),
    word32(inputsOffset),
    word32(BigInt(proof.length)),
    proof,
    padding,
    word32(BigInt(publicInputs.length)),
    ...publicInputs.map(word32),
  );
}
