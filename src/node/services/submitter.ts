import { assert } from '../../base/assert.ts';
import { bytesToBigInt } from '../../base/bytes.ts';
import { decodeTransaction, type SignedTransaction } from '../../chain/transaction.ts';
import type { PolicyFacts, SubmittedTransaction } from '../../policy/port.ts';
import type { Submitter } from '../../rpc/port.ts';
import { sequencerError } from '../../sequencer/errors.ts';
import type { Sequencer } from '../../sequencer/sequencer.ts';
import type { PolicyBook } from '../policy-book.ts';

export interface SubmitterDeps {
  readonly chainId: bigint;
  readonly sequencer: Sequencer;
  readonly policies: PolicyBook;
  readonly facts: () => PolicyFacts;
}

/** From raw bytes to the sequencer: decode, ask policy for a permit, submit. A refusal is signed and kept (G5, G7). */
export function createSubmitter({ chainId, sequencer, policies, facts }: SubmitterDeps): Submitter {
  return {
    async submit(raw, principal) {
      const transaction = decodeTransaction(raw, chainId);
      const policy = policies.policy(sequencer.policyRoot);
      assert(policy !== undefined, 'the policy in force is known');
      const authorization = policy.authorizeWrite(principal, describe(transaction, sequencer), facts());
      if ('permit' in authorization) return sequencer.submit(transaction, authorization.permit);
      const reason = `${authorization.denial.ruleId}: ${authorization.denial.reason}`;
      // What was accepted once keeps its one outcome, though policy would refuse it today: no denial is signed for it.
      const before = await sequencer.seenBefore(transaction);
      if (before === undefined) return sequencer.refuse(transaction, reason);
      const mayAsk = policy.decideRead(principal, { kind: 'outcome', sender: transaction.sender }).allow;
      if (!mayAsk) throw sequencerError('SUBMIT_DENIED', reason);
      if (before.kind === 'denied') throw sequencerError('SUBMIT_OUTCOME_DENIED', before.denial.code);
      return bytesToBigInt(transaction.hash);
    },
  };
}

const describe = (transaction: SignedTransaction, sequencer: Sequencer): SubmittedTransaction => ({
  hash: transaction.hash,
  signer: transaction.sender,
  to: transaction.to,
  value: transaction.value,
  data: transaction.data,
  blockTimestamp: sequencer.currentBlock().timestamp,
});
