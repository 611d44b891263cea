import { parseAbiItem, toEventSelector, toEventSignature, toFunctionSelector, toFunctionSignature } from 'viem';
import { type AbiParameter, type JsonAbiParameter, readAbiParameter } from './types.ts';

export interface ContractFunction {
  readonly name: string;
  /** Canonical: `transfer(address,uint256)`. */
  readonly signature: string;
  readonly selector: number;
  readonly inputs: readonly AbiParameter[];
}

export interface ContractEvent {
  readonly name: string;
  readonly signature: string;
  readonly topic: bigint;
  /** Names of indexed parameters, in topic order from topic 1. */
  readonly indexed: readonly string[];
}

type AbiItem = { readonly type: string };

/** One human-readable signature or JSON ABI item; undefined for items that are neither function nor event. Throws on nonsense. */
export function readAbiItem(item: unknown, kind?: 'function' | 'event'): ContractFunction | ContractEvent | undefined {
  const parsed = (typeof item === 'string' ? parseAbiItem(`${kind} ${item.trim()}` as never) : item) as AbiItem;
  if (parsed.type === 'function') {
    const abi = parsed as Parameters<typeof toFunctionSelector>[0] & { name: string; inputs: JsonAbiParameter[] };
    const inputs = abi.inputs.map(readAbiParameter);
    return { name: abi.name, signature: toFunctionSignature(abi), selector: Number(toFunctionSelector(abi)), inputs };
  }
  if (parsed.type === 'event') {
    const abi = parsed as Parameters<typeof toEventSelector>[0] & {
      name: string;
      anonymous?: boolean;
      inputs: (JsonAbiParameter & { indexed?: boolean })[];
    };
    if (abi.anonymous === true) throw new RangeError('anonymous events have no topic 0 to go by');
    const indexed = abi.inputs.filter((input) => input.indexed === true).map((input) => input.name ?? '');
    if (indexed.length > 3) throw new RangeError('more than three indexed parameters');
    return { name: abi.name, signature: toEventSignature(abi), topic: BigInt(toEventSelector(abi)), indexed };
  }
  return undefined;
}

export const isFunction = (item: ContractFunction | ContractEvent): item is ContractFunction => 'selector' in item;
