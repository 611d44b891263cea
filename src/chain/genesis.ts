/** The published file a chain starts from; anyone can rebuild the genesis state root out of it (docs/PROTOCOL.md 8). */

import { hexToBytes } from '../base/bytes.ts';
import { Secret } from '../base/secret.ts';
import { type BatchContext, encodeBlockParameters, hashContext } from './block-context.ts';
import { BlockRing, hashBlock } from './block-hash.ts';
import { STATEMENT_VERSION, SYSTEM_NAME } from './constants.ts';
import { type Digest, freshBatchFields, stateRootOf } from './digest.ts';
import { encodeIdentity, type Identity } from './identity.ts';
import { accountKey, identityKey, systemKey } from './keys.ts';
import { createSalts, type Salts } from './salts.ts';
import { isZeroWord, toWord, type Word, wordToFr } from './word.ts';

export interface Genesis {
  readonly chainId: bigint;
  readonly l1ChainId: bigint;
  readonly bridge: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** 32 bytes as hex; public, so genesis leaves hide nothing. */
  readonly saltSeed: `0x${string}`;
  readonly context: Omit<BatchContext, 'prevrandao'>;
  readonly registrarMask: bigint;
  readonly policyRoot: bigint;
  readonly identities: readonly { readonly address: bigint; readonly identity: Identity }[];
  /** Only a development chain starts with balances: elsewhere every wei comes from L1. */
  readonly balances: readonly { readonly address: bigint; readonly wei: bigint }[];
}

export interface LeafWrite {
  readonly key: bigint;
  readonly value: Word;
}

export const genesisSalts = (genesis: Genesis): Salts => createSalts(new Secret(hexToBytes(genesis.saltSeed)));

const genesisBlind = (genesis: Genesis): Word => toWord(genesisSalts(genesis).blind(0n));

/** Leaves in the order in which they take indices 1, 2, ... of the tree. */
export function genesisLeaves(genesis: Genesis): LeafWrite[] {
  const system = (name: number, value: Word): LeafWrite => ({ key: systemKey(name), value });
  return [
    system(SYSTEM_NAME.POLICY, toWord(genesis.policyRoot)),
    system(SYSTEM_NAME.BLIND, genesisBlind(genesis)),
    system(SYSTEM_NAME.BLOCK, encodeBlockParameters(genesis.context)),
    system(SYSTEM_NAME.COLLECTOR, toWord(genesis.context.collector)),
    system(SYSTEM_NAME.REGISTRAR_MASK, { hi: 0n, lo: genesis.registrarMask }),
    ...genesis.identities.map(({ address, identity }) => ({
      key: identityKey(address),
      value: encodeIdentity(identity),
    })),
    ...genesis.balances.map(({ address, wei }) => ({ key: accountKey(address), value: { hi: 0n, lo: wei } })),
  ].filter(({ value }) => !isZeroWord(value));
}

/** The digest of a fresh chain and its ring, given the tree over `genesisLeaves`. */
export function genesisDigest(
  genesis: Genesis,
  tree: { readonly root: bigint; readonly nextIndex: number },
): { digest: Digest; ring: BlockRing; blind: bigint } {
  const fresh = freshBatchFields();
  const empty = BlockRing.of();
  const hash = hashBlock({
    number: 0n,
    timestamp: genesis.timestamp,
    blockHashes: empty.root,
    txFrontier: fresh.txFrontier,
    txCount: 0n,
    txIndex: 0n,
    cumulativeGas: 0n,
    logIndex: 0n,
  });
  const ring = empty.with(0n, hash);
  const blind = wordToFr(genesisBlind(genesis));
  const fields = {
    version: BigInt(STATEMENT_VERSION),
    chainId: genesis.chainId,
    l1ChainId: genesis.l1ChainId,
    bridge: genesis.bridge,
    batchNumber: 1n,
    treeRoot: tree.root,
    nextIndex: BigInt(tree.nextIndex),
    priorityHi: 0n,
    priorityLo: 0n,
    priorityIndex: 0n,
    sealedHi: 0n,
    sealedLo: 0n,
    context: hashContext({ ...genesis.context, prevrandao: 0n }),
    blockNumber: 0n,
    timestamp: genesis.timestamp,
    blockHashes: ring.root,
  };
  return { digest: { ...fresh, ...fields, prevStateRoot: stateRootOf(fields, blind) }, ring, blind };
}
