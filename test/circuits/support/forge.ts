/** A state transition that carries out setIdentity without asking anything: for witnesses that circuits must reject. */

import { SYSTEM_GAS } from '../../../src/chain/constants.ts';
import { recoverCosigner } from '../../../src/chain/identity-change.ts';
import { accountKey, identityKey, publicKeyHash, publicKeyKey } from '../../../src/chain/keys.ts';
import { decodeSystemCall } from '../../../src/chain/system-call.ts';
import { fromWord, isZeroWord, toWord, type Word } from '../../../src/chain/word.ts';
import { effectiveGasPrice, intrinsicGas } from '../../../src/execution/fees.ts';
import type { ExecutionPort, LeafChange } from '../../../src/execution/port.ts';
import { PEOPLE, type Person, type World } from './world.ts';

export function forgeExecution(world: World, cosigner: Person): World {
  const executeTransaction: ExecutionPort['executeTransaction'] = (state, block, tx) => {
    const call = decodeSystemCall(tx.to!, tx.data);
    if (call?.kind !== 'setIdentity') throw new Error('only setIdentity is forged');
    const gasUsed = intrinsicGas(tx.data) + BigInt(SYSTEM_GAS.SET_IDENTITY);
    const effective = effectiveGasPrice(tx, block.baseFee);
    const after = new Map<bigint, Word>();
    const get = (key: bigint) => after.get(key) ?? state.get(key);
    const sender = get(accountKey(tx.sender));
    after.set(accountKey(tx.sender), { hi: sender.hi + 1n, lo: sender.lo - gasUsed * effective });
    const collector = accountKey(block.collector);
    const collected = get(collector);
    after.set(collector, { hi: collected.hi, lo: collected.lo + gasUsed * effective });
    const subject = identityKey(call.subject);
    const change = {
      signer: tx.sender,
      signerNonce: tx.nonce,
      subject: call.subject,
      oldValue: fromWord(get(subject)),
      newValue: call.newValue,
      deadline: call.deadline,
    };
    const second = recoverCosigner(block.chainId, change, call.r, call.vs)!;
    if (second.address !== PEOPLE[cosigner].address) throw new Error('signed by another');
    for (const { address, publicKey } of [{ address: tx.sender, publicKey: tx.publicKey }, second]) {
      const key = publicKeyKey(address);
      if (isZeroWord(get(key))) after.set(key, toWord(publicKeyHash(publicKey.x, publicKey.y)));
    }
    after.set(subject, toWord(call.newValue));
    const changes: LeafChange[] = [...after]
      .map(([key, word]) => ({ key, before: state.get(key), after: word }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    return {
      kind: 'executed',
      result: {
        status: 1,
        gasUsed,
        effectiveGasPrice: effective,
        logs: [],
        messages: [],
        changes,
        ruleId: world.registrarRule,
      },
    };
  };
  return { ...world, deps: { ...world.deps, execution: { ...world.deps.execution, executeTransaction } } };
}
