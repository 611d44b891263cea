import { PRIORITY_KIND } from '../chain/constants.ts';
import { listRootKey } from '../chain/keys.ts';
import type { PriorityOperation } from '../chain/priority-operation.ts';
import { fromWord } from '../chain/word.ts';
import type { StateReader } from '../execution/port.ts';
import { chainHalted } from './errors.ts';
import type { FindUnknownList } from './port.ts';

/** The policy root under which a batch with these operations is judged: the one that its last change puts in force. */
export const policyRootAfter = (operations: readonly PriorityOperation[], before: bigint): bigint =>
  operations.findLast(({ kind }) => kind === PRIORITY_KIND.SET_POLICY_ROOT)?.a ?? before;

/** Before anything of a batch is written: what cannot be judged must not be begun. Throws HALT_UNKNOWN_LIST. */
export function requireLists(
  policyRoot: bigint,
  operations: readonly PriorityOperation[],
  { state, findUnknownList }: { readonly state: StateReader; readonly findUnknownList: FindUnknownList },
): void {
  const rootOf = (list: bigint) => listRootAfter(operations, list) ?? fromWord(state.get(listRootKey(list)));
  const list = findUnknownList(policyRoot, rootOf);
  if (list !== undefined) throw chainHalted('HALT_UNKNOWN_LIST', `list ${list}, root 0x${rootOf(list).toString(16)}`);
}

const listRootAfter = (operations: readonly PriorityOperation[], list: bigint): bigint | undefined =>
  operations.findLast(({ kind, a }) => kind === PRIORITY_KIND.SET_LIST_ROOT && a === list)?.b;
