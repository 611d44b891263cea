/** Three sealed batches and an open one, and the withdrawals that the tests make of them. */

import { PRIORITY_KIND } from '../../src/chain/constants.ts';
import { accountKey } from '../../src/chain/keys.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { createDenyAllButExits } from '../../src/policy/built-in.ts';
import type { WithdrawnEntry } from '../../src/sequencer/log-entries.ts';
import { signerOf, transactionOf } from '../execution/support.ts';
import { alice, bob, type Life } from './node-life.ts';

export const carol = signerOf(3);
const ether = 10n ** 18n;

const operation = (index: bigint, kind: PriorityOperation['kind'], a: bigint, b: bigint): PriorityOperation => ({
  index,
  kind,
  sender: 1n,
  a,
  b,
});

/** What L1 says at first: Bob lives on the second one. */
export const OPERATIONS: readonly PriorityOperation[] = [
  operation(0n, PRIORITY_KIND.DEPOSIT_ETH, carol.address, 3n),
  operation(1n, PRIORITY_KIND.DEPOSIT_ETH, bob.address, 5n * ether),
];

export const REORG: Omit<WithdrawnEntry, 'kind' | 'at'> = {
  from: 2n,
  cause: 'reorg',
  operations: [operation(1n, PRIORITY_KIND.DEPOSIT_ETH, alice.address, 7n)],
  upTo: [2n, 2n, 2n],
};

export const REVOCATION: Omit<WithdrawnEntry, 'kind' | 'at'> = {
  from: 3n,
  cause: 'revocation',
  operations: [operation(2n, PRIORITY_KIND.SET_POLICY_ROOT, createDenyAllButExits().root, 0n)],
  upTo: [3n, 3n],
};

/** Hashes of what was accepted, in order. */
export async function tellStory(life: Life): Promise<bigint[]> {
  const { sequencer } = life.pipeline;
  const chainId = life.genesis.chainId;
  const hashes: bigint[] = [];
  const pay = async (signer: typeof alice, nonce: bigint, value = 1n) => {
    const to = signer === bob ? alice.address : bob.address;
    hashes.push(await life.submit(transactionOf(signer, { nonce, to, value, gasLimit: 21_000n, chainId })));
  };
  await life.open();
  await pay(alice, 0n);
  await sequencer.buildBlock();
  await life.close();
  await life.open();
  await pay(alice, 1n);
  await sequencer.buildBlock();
  await pay(bob, 0n, ether);
  await sequencer.buildBlock();
  life.audit.record({ actor: 'auditor', action: 'read.balance', resource: '0x1', detail: {} });
  await life.close();
  await life.open();
  await pay(bob, 1n);
  await pay(alice, 2n);
  await sequencer.buildBlock();
  await life.close();
  await life.open();
  await pay(alice, 3n);
  await sequencer.buildBlock();
  await pay(alice, 5n);
  return hashes;
}

/** Takes the operations batch by batch, as the story needs them. */
export const operationsOfStory = (index: bigint): readonly PriorityOperation[] =>
  OPERATIONS.slice(0, index === 0n ? 1 : 2);

export async function reExecuteAll({ pipeline }: Life): Promise<void> {
  while (await pipeline.sequencer.reExecute());
  await pipeline.idle();
}

/** Closes the open batch, so that everything that happened is in a state root. */
export async function sealAll(life: Life): Promise<bigint> {
  await life.close();
  await life.pipeline.index.flush();
  const { book } = life.pipeline;
  return (await book.get(book.latest))!.stored.stateRoot;
}

export const balancesOf = ({ pipeline }: Life): bigint[] =>
  [alice, bob, carol].map(({ address }) => pipeline.sequencer.state.get(accountKey(address)).lo);
