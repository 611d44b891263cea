import { type Address, encodeFunctionData, type Hex, parseAbi } from 'viem';

/** Leaves the chain: the value goes to an address on Ethereum. */
export const BASE_TOKEN: Address = '0x000000000000000000000000000000000000800A';
export const IDENTITY_REGISTRY: Address = '0x000000000000000000000000000000000000a002';

const abi = parseAbi(['function withdraw(address receiver) payable', 'function freeze(address subject)']);

export const withdrawData = (receiver: Address): Hex =>
  encodeFunctionData({ abi, functionName: 'withdraw', args: [receiver] });

export const freezeData = (subject: Address): Hex =>
  encodeFunctionData({ abi, functionName: 'freeze', args: [subject] });
