import { bytesToBigInt } from '../base/bytes.ts';
import { type BlockItem, itemHash } from './block.ts';
import { hashLogs } from './log.ts';
import { hashOperationRecord, hashTransactionRecord } from './record.ts';

/** The record of an item in its batch's transaction tree. */
export function recordLeaf(item: BlockItem): bigint {
  const { status, gasUsed } = item.result;
  const logs = hashLogs(item.result.logs);
  if (item.kind === 'operation') {
    return hashOperationRecord({ roll: itemHash(item), index: item.operation.index, status, logs, salt: item.salt });
  }
  const { sighash, signature, sender } = item.transaction;
  return hashTransactionRecord({
    sighash: bytesToBigInt(sighash),
    signature,
    sender,
    status,
    gasUsed,
    logs,
    salt: item.salt,
  });
}
