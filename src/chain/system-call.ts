/**
 * The calls of system contracts that this statement version proves, decoded from calldata. Decoding is strictly canonical ABI: exact length,
 * no dirty bits. Anything else is `undefined`: not such a call.
 */

import { bytesToBigInt, concatBytes } from '../base/bytes.ts';
import { BASE_TOKEN_ADDRESS, IDENTITY_REGISTRY_ADDRESS, LIST_REGISTRY_ADDRESS, SYSTEM_GAS } from './constants.ts';
import { keccak256 } from './keccak.ts';
import { word32 } from './packed.ts';

export type SystemCall =
  | { readonly kind: 'withdraw'; readonly receiver: bigint }
  | { readonly kind: 'freeze'; readonly subject: bigint }
  | {
      readonly kind: 'unfreeze';
      readonly subject: bigint;
      readonly deadline: bigint;
      readonly r: bigint;
      readonly vs: bigint;
    }
  | {
      readonly kind: 'setIdentity';
      readonly subject: bigint;
      readonly newValue: bigint;
      readonly deadline: bigint;
      readonly r: bigint;
      readonly vs: bigint;
    }
  | { readonly kind: 'insert'; readonly list: bigint; readonly account: bigint };

export interface SystemFunction {
  readonly kind: SystemCall['kind'];
  readonly address: bigint;
  readonly signature: string;
  readonly selector: number;
  /** Bits of each static argument word. */
  readonly argumentBits: readonly number[];
  readonly gas: number;
}

function systemFunction(kind: SystemCall['kind'], address: bigint, signature: string, gas: number): SystemFunction {
  const bits: Record<string, number> = { address: 160, uint64: 64, uint256: 256, bytes32: 256 };
  const types = signature.slice(signature.indexOf('(') + 1, -1).split(',');
  const selector = Number(bytesToBigInt(keccak256(Buffer.from(signature)).subarray(0, 4)));
  return { kind, address, signature, selector, argumentBits: types.map((type) => bits[type]!), gas };
}

export const SYSTEM_FUNCTIONS: readonly SystemFunction[] = [
  systemFunction('withdraw', BASE_TOKEN_ADDRESS, 'withdraw(address)', SYSTEM_GAS.WITHDRAW),
  systemFunction('freeze', IDENTITY_REGISTRY_ADDRESS, 'freeze(address)', SYSTEM_GAS.FREEZE),
  systemFunction(
    'unfreeze',
    IDENTITY_REGISTRY_ADDRESS,
    'unfreeze(address,uint64,bytes32,bytes32)',
    SYSTEM_GAS.UNFREEZE,
  ),
  systemFunction(
    'setIdentity',
    IDENTITY_REGISTRY_ADDRESS,
    'setIdentity(address,uint256,uint64,bytes32,bytes32)',
    SYSTEM_GAS.SET_IDENTITY,
  ),
  systemFunction('insert', LIST_REGISTRY_ADDRESS, 'insert(uint64,address)', SYSTEM_GAS.LIST_INSERT),
];

export function findSystemFunction(to: bigint, data: Uint8Array): SystemFunction | undefined {
  if (data.length < 4) return undefined;
  const selector = Number(bytesToBigInt(data.subarray(0, 4)));
  return SYSTEM_FUNCTIONS.find((f) => f.address === to && f.selector === selector);
}

export function decodeSystemCall(to: bigint, data: Uint8Array): SystemCall | undefined {
  const found = findSystemFunction(to, data);
  if (found === undefined || data.length !== 4 + 32 * found.argumentBits.length) return undefined;
  const words = found.argumentBits.map((_, i) => bytesToBigInt(data.subarray(4 + 32 * i, 36 + 32 * i)));
  if (words.some((word, i) => word >> BigInt(found.argumentBits[i]!) !== 0n)) return undefined;
  const [w0, w1, w2, w3, w4] = words as [bigint, bigint, bigint, bigint, bigint];
  switch (found.kind) {
    case 'withdraw':
      return { kind: 'withdraw', receiver: w0 };
    case 'freeze':
      return { kind: 'freeze', subject: w0 };
    case 'unfreeze':
      return { kind: 'unfreeze', subject: w0, deadline: w1, r: w2, vs: w3 };
    case 'setIdentity':
      return { kind: 'setIdentity', subject: w0, newValue: w1, deadline: w2, r: w3, vs: w4 };
    case 'insert':
      return { kind: 'insert', list: w0, account: w1 };
  }
}

export function encodeSystemCall(call: SystemCall): Uint8Array {
  const found = SYSTEM_FUNCTIONS.find((f) => f.kind === call.kind)!;
  const words: Record<SystemCall['kind'], () => bigint[]> = {
    withdraw: () => (call.kind === 'withdraw' ? [call.receiver] : []),
    freeze: () => (call.kind === 'freeze' ? [call.subject] : []),
    unfreeze: () => (call.kind === 'unfreeze' ? [call.subject, call.deadline, call.r, call.vs] : []),
    setIdentity: () =>
      call.kind === 'setIdentity' ? [call.subject, call.newValue, call.deadline, call.r, call.vs] : [],
    insert: () => (call.kind === 'insert' ? [call.list, call.account] : []),
  };
  const selector = new Uint8Array(4);
  new DataView(selector.buffer).setUint32(0, found.selector);
  return concatBytes(selector, ...words[call.kind]().map(word32));
}
