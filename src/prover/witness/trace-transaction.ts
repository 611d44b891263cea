import { bytesToBigInt } from '../../base/bytes.ts';
import { SYSTEM_NAME } from '../../chain/constants.ts';
import { recoverCosigner, splitVs } from '../../chain/identity-change.ts';
import { accountKey, identityKey, listKey, publicKeyKey, systemKey } from '../../chain/keys.ts';
import { hashLogs } from '../../chain/log.ts';
import { hashTransactionRecord } from '../../chain/record.ts';
import type { PublicKey } from '../../chain/secp256k1.ts';
import { decodeSystemCall, type SystemCall } from '../../chain/system-call.ts';
import type { SignedTransaction } from '../../chain/transaction.ts';
import { fromWord, isZeroWord, toWord } from '../../chain/word.ts';
import type { StateReader } from '../../execution/port.ts';
import { type CircuitStruct, wordValue } from './circuit-value.ts';
import { traceConditions } from './conditions.ts';
import { witnessError } from './errors.ts';
import { keccakLanes, RATE_BYTES } from './keccak-lanes.ts';
import type { Progress, WitnessDeps } from './port.ts';
import { addRecord } from './progress.ts';
import { NO_ROWS, openingOf, type RowOf, type TracingState, type Unit } from './trace.ts';

const LONG_BLOCKS = 2;

export function traceTransaction(
  tracing: TracingState,
  tx: SignedTransaction,
  opened: { readonly timestamp: bigint; readonly before: Progress } | undefined,
  deps: WitnessDeps,
): Unit {
  const { progress, values, block } = tracing;
  const outcome = deps.execution.executeTransaction(values, block, tx);
  if (outcome.kind !== 'executed') {
    throw witnessError('WITNESS_REFUSED', `a transaction of the batch is ${outcome.kind} when executed again`);
  }
  const { result } = outcome;
  const call = decodeSystemCall(tx.to!, tx.data);
  const long = tx.signedBytes.length >= RATE_BYTES;
  if (
    long !== (call?.kind === 'unfreeze' || call?.kind === 'setIdentity') ||
    tx.signedBytes.length >= LONG_BLOCKS * RATE_BYTES
  ) {
    throw witnessError('WITNESS_CAPACITY', `signed bytes: ${tx.signedBytes.length} do not fit their signature row`);
  }
  const salt = deps.salts.record(bytesToBigInt(tx.hash));
  const record = hashTransactionRecord({
    sighash: bytesToBigInt(tx.sighash),
    signature: tx.signature,
    sender: tx.sender,
    status: result.status,
    gasUsed: result.gasUsed,
    logs: hashLogs(result.logs),
    salt,
  });
  const after = addRecord(progress, record, {
    gasUsed: result.gasUsed,
    logs: result.logs.length,
    messages: result.messages,
  });
  const rule = deps.policy.ruleWitness(result.ruleId);
  const conditions = traceConditions(rule.fields.conditions, tx, values, deps);
  const senderKey = publicKeyKey(tx.sender);
  const first = isZeroWord(values.get(senderKey));
  const target = targetKey(tx, call);
  const cosigned = traceCosigner(tx, call, values, block.chainId, result.changes);
  const keys = {
    account: accountKey(tx.sender),
    identity: identityKey(tx.sender),
    key: senderKey,
    collector: accountKey(block.collector),
  };
  const signed = {
    lanes: keccakLanes(tx.signedBytes, long ? LONG_BLOCKS : 1),
    ...keyValue(tx.publicKey),
    signature: signatureValue(tx.signature),
  };
  const transaction = (row: RowOf): CircuitStruct => ({
    long,
    sender: tx.sender,
    account: row(keys.account),
    identity: row(keys.identity),
    key: row(keys.key),
    first_signature: first,
    target: target === undefined ? 0 : row(target),
    collector: row(keys.collector),
    tip_is_priority: tx.maxPriorityFeePerGas <= tx.maxFeePerGas - block.baseFee,
    rule: {
      roles_mask: rule.fields.rolesMask,
      conditions: conditions.values(row),
      position: BigInt(rule.position),
      siblings: rule.siblings,
    },
    salt,
  });
  return {
    ...NO_ROWS,
    kind: 'step',
    before: opened?.before ?? progress,
    after,
    touched: [
      ...Object.values(keys),
      ...(target === undefined ? [] : [target]),
      ...conditions.touched,
      ...(cosigned?.touched ?? []),
    ],
    changes: result.changes,
    record,
    exits: false,
    shortSignatures: long ? [] : [signed],
    longSignatures: long ? [signed] : [],
    cosigners: cosigned === undefined ? [] : [cosigned.row],
    keys: [...(first ? [keyValue(tx.publicKey)] : []), ...(cosigned?.first ? [keyValue(cosigned.publicKey)] : [])],
    messages: result.messages.map(({ recipient, amount }) => ({ recipient, amount })),
    listChecks: conditions.listChecks,
    step: (row) => ({
      opens: opened !== undefined,
      ...(opened === undefined ? {} : { opening: openingOf(opened.before, opened.timestamp) }),
      runs: true,
      transaction: transaction(row),
    }),
  };
}

const keyValue = ({ x, y }: PublicKey): CircuitStruct => ({ x: wordValue(toWord(x)), y: wordValue(toWord(y)) });

const signatureValue = ({ r, s, yParity }: { r: bigint; s: bigint; yParity: 0 | 1 }): CircuitStruct => ({
  r: wordValue(toWord(r)),
  s: wordValue(toWord(s)),
  y_parity: yParity === 1,
});

function targetKey(tx: SignedTransaction, call: SystemCall | undefined): bigint | undefined {
  if (call === undefined) return accountKey(tx.to!);
  switch (call.kind) {
    case 'withdraw':
      return undefined;
    case 'insert':
      return listKey(call.list, call.account);
    default:
      return identityKey(call.subject);
  }
}

function traceCosigner(
  tx: SignedTransaction,
  call: SystemCall | undefined,
  values: StateReader,
  chainId: bigint,
  changes: Unit['changes'],
) {
  if (call?.kind !== 'unfreeze' && call?.kind !== 'setIdentity') return undefined;
  const subjectKey = identityKey(call.subject);
  const old = values.get(subjectKey);
  const now = changes.find(({ key }) => key === subjectKey)?.after ?? old;
  const change = {
    signer: tx.sender,
    signerNonce: tx.nonce,
    subject: call.subject,
    oldValue: fromWord(old),
    newValue: fromWord(now),
    deadline: call.deadline,
  };
  const cosigner = recoverCosigner(chainId, change, call.r, call.vs);
  if (cosigner === undefined) throw witnessError('WITNESS_REFUSED', 'a co-signature recovers to nobody');
  const { address, publicKey } = cosigner;
  const [identity, key, mask] = [identityKey(address), publicKeyKey(address), systemKey(SYSTEM_NAME.REGISTRAR_MASK)];
  const first = isZeroWord(values.get(key));
  const masked = call.kind === 'setIdentity';
  return {
    publicKey,
    first,
    touched: masked ? [identity, key, mask] : [identity, key],
    row: (row: RowOf): CircuitStruct => ({
      change: {
        signer: change.signer,
        nonce: change.signerNonce,
        subject: change.subject,
        old: wordValue(old),
        new: wordValue(now),
        deadline: change.deadline,
      },
      ...keyValue(publicKey),
      signature: signatureValue({ r: call.r, ...splitVs(call.vs) }),
      cosigner: address,
      identity: row(identity),
      key: row(key),
      registrar_mask: masked ? row(mask) : 0,
      first_signature: first,
    }),
  };
}
