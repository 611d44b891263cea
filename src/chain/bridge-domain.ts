import { concatBytes } from '../base/bytes.ts';
import { address20, u64 } from './packed.ts';

/** Names one bridge between one L1 and one chain, in everything that crosses it. */
export interface BridgeDomain {
  readonly l1ChainId: bigint;
  readonly bridge: bigint;
  readonly chainId: bigint;
}

export const packBridgeDomain = ({ l1ChainId, bridge, chainId }: BridgeDomain): Uint8Array =>
  concatBytes(u64(l1ChainId), address20(bridge), u64(chainId));
