import type { BlockItem } from '../../../chain/block.ts';
import {
  BASE_TOKEN_ADDRESS,
  IDENTITY_REGISTRY_ADDRESS,
  POLICY_REGISTRY_ADDRESS,
  PRIORITY_KIND,
} from '../../../chain/constants.ts';
import type { PriorityOperation } from '../../../chain/priority-operation.ts';
import type { TransactionFacts } from '../../../policy/port.ts';

export interface ItemFields {
  readonly from: bigint;
  readonly to: bigint | undefined;
  readonly value: bigint;
}

/** Sender, receiver and value of what stands in a block. An operation from L1 is shown as what it does on this chain. */
export function itemFields(item: BlockItem): ItemFields {
  return item.kind === 'transaction'
    ? { from: item.transaction.sender, to: item.transaction.to, value: item.transaction.value }
    : operationFields(item.operation);
}

export const itemFacts = (item: BlockItem): TransactionFacts => {
  const { from, to } = itemFields(item);
  return { from, to, logs: item.result.logs };
};

function operationFields({ kind, sender, a, b }: PriorityOperation): ItemFields {
  switch (kind) {
    case PRIORITY_KIND.DEPOSIT_ETH:
      return { from: sender, to: a, value: b };
    case PRIORITY_KIND.FORCED_WITHDRAWAL:
      return { from: sender, to: BASE_TOKEN_ADDRESS, value: b };
    case PRIORITY_KIND.SET_IDENTITY:
      return { from: sender, to: IDENTITY_REGISTRY_ADDRESS, value: 0n };
    default:
      return { from: sender, to: POLICY_REGISTRY_ADDRESS, value: 0n };
  }
}
