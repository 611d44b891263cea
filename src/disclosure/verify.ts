/**
 * The offline verifier: a bundle and an Ethereum node, nothing else (G9). It trusts neither the operator nor the bundle: every hash is
 * computed here and the last one compared with what PrivityChain stores. Shares no code with storage or sessions.
 */

import { bytesToBigInt, hexToBytes } from '../base/bytes.ts';
import { hashRecords } from '../chain/commitment.ts';
import { TAG, TREE_DEPTH, TX_TREE_DEPTH } from '../chain/constants.ts';
import { accountKey } from '../chain/keys.ts';
import { hashLogs } from '../chain/log.ts';
import { merkleRootOf } from '../chain/merkle.ts';
import { p2 } from '../chain/poseidon2.ts';
import { hashTransactionRecord } from '../chain/record.ts';
import { hashStoredBatch, type StoredBatch } from '../chain/stored-batch.ts';
import { decodeTransaction } from '../chain/transaction.ts';
import type { BalanceBundle, Bundle, TransactionBundle } from './bundle.ts';
import { disclosureError } from './errors.ts';

/** The few facts asked of Ethereum. */
export interface L1View {
  chainId(): Promise<bigint>;
  storedBatchHash(chainContract: bigint, batch: bigint): Promise<string>;
  batchesExecuted(chainContract: bigint): Promise<bigint>;
  /** Chain id that the contract settles. */
  settledChainId(chainContract: bigint): Promise<bigint>;
  /** Batches executed as of the last finalized block; 0 when the node cannot tell. */
  batchesFinalized(chainContract: bigint): Promise<bigint>;
  /** Number of the block at which the others answer. */
  readonly block: bigint;
}

export interface VerifiedFact {
  readonly kind: Bundle['kind'];
  readonly fact: Readonly<Record<string, string>>;
  readonly batch: bigint;
  readonly l1ChainId: bigint;
  readonly l1Block: bigint;
  readonly finalized: boolean;
}

/** For bundles out of `parseBundle`, which holds every number to its range. Throws a coded error unless every step holds. `expected` pins the contract: without it the bundle's own is only reported. */
export async function verifyBundle(
  bundle: Bundle,
  l1: L1View,
  expected?: { chainContract: bigint },
): Promise<VerifiedFact> {
  const chainContract = BigInt(bundle.chainContract);
  if (expected !== undefined && expected.chainContract !== chainContract)
    throw disclosureError('BUNDLE_CHAIN', 'contract');
  const fact = bundle.kind === 'transaction' ? verifyTransaction(bundle) : verifyBalance(bundle);
  const [l1ChainId, settled] = await Promise.all([l1.chainId(), l1.settledChainId(chainContract)]);
  if (l1ChainId !== BigInt(bundle.l1ChainId) || settled !== BigInt(bundle.chainId))
    throw disclosureError('BUNDLE_CHAIN', 'chain id');
  const batch = storedBatchOf(bundle);
  const stored = await l1.storedBatchHash(chainContract, batch.batchNumber);
  if (stored.toLowerCase() !== hashStoredBatch(batch))
    throw disclosureError('BUNDLE_BATCH', `batch ${batch.batchNumber}`);
  if ((await l1.batchesExecuted(chainContract)) < batch.batchNumber) throw disclosureError('BUNDLE_NOT_FINAL');
  return {
    kind: bundle.kind,
    fact,
    batch: batch.batchNumber,
    l1ChainId,
    l1Block: l1.block,
    finalized: (await l1.batchesFinalized(chainContract)) >= batch.batchNumber,
  };
}

function storedBatchOf({ batch }: Bundle): StoredBatch {
  return {
    batchNumber: BigInt(batch.batchNumber),
    stateRoot: BigInt(batch.stateRoot),
    recordsRoot: BigInt(batch.recordsRoot),
    messagesRoll: BigInt(batch.messagesRoll),
    priorityIndex: BigInt(batch.priorityIndex),
    policyRoot: BigInt(batch.policyRoot),
    slot: BigInt(batch.slot),
    commitment: BigInt(batch.commitment),
    sealed: BigInt(batch.sealed),
  };
}

function verifyTransaction(bundle: TransactionBundle): Record<string, string> {
  const transaction = (() => {
    try {
      return decodeTransaction(hexToBytes(bundle.raw), BigInt(bundle.chainId));
    } catch (cause) {
      throw disclosureError('BUNDLE_TRANSACTION', 'the raw transaction does not decode', { cause });
    }
  })();
  const logs = bundle.logs.map((log) => ({
    address: BigInt(log.address),
    topics: log.topics.map(BigInt),
    data: hexToBytes(log.data),
  }));
  const leaf = hashTransactionRecord({
    sighash: bytesToBigInt(transaction.sighash),
    signature: transaction.signature,
    sender: transaction.sender,
    status: bundle.status === '0x1' ? 1 : 0,
    gasUsed: BigInt(bundle.gasUsed),
    logs: hashLogs(logs),
    salt: BigInt(bundle.salt),
  });
  const position = BigInt(bundle.position);
  if (position >= 2n ** BigInt(TX_TREE_DEPTH)) throw disclosureError('BUNDLE_RECORD', 'position');
  const txRoot = merkleRootOf(leaf, Number(position), bundle.siblings.map(BigInt));
  const records = {
    txRoot,
    auditRoot: BigInt(bundle.records.auditRoot),
    denialRoot: BigInt(bundle.records.denialRoot),
    dataHash: BigInt(bundle.records.dataHash),
    batchSalt: BigInt(bundle.records.batchSalt),
  };
  if (hashRecords(records) !== BigInt(bundle.batch.recordsRoot)) throw disclosureError('BUNDLE_RECORD', 'records root');
  return {
    hash: `0x${Buffer.from(transaction.hash).toString('hex')}`,
    from: `0x${transaction.sender.toString(16).padStart(40, '0')}`,
    to: transaction.to === undefined ? 'none' : `0x${transaction.to.toString(16).padStart(40, '0')}`,
    value: transaction.value.toString(),
    nonce: transaction.nonce.toString(),
    status: bundle.status,
    gasUsed: BigInt(bundle.gasUsed).toString(),
  };
}

function verifyBalance(bundle: BalanceBundle): Record<string, string> {
  const kv = p2(TAG.KV, accountKey(BigInt(bundle.address)), BigInt(bundle.nonce), BigInt(bundle.balance));
  const leaf = p2(TAG.LEAF, kv, BigInt(bundle.next));
  const index = BigInt(bundle.index);
  if (index >= 2n ** BigInt(TREE_DEPTH)) throw disclosureError('BUNDLE_STATE', 'index');
  const treeRoot = merkleRootOf(leaf, Number(index), bundle.siblings.map(BigInt));
  const stateRoot = p2(TAG.STATE, treeRoot, BigInt(bundle.environment));
  if (stateRoot !== BigInt(bundle.batch.stateRoot)) throw disclosureError('BUNDLE_STATE', 'state root');
  return {
    address: `0x${BigInt(bundle.address).toString(16).padStart(40, '0')}`,
    nonce: BigInt(bundle.nonce).toString(),
    balance: BigInt(bundle.balance).toString(),
  };
}
