import { CONDITION, PATH } from '../../chain/constants.ts';
import { holdsRole, isFrozen } from '../../chain/identity.ts';
import type { ConditionFields, PolicyFacts, WriteRequest } from '../port.ts';

const SELECTOR_BYTES = 4;
const WORD = 32;

/** docs/PROTOCOL.md 5. An account that cannot be read from canonical calldata fails every condition on it. */
export function conditionHolds(condition: ConditionFields, request: WriteRequest, facts: PolicyFacts): boolean {
  if (condition.kind === CONDITION.VALUE_AT_MOST) return request.value <= condition.a;
  const account = accountAt(condition.path, request);
  if (account === undefined) return false;
  const ofList = condition.kind === CONDITION.ACCOUNT_IN_LIST || condition.kind === CONDITION.ACCOUNT_NOT_IN_LIST;
  // Address 0 is the head of every list: no circuit can show it inside or outside.
  if (ofList && account === 0n) return false;
  switch (condition.kind) {
    case CONDITION.ACCOUNT_HOLDS_ROLE:
      return holdsRole(facts.identity(account), condition.a, request.blockTimestamp);
    case CONDITION.ACCOUNT_NOT_FROZEN:
      return !isFrozen(facts.identity(account));
    case CONDITION.ACCOUNT_IN_LIST:
      return facts.isInListRoot(condition.a, account);
    case CONDITION.ACCOUNT_NOT_IN_LIST:
      return !facts.isInListRoot(condition.a, account) && !facts.isInListLeaf(condition.a, account);
    default:
      return false;
  }
}

function accountAt(path: number, request: WriteRequest): bigint | undefined {
  if (path === PATH.TO) return request.to;
  if (path === PATH.SIGNER) return request.signer;
  return addressWord(request.data, path - PATH.ARGUMENT);
}

/** Word `index` of the arguments as an address; undefined when it is short or its upper 12 bytes are not zero. */
export function addressWord(data: Uint8Array, index: number): bigint | undefined {
  const at = SELECTOR_BYTES + WORD * index;
  if (data.length < at + WORD) return undefined;
  for (let i = at; i < at + 12; i++) if (data[i] !== 0) return undefined;
  return BigInt(`0x${Buffer.from(data.buffer, data.byteOffset + at + 12, 20).toString('hex')}`);
}
