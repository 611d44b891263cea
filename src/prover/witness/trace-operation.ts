import { PRIORITY_KIND, SYSTEM_NAME } from '../../chain/constants.ts';
import { accountKey, identityKey, listRootKey, systemKey } from '../../chain/keys.ts';
import { hashLogs } from '../../chain/log.ts';
import { type PriorityOperation, rollPriority } from '../../chain/priority-operation.ts';
import { hashOperationRecord } from '../../chain/record.ts';
import { fromWord, toWord } from '../../chain/word.ts';
import { wordValue } from './circuit-value.ts';
import type { WitnessDeps } from './port.ts';
import { addRecord, domainOf } from './progress.ts';
import { NO_ROWS, type TracingState, type Unit } from './trace.ts';

export function traceOperation(
  { progress, values, block }: TracingState,
  operation: PriorityOperation,
  { execution, salts }: WitnessDeps,
): Unit {
  const { digest } = progress;
  const result = execution.executeOperation(values, block, operation);
  const before = fromWord({ hi: digest.priorityHi, lo: digest.priorityLo });
  const roll = rollPriority(before, domainOf(digest), operation);
  const salt = salts.record(roll);
  const logs = hashLogs(result.logs);
  const record = hashOperationRecord({ roll, index: digest.priorityIndex, status: result.status, logs, salt });
  const { hi, lo } = toWord(roll);
  const rolled = {
    ...digest,
    priorityHi: hi,
    priorityLo: lo,
    priorityIndex: digest.priorityIndex + 1n,
  };
  const after = addRecord({ ...progress, digest: rolled }, record, {
    gasUsed: 0n,
    logs: result.logs.length,
    messages: result.messages,
  });
  const forced = operation.kind === PRIORITY_KIND.FORCED_WITHDRAWAL;
  const target = targetKey(operation, result.status === 1);
  const identity = forced ? identityKey(operation.sender) : undefined;
  return {
    ...NO_ROWS,
    kind: 'operation',
    before: progress,
    after,
    touched: [target, identity].filter((key) => key !== undefined),
    changes: result.changes,
    record,
    exits: forced,
    messages: result.messages.map(({ recipient, amount }) => ({ recipient, amount })),
    operations: [
      (row) => ({
        kind: BigInt(operation.kind),
        sender: operation.sender,
        a: wordValue(toWord(operation.a)),
        b: wordValue(toWord(operation.b)),
        target: target === undefined ? 0 : row(target),
        identity: identity === undefined ? 0 : row(identity),
        salt,
      }),
    ],
  };
}

/** The leaf an operation reads and may write; a parameter that is refused reads none. */
function targetKey({ kind, sender, a }: PriorityOperation, applied: boolean): bigint | undefined {
  switch (kind) {
    case PRIORITY_KIND.DEPOSIT_ETH:
      return accountKey(a);
    case PRIORITY_KIND.SET_POLICY_ROOT:
      return systemKey(SYSTEM_NAME.POLICY);
    case PRIORITY_KIND.SET_LIST_ROOT:
      return listRootKey(a);
    case PRIORITY_KIND.SET_IDENTITY:
      return identityKey(a);
    case PRIORITY_KIND.SET_PARAMETER:
      return applied ? systemKey(Number(a)) : undefined;
    case PRIORITY_KIND.FORCED_WITHDRAWAL:
      return accountKey(sender);
  }
}
