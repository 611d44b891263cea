import {
  BASE_TOKEN_ADDRESS,
  IDENTITY_REGISTRY_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  RESERVED_ADDRESS_END,
} from '../../chain/constants.ts';
import { decodeSystemCall, findSystemFunction, type SystemCall } from '../../chain/system-call.ts';
import type { UnsignedTransaction } from '../../chain/transaction.ts';
import type { UnprovableCode } from '../port.ts';

export type ProvableAction =
  | { readonly kind: 'transfer'; readonly to: bigint; readonly gas: 0n }
  | { readonly kind: 'call'; readonly contract: bigint; readonly call: SystemCall; readonly gas: bigint };

export type Classified =
  | { readonly kind: 'provable'; readonly action: ProvableAction }
  | { readonly kind: 'unprovable'; readonly code: UnprovableCode; readonly reason: string };

const SYSTEM_CONTRACTS: readonly bigint[] = [BASE_TOKEN_ADDRESS, IDENTITY_REGISTRY_ADDRESS, LIST_REGISTRY_ADDRESS];

const unprovable = (code: UnprovableCode, reason: string): Classified => ({ kind: 'unprovable', code, reason });

/** What a transaction asks for, if the circuits of this version can prove it (G2). Looks at the transaction alone. */
export function classify(tx: Pick<UnsignedTransaction, 'to' | 'data' | 'accessList'>): Classified {
  const { to, data } = tx;
  if (to === undefined) return unprovable('UNPROVABLE_DEPLOYMENT', 'no recipient');
  if (tx.accessList.length > 0) return unprovable('UNPROVABLE_ACCESS_LIST', `${tx.accessList.length} entries`);
  if (data.length === 0) {
    return to < RESERVED_ADDRESS_END
      ? unprovable('UNPROVABLE_RESERVED_RECIPIENT', 'below 0x20000')
      : { kind: 'provable', action: { kind: 'transfer', to, gas: 0n } };
  }
  const call = decodeSystemCall(to, data);
  if (call !== undefined) {
    const gas = BigInt(findSystemFunction(to, data)!.gas);
    return { kind: 'provable', action: { kind: 'call', contract: to, call, gas } };
  }
  return SYSTEM_CONTRACTS.includes(to)
    ? unprovable('UNPROVABLE_CALLDATA', `${data.length} bytes for a system contract`)
    : unprovable('UNPROVABLE_CONTRACT_CALL', `${data.length} bytes of calldata`);
}
