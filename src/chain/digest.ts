import { TAG } from './constants.ts';
import { EMPTY_FRONTIER, hashFrontier } from './frontier.ts';
import { p2 } from './poseidon2.ts';

/** The state of a batch between two proofs: what one proof leaves and the next takes up (docs/PROTOCOL.md 3). */
export interface Digest {
  readonly version: bigint;
  readonly chainId: bigint;
  readonly l1ChainId: bigint;
  readonly bridge: bigint;
  readonly batchNumber: bigint;
  readonly prevStateRoot: bigint;
  readonly treeRoot: bigint;
  readonly nextIndex: bigint;
  readonly txFrontier: bigint;
  readonly txCount: bigint;
  readonly messagesHi: bigint;
  readonly messagesLo: bigint;
  readonly messageCount: bigint;
  readonly priorityHi: bigint;
  readonly priorityLo: bigint;
  readonly priorityIndex: bigint;
  readonly sealedHi: bigint;
  readonly sealedLo: bigint;
  readonly policyRoot: bigint;
  readonly context: bigint;
  readonly slot: bigint;
  readonly blockNumber: bigint;
  readonly timestamp: bigint;
  readonly blockHashes: bigint;
  readonly txIndex: bigint;
  readonly cumulativeGas: bigint;
  readonly logIndex: bigint;
  readonly factsRoot: bigint;
  readonly factsCount: bigint;
  readonly factsPending: bigint;
}

/** Field order of the hash. */
export const DIGEST_FIELDS = [
  'version',
  'chainId',
  'l1ChainId',
  'bridge',
  'batchNumber',
  'prevStateRoot',
  'treeRoot',
  'nextIndex',
  'txFrontier',
  'txCount',
  'messagesHi',
  'messagesLo',
  'messageCount',
  'priorityHi',
  'priorityLo',
  'priorityIndex',
  'sealedHi',
  'sealedLo',
  'policyRoot',
  'context',
  'slot',
  'blockNumber',
  'timestamp',
  'blockHashes',
  'txIndex',
  'cumulativeGas',
  'logIndex',
  'factsRoot',
  'factsCount',
  'factsPending',
] as const satisfies readonly (keyof Digest)[];

export const hashDigest = (digest: Digest): bigint => p2(TAG.DIGEST, ...DIGEST_FIELDS.map((field) => digest[field]));

/** What the per-batch fields are just after a seal. */
export function freshBatchFields() {
  return {
    txFrontier: hashFrontier(EMPTY_FRONTIER),
    txCount: 0n,
    messagesHi: 0n,
    messagesLo: 0n,
    messageCount: 0n,
    policyRoot: 0n,
    slot: 0n,
    txIndex: 0n,
    cumulativeGas: 0n,
    logIndex: 0n,
    factsRoot: 0n,
    factsCount: 0n,
    factsPending: 0n,
  } as const;
}

type StateFields = Pick<
  Digest,
  | 'treeRoot'
  | 'nextIndex'
  | 'blockNumber'
  | 'timestamp'
  | 'blockHashes'
  | 'priorityHi'
  | 'priorityLo'
  | 'priorityIndex'
  | 'chainId'
  | 'l1ChainId'
  | 'bridge'
  | 'context'
>;

/** The half of a state root's preimage that is not the tree root; `blind` is the value of SYSTEM(BLIND) as a field element. */
export const environmentOf = (fields: Omit<StateFields, 'treeRoot'>, blind: bigint): bigint =>
  p2(
    TAG.STATE_ENV,
    fields.nextIndex,
    fields.blockNumber,
    fields.timestamp,
    fields.blockHashes,
    fields.priorityHi,
    fields.priorityLo,
    fields.priorityIndex,
    fields.chainId,
    fields.l1ChainId,
    fields.bridge,
    fields.context,
    blind,
  );

/** `stateRoot(its own fields)`. */
export const stateRootOf = (fields: StateFields, blind: bigint): bigint =>
  p2(TAG.STATE, fields.treeRoot, environmentOf(fields, blind));
