import { createLeafKeys } from './leaf-keys.ts';
import { executeOperation } from './native/execute-operation.ts';
import { executeTransaction, type NativeDependencies } from './native/execute-transaction.ts';
import type { ExecutionPort } from './port.ts';

export type ExecutorDependencies = Omit<NativeDependencies, 'keys'> & Partial<Pick<NativeDependencies, 'keys'>>;

/**
 * The state transition of what this version proves, under one policy: deterministic, synchronous, no I/O. Executors of several policies may
 * share one key cache.
 */
export function createExecutor({ policy, isInListRoot, keys = createLeafKeys() }: ExecutorDependencies): ExecutionPort {
  const dependencies: NativeDependencies = { policy, isInListRoot, keys };
  return {
    executeTransaction: (state, block, transaction) => executeTransaction(state, block, transaction, dependencies),
    executeOperation: (state, block, operation) => executeOperation(state, block, operation, dependencies),
  };
}
