/**
 * The path of a withdrawal in the sha256 tree over its batch's messages, from public facts only (docs/PROTOCOL.md 7, MessageTree.sol): the
 * hashes stand in the transaction that executed the batch, and the message is what its owner knows.
 */

import { createHash } from 'node:crypto';
import { type Address, concat, encodePacked, type Hex, zeroHash } from 'viem';
import { requireThat } from './require-that.ts';

export interface Message {
  readonly batchNumber: bigint;
  readonly index: number;
  readonly sender: Address;
  readonly recipient: Address;
  readonly token: Address;
  readonly amount: bigint;
}

export interface MessageDomain {
  readonly l1ChainId: bigint;
  readonly bridge: Address;
  readonly chainId: bigint;
}

const treeDepth = 8;

const sha256 = (bytes: Hex): Hex =>
  `0x${createHash('sha256')
    .update(Buffer.from(bytes.slice(2), 'hex'))
    .digest('hex')}`;
const leafOf = (hash: Hex): Hex => sha256(concat(['0x00', hash]));
const nodeOf = (left: Hex, right: Hex): Hex => sha256(concat(['0x01', left, right]));

export const hashMessage = (domain: MessageDomain, message: Message): Hex =>
  sha256(
    encodePacked(
      ['uint64', 'address', 'uint64', 'uint64', 'uint32', 'address', 'address', 'address', 'uint128'],
      [
        domain.l1ChainId,
        domain.bridge,
        domain.chainId,
        message.batchNumber,
        message.index,
        message.sender,
        message.recipient,
        message.token,
        message.amount,
      ],
    ),
  );

/** Finds the message among the hashes of its batch, and its siblings from the leaf up. */
export function findMessage(
  domain: MessageDomain,
  wanted: Omit<Message, 'index'>,
  hashes: readonly Hex[],
): { message: Message; siblings: Hex[] } {
  const index = hashes.findIndex((hash, i) => hash === hashMessage(domain, { ...wanted, index: i }));
  requireThat(index >= 0, `the withdrawal is among the ${hashes.length} messages of batch ${wanted.batchNumber}`);
  const siblings: Hex[] = [];
  let level = hashes.map(leafOf);
  let empty: Hex = zeroHash;
  for (let depth = 0, at = index; depth < treeDepth; depth++, at >>= 1) {
    siblings.push(level[at ^ 1] ?? empty);
    level = Array.from({ length: Math.ceil(level.length / 2) }, (_, i) =>
      nodeOf(level[2 * i]!, level[2 * i + 1] ?? empty),
    );
    empty = nodeOf(empty, empty);
  }
  return { message: { ...wanted, index }, siblings };
}
