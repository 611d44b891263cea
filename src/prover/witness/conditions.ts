/** What the conditions of a rule read: leaves and list openings. */

import { bytesToBigInt } from '../../base/bytes.ts';
import { CONDITION, CONDITIONS_MAX, LIST_TREE_DEPTH, PATH } from '../../chain/constants.ts';
import { identityKey, listKey, listRootKey } from '../../chain/keys.ts';
import type { SignedTransaction } from '../../chain/transaction.ts';
import { wordToFr } from '../../chain/word.ts';
import type { StateReader } from '../../execution/port.ts';
import type { ConditionFields } from '../../policy/port.ts';
import { type CircuitStruct, type CircuitValue, zeros } from './circuit-value.ts';
import type { WitnessDeps } from './port.ts';
import type { RowOf } from './trace.ts';

const SELECTOR_BYTES = 4;
const WORD_BYTES = 32;

export interface TracedConditions {
  readonly touched: readonly bigint[];
  readonly listChecks: readonly CircuitStruct[];
  values(row: RowOf): CircuitValue[];
}

export function traceConditions(
  conditions: readonly ConditionFields[],
  tx: SignedTransaction,
  state: StateReader,
  deps: Pick<WitnessDeps, 'listWitness'>,
): TracedConditions {
  const read = Array.from({ length: CONDITIONS_MAX }, (_, i) => {
    const fields = conditions[i] ?? { kind: CONDITION.NONE, path: 0, a: 0n, b: 0n };
    return { fields, ...leavesOf(fields, tx) };
  });
  return {
    touched: read.flatMap(({ leaf, root }) => [leaf, root]).filter((key) => key !== undefined),
    listChecks: read
      .filter(({ fields }) => isOfList(fields.kind))
      .map(({ fields }) => {
        const root = wordToFr(state.get(listRootKey(fields.a)));
        return listCheckRow(fields, accountAt(fields.path, tx), root, deps);
      }),
    values: (row) =>
      read.map(({ fields, leaf, root }) => ({
        kind: BigInt(fields.kind),
        path: fields.path,
        a: fields.a,
        b: fields.b,
        leaf: leaf === undefined ? 0 : row(leaf),
        root: root === undefined ? 0 : row(root),
      })),
  };
}

const isOfList = (kind: number): boolean =>
  kind === CONDITION.ACCOUNT_IN_LIST || kind === CONDITION.ACCOUNT_NOT_IN_LIST;

function leavesOf({ kind, path, a }: ConditionFields, tx: SignedTransaction): { leaf?: bigint; root?: bigint } {
  switch (kind) {
    case CONDITION.ACCOUNT_HOLDS_ROLE:
    case CONDITION.ACCOUNT_NOT_FROZEN:
      return { leaf: identityKey(accountAt(path, tx)) };
    case CONDITION.ACCOUNT_IN_LIST:
      return { root: listRootKey(a) };
    case CONDITION.ACCOUNT_NOT_IN_LIST:
      return { leaf: listKey(a, accountAt(path, tx)), root: listRootKey(a) };
    default:
      return {};
  }
}

function accountAt(path: number, tx: SignedTransaction): bigint {
  if (path === PATH.TO) return tx.to!;
  if (path === PATH.SIGNER) return tx.sender;
  const start = SELECTOR_BYTES + WORD_BYTES * (path - PATH.ARGUMENT);
  return bytesToBigInt(tx.data.subarray(start, start + WORD_BYTES));
}

function listCheckRow(
  { kind, a }: ConditionFields,
  account: bigint,
  root: bigint,
  deps: Pick<WitnessDeps, 'listWitness'>,
): CircuitStruct {
  const opened = root === 0n ? undefined : deps.listWitness(a, root, account);
  return {
    list: a,
    account,
    member: kind === CONDITION.ACCOUNT_IN_LIST,
    root,
    address: opened?.address ?? 0n,
    next: opened?.nextAddress ?? 0n,
    salt: opened?.salt ?? 0n,
    position: BigInt(opened?.position ?? 0),
    siblings: opened?.siblings ?? zeros(LIST_TREE_DEPTH),
  };
}
