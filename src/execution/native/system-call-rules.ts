/** The system contracts' functions, rule by rule as docs/PROTOCOL.md 4 lists them. A rule that does not hold refuses; nothing is half done. */

import {
  FLAG_FROZEN,
  IDENTITY_REGISTRY_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  ROLE_BIT,
  SYSTEM_NAME,
} from '../../chain/constants.ts';
import { decodeIdentity, encodeIdentity, holdsRole, isFrozen } from '../../chain/identity.ts';
import { recoverCosigner } from '../../chain/identity-change.ts';
import { systemKey } from '../../chain/keys.ts';
import type { SystemCall } from '../../chain/system-call.ts';
import type { SignedTransaction } from '../../chain/transaction.ts';
import { fromWord, toWord } from '../../chain/word.ts';
import type { BlockContext } from '../port.ts';
import { concatWords } from './concat-words.ts';
import { IDENTITY_CHANGED_TOPIC, LIST_INSERTED_TOPIC } from './event-topics.ts';
import { type Refusal, refuse } from './refusal.ts';
import { withdraw } from './withdraw.ts';
import type { WorkingState } from './working-state.ts';

export type Caller = Pick<SignedTransaction, 'sender' | 'nonce' | 'value'>;

const roleMask = (bit: number): bigint => 1n << BigInt(bit);
const COMPLIANCE = roleMask(ROLE_BIT.COMPLIANCE);
const REGISTRAR = roleMask(ROLE_BIT.REGISTRAR);
const REGISTRAR_MASK_KEY = systemKey(SYSTEM_NAME.REGISTRAR_MASK);

/** Runs a call, or says which rule refuses it. On a refusal the working state is to be dropped. */
export function runSystemCall(
  state: WorkingState,
  block: BlockContext,
  caller: Caller,
  call: SystemCall,
): Refusal | undefined {
  if (call.kind === 'withdraw') {
    if (caller.value === 0n) return refuse('withdraw-value', 'nothing is withdrawn');
    if (call.receiver === 0n) return refuse('withdraw-receiver', 'the receiver is the zero address');
    withdraw(state, caller.sender, call.receiver, caller.value);
    return undefined;
  }
  if (caller.value !== 0n) return refuse('call-value', 'a registry takes no value');
  const role = call.kind === 'setIdentity' ? REGISTRAR : COMPLIANCE;
  if (!holdsRole(state.identity(caller.sender), role, block.timestamp)) {
    return refuse('signer-role', 'the signer does not hold the role that this function asks for');
  }
  if (call.kind === 'insert') return insert(state, caller, call);
  if (call.subject === caller.sender) return refuse('own-identity', 'the signer is the subject');
  switch (call.kind) {
    case 'freeze':
      return freeze(state, caller, call);
    case 'unfreeze':
      return unfreeze(state, block, caller, call);
    case 'setIdentity':
      return setIdentity(state, block, caller, call);
  }
}

function insert(state: WorkingState, caller: Caller, call: SystemCall & { kind: 'insert' }): undefined {
  state.insertIntoList(call.list, call.account);
  state.logs.push({
    address: LIST_REGISTRY_ADDRESS,
    topics: [LIST_INSERTED_TOPIC, call.list, call.account, caller.sender],
    data: new Uint8Array(),
  });
}

function freeze(state: WorkingState, caller: Caller, call: SystemCall & { kind: 'freeze' }): undefined {
  const identity = state.identity(call.subject);
  changeIdentity(state, caller, call.subject, flagged(identity, identity.flags | FLAG_FROZEN));
}

function unfreeze(
  state: WorkingState,
  block: BlockContext,
  caller: Caller,
  call: SystemCall & { kind: 'unfreeze' },
): Refusal | undefined {
  const identity = state.identity(call.subject);
  const newValue = flagged(identity, identity.flags & ~FLAG_FROZEN);
  const refusal = checkCosigner(state, block, caller, { ...call, newValue }, COMPLIANCE);
  if (refusal !== undefined) return refusal;
  changeIdentity(state, caller, call.subject, newValue);
  return undefined;
}

function setIdentity(
  state: WorkingState,
  block: BlockContext,
  caller: Caller,
  call: SystemCall & { kind: 'setIdentity' },
): Refusal | undefined {
  const before = state.identity(call.subject);
  const after = decodeIdentity(toWord(call.newValue));
  if (before.flags !== after.flags) return refuse('identity-flags', 'a registrar does not change flags');
  const mask = state.leaves.get(REGISTRAR_MASK_KEY).lo;
  const changed = before.roles ^ after.roles;
  if ((changed & mask) !== changed) return refuse('registrar-mask', 'a role outside the registrar mask would change');
  // Else two registrars could bring an expired officer back, or end the term of one in office.
  if (before.expiry !== after.expiry && (before.roles & mask) !== before.roles) {
    return refuse('registrar-term', 'the term of a role outside the registrar mask would change');
  }
  const refusal = checkCosigner(state, block, caller, call, REGISTRAR);
  if (refusal !== undefined) return refusal;
  changeIdentity(state, caller, call.subject, call.newValue);
  return undefined;
}

interface CosignedCall {
  readonly subject: bigint;
  readonly newValue: bigint;
  readonly deadline: bigint;
  readonly r: bigint;
  readonly vs: bigint;
}

/** The second person: a signature over exactly this change, by somebody who holds the role and is neither signer nor subject. */
function checkCosigner(
  state: WorkingState,
  block: BlockContext,
  caller: Caller,
  call: CosignedCall,
  role: bigint,
): Refusal | undefined {
  if (call.deadline < block.timestamp) return refuse('cosigner-deadline', 'the second signature has expired');
  const { subject, newValue, deadline } = call;
  const oldValue = fromWord(state.identityWord(subject));
  const change = { signer: caller.sender, signerNonce: caller.nonce, subject, oldValue, newValue, deadline };
  const cosigner = recoverCosigner(block.chainId, change, call.r, call.vs);
  if (cosigner === undefined) return refuse('cosigner-signature', 'the second signature recovers to nobody');
  if (cosigner.address === caller.sender) return refuse('cosigner-is-signer', 'both signatures are of one person');
  if (cosigner.address === subject) return refuse('cosigner-is-subject', 'the subject signed for itself');
  const identity = state.identity(cosigner.address);
  if (isFrozen(identity)) return refuse('cosigner-frozen', 'the second signer is frozen');
  if (!holdsRole(identity, role, block.timestamp)) return refuse('cosigner-role', 'the second signer lacks the role');
  state.recordPublicKey(cosigner.address, cosigner.publicKey);
  return undefined;
}

const flagged = (identity: ReturnType<typeof decodeIdentity>, flags: bigint): bigint =>
  fromWord(encodeIdentity({ ...identity, flags }));

function changeIdentity(state: WorkingState, caller: Caller, subject: bigint, newValue: bigint): void {
  const oldValue = fromWord(state.identityWord(subject));
  state.setIdentityWord(subject, toWord(newValue));
  state.logs.push({
    address: IDENTITY_REGISTRY_ADDRESS,
    topics: [IDENTITY_CHANGED_TOPIC, subject, caller.sender],
    data: concatWords(oldValue, newValue),
  });
}
