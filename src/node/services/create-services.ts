import { assert } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { TAG } from '../../chain/constants.ts';
import { p2 } from '../../chain/poseidon2.ts';
import type { Config } from '../../config/schema.ts';
import { createCallPool } from '../../execution/evm/call-pool.ts';
import { createLeafKeys } from '../../execution/leaf-keys.ts';
import { createPolicyFacts } from '../../execution/policy-facts.ts';
import type { StateReader } from '../../execution/port.ts';
import { classOfMethod } from '../../policy/method-class.ts';
import type { PolicySource } from '../../rpc/port.ts';
import type { Store } from '../../store/port.ts';
import type { ChainFoundation } from '../development-chain.ts';
import { type L1, wethOf } from '../l1.ts';
import type { Pipeline } from '../pipeline.ts';
import type { PolicyBook } from '../policy-book.ts';
import type { Proving } from '../proving.ts';
import type { Unwinder } from '../unwinder.ts';
import type { WebDeps } from '../web.ts';
import { createAccountHistory } from './account-history.ts';
import { createBatchAudit } from './batch-audit.ts';
import { createChainReader, rolesOf } from './chain-reader.ts';
import { createDisclosures } from './disclosures.ts';
import { createOutcomeReader } from './outcomes.ts';
import { createSimulator } from './simulator.ts';
import { createSubmitter } from './submitter.ts';

export interface ServicesDeps extends ChainFoundation {
  readonly pipeline: Pipeline;
  readonly store: Store;
  readonly policies: PolicyBook;
  readonly proving: Proving;
  readonly unwinder: Pick<Unwinder, 'alarm'>;
  readonly l1: L1;
  readonly clock: Clock;
}

const callGasMax = 10_000_000n;

/** What the HTTP side asks of the node. */
export async function createServices(
  config: Config,
  { genesis, place, pipeline, store, policies, proving, unwinder, l1, clock }: ServicesDeps,
): Promise<
  Pick<
    WebDeps,
    'policy' | 'chain' | 'submitter' | 'simulator' | 'outcomes' | 'batches' | 'disclosures' | 'readiness' | 'rolesOf'
  > & {
    /** Ends what runs beside the event loop. */
    close(): Promise<void>;
  }
> {
  const { sequencer, index, book, tree } = pipeline;
  const keys = createLeafKeys();
  const factsOf = (state: StateReader) => createPolicyFacts(state, keys, policies.isInListRoot);
  const facts = () => factsOf(sequencer.state);
  const policy: PolicySource = {
    current() {
      const found = policies.policy(sequencer.policyRoot);
      assert(found !== undefined, 'the policy in force is known');
      return found;
    },
    facts,
    classOf: classOfMethod,
  };
  const calls = createCallPool(
    {
      chainId: genesis.chainId,
      l1ChainId: genesis.l1ChainId,
      weth: BigInt(wethOf(config)),
      callGasMax,
      workers: config['rpc.callWorkers'],
      queueMax: config['rpc.callQueueMax'],
      timeoutMs: config['rpc.callTimeoutMs'],
    },
    { clock },
  );
  return {
    close: () => calls.close(),
    policy,
    chain: createChainReader({
      sequencer,
      index,
      eventLogs: store.read.eventLogs,
      logPostings: store.read.logPostings,
      async stateRootOf(batch) {
        const sealed = batch > book.latest ? book.latest : batch;
        const found = await book.get(sealed);
        return found?.stored.stateRoot ?? 0n;
      },
      history: createAccountHistory({ index, book, tree }),
      settledBlocks: () => pipeline.settled,
    }),
    submitter: createSubmitter({ chainId: genesis.chainId, sequencer, policies, facts }),
    simulator: createSimulator({
      calls,
      freeze: () => sequencer.state.freeze(),
      block: () => sequencer.currentBlock(),
      policy,
      factsOf,
    }),
    outcomes: createOutcomeReader({ sequencer, index, book }),
    batches: createBatchAudit({
      book,
      client: l1.client,
      chainContract: place.chain,
      proofOf: (batch) => proving.proofOf(batch),
      verifyWrap: () => {
        const { prover } = proving;
        return prover === undefined ? undefined : (proof) => prover.verifyWrap(proof);
      },
    }),
    disclosures: createDisclosures({
      book,
      index,
      target: { l1ChainId: genesis.l1ChainId, chainContract: BigInt(place.chain), chainId: genesis.chainId },
      async leafAfter(batch, key) {
        const proof = await tree.prove(batch, key);
        if (proof.kind !== 'member') return undefined;
        const { index: position, leaf, siblings } = proof;
        return { index: position, value: leaf, next: p2(TAG.NEXT, leaf.nextKey, leaf.salt), siblings };
      },
    }),
    async readiness() {
      const l1Answers = await l1.client.getChainId().then(
        (id) => id === config['l1.chainId'],
        () => false,
      );
      const storeAnswers = await store.read.blocks.latest().then(
        () => true,
        () => false,
      );
      return [
        { name: 'store', ok: storeAnswers },
        { name: 'chain', ok: sequencer.isTaking },
        // Without Ethereum the chain goes on, until the backlog is full.
        { name: 'l1', ok: l1Answers, besides: true },
        { name: 'proving', ok: proving.halted === undefined, besides: true },
        { name: 'batchesStand', ok: unwinder.alarm === 0, besides: true },
      ];
    },
    rolesOf: rolesOf(sequencer),
  };
}
