/**
 * What the system contracts answer to eth_call: read-only functions, as precompiles of the engine. Their writing functions are transactions of
 * the native path; inside the EVM they revert, so nothing bypasses docs/PROTOCOL.md 4.
 */

import { type CustomPrecompile, EVMError, type PrecompileInput } from '@ethereumjs/evm';
import { Address } from '@ethereumjs/util';
import { bigIntToBytes, bytesToBigInt, bytesToHex, concatBytes } from '../../base/bytes.ts';
import {
  BASE_TOKEN_ADDRESS,
  IDENTITY_REGISTRY_ADDRESS,
  L1_MESSENGER_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  POLICY_REGISTRY_ADDRESS,
  SYSTEM_NAME,
  TOKEN_VAULT_ADDRESS,
} from '../../chain/constants.ts';
import { keccak256, keccakWord } from '../../chain/keccak.ts';
import { identityKey, listKey, listRootKey, systemKey } from '../../chain/keys.ts';
import { word32 } from '../../chain/packed.ts';
import { fromWord, isZeroWord } from '../../chain/word.ts';
import type { StateReader } from '../port.ts';

/** Gas of a view: like a cold read of two slots. */
export const SYSTEM_VIEW_GAS = 5_000n;

/** Address that stands for ether in the reference system's asset ids. */
const ETHER_TOKEN = 1n;

/** What PrivityBridge says of itself on L1: the views of the token vault give the same. */
export interface BridgeFacts {
  readonly l1ChainId: bigint;
  /** Wrapped ether of that L1; none when left out. */
  readonly weth?: bigint;
}

interface View {
  readonly signature: string;
  readonly argumentBits: readonly number[];
  readonly answer: (state: StateReader, args: readonly bigint[]) => Uint8Array;
}

/** Asset id of the base token as the reference system derives it: keccak256(abi.encode(origin chain, vault, token)). */
export const baseTokenAssetId = (l1ChainId: bigint): bigint =>
  keccakWord(concatBytes(word32(l1ChainId), word32(TOKEN_VAULT_ADDRESS), word32(ETHER_TOKEN)));

function abiString(text: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(text));
  const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32);
  padded.set(bytes);
  return concatBytes(word32(32n), word32(BigInt(bytes.length)), padded);
}

function viewsOf({ l1ChainId, weth = 0n }: BridgeFacts): ReadonlyMap<bigint, readonly View[]> {
  const view = (signature: string, argumentBits: readonly number[], answer: View['answer']): View => ({
    signature,
    argumentBits,
    answer,
  });
  const assetId = baseTokenAssetId(l1ChainId);
  return new Map<bigint, readonly View[]>([
    [
      POLICY_REGISTRY_ADDRESS,
      [
        view('policyRoot()', [], (state) => word32(fromWord(state.get(systemKey(SYSTEM_NAME.POLICY))))),
        view('listRoot(uint64)', [64], (state, [list]) => word32(fromWord(state.get(listRootKey(list!))))),
        view('registrarMask()', [], (state) => word32(fromWord(state.get(systemKey(SYSTEM_NAME.REGISTRAR_MASK))))),
      ],
    ],
    [
      IDENTITY_REGISTRY_ADDRESS,
      [view('identityOf(address)', [160], (state, [address]) => word32(fromWord(state.get(identityKey(address!)))))],
    ],
    [
      LIST_REGISTRY_ADDRESS,
      [
        view('isListed(uint64,address)', [64, 160], (state, [list, account]) =>
          word32(isZeroWord(state.get(listKey(list!, account!))) ? 0n : 1n),
        ),
      ],
    ],
    [
      BASE_TOKEN_ADDRESS,
      [
        view('name()', [], () => abiString('Ether')),
        view('symbol()', [], () => abiString('ETH')),
        view('decimals()', [], () => word32(18n)),
      ],
    ],
    [
      TOKEN_VAULT_ADDRESS,
      [
        view('L1_CHAIN_ID()', [], () => word32(l1ChainId)),
        view('BASE_TOKEN_ASSET_ID()', [], () => word32(assetId)),
        view('WETH_TOKEN()', [], () => word32(weth)),
        view('originChainId(bytes32)', [256], (_, [asset]) => word32(asset === assetId ? l1ChainId : 0n)),
      ],
    ],
    [L1_MESSENGER_ADDRESS, []],
  ]);
}

const selectorOf = (signature: string): string => bytesToHex(keccak256(Buffer.from(signature)).subarray(0, 4));

function decode(data: Uint8Array, bits: readonly number[]): bigint[] | undefined {
  if (data.length !== 4 + 32 * bits.length) return undefined;
  const words = bits.map((_, i) => bytesToBigInt(data.subarray(4 + 32 * i, 36 + 32 * i)));
  return words.every((word, i) => word >> BigInt(bits[i]!) === 0n) ? words : undefined;
}

const failed = (executionGasUsed: bigint, message: ConstructorParameters<typeof EVMError>[0]) => ({
  executionGasUsed,
  returnValue: new Uint8Array(),
  exceptionError: new EVMError(message),
});

/** `state` is that of the run under way. */
export function createSystemViews(bridge: BridgeFacts, state: () => StateReader): CustomPrecompile[] {
  return [...viewsOf(bridge)].map(([address, views]) => {
    const bySelector = new Map(views.map((view) => [selectorOf(view.signature), view]));
    return {
      address: new Address(bigIntToBytes(address, 20)).toString(),
      function({ data, gasLimit }: PrecompileInput) {
        if (gasLimit < SYSTEM_VIEW_GAS) return failed(gasLimit, EVMError.errorMessages.OUT_OF_GAS);
        const found = bySelector.get(bytesToHex(data.subarray(0, 4)));
        const args = found === undefined ? undefined : decode(data, found.argumentBits);
        if (found === undefined || args === undefined) return failed(SYSTEM_VIEW_GAS, EVMError.errorMessages.REVERT);
        return { executionGasUsed: SYSTEM_VIEW_GAS, returnValue: found.answer(state(), args) };
      },
    };
  });
}
