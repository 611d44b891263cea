import { type BridgeDomain, packBridgeDomain } from './bridge-domain.ts';
import { address20, u32, u64, u128, word32 } from './packed.ts';
import { sha256Word } from './sha256.ts';

/** A message to L1: so far, ETH that leaves the chain. */
export interface Message {
  readonly batch: bigint;
  /** 0-based position in its batch. */
  readonly index: number;
  /** System contract that speaks: 0x...800A for ETH. */
  readonly sender: bigint;
  readonly recipient: bigint;
  /** L1 token; 0 for ETH. */
  readonly token: bigint;
  /** Wei, 128 bits. */
  readonly amount: bigint;
}

export const hashMessage = (domain: BridgeDomain, message: Message): bigint =>
  sha256Word(
    packBridgeDomain(domain),
    u64(message.batch),
    u32(message.index),
    address20(message.sender),
    address20(message.recipient),
    address20(message.token),
    u128(message.amount),
  );

/** The roll of a batch's messages starts at 0. */
export const rollMessage = (roll: bigint, hash: bigint): bigint => sha256Word(word32(roll), word32(hash));
