/** A thread that builds the witnesses of one batch and ends: its memory and its second execution of the batch stay off the event loop. */

import { parentPort, workerData } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { toErrorMessage } from '../../base/error-message.ts';
import { Secret } from '../../base/secret.ts';
import { decodeBlockHeader, decodeBlockItem } from '../../chain/block-codec.ts';
import { BlockRing } from '../../chain/block-hash.ts';
import { createSalts } from '../../chain/salts.ts';
import { createExecutor } from '../../execution/executor.ts';
import { createDenyAllButExits } from '../../policy/built-in.ts';
import { compilePolicy } from '../../policy/compile/compile-policy.ts';
import { createPolicy } from '../../policy/create-policy.ts';
import type { PolicyPort } from '../../policy/port.ts';
import { randomField } from '../../prover/recursion/create-prover.ts';
import type { BatchItem } from '../../prover/witness/port.ts';
import { openView } from '../../state/open-view.ts';
import { PackedKeys } from '../../state/packed-writes.ts';
import { type ListBook, openLists } from '../list-book.ts';
import { buildLeaves } from './build-leaves.ts';
import type { FromWitnessThread, ToWitnessThread, WitnessThreadData } from './witness-messages.ts';

assert(parentPort !== null, 'witnesses are built in a thread of their own');
const port = parentPort;
const data = workerData as WitnessThreadData;
const say = (message: FromWitnessThread, transferred: ArrayBuffer[] = []) => port.postMessage(message, transferred);

/** Nobody waits any more. */
class Stopped extends Error {}

function ask<Kind extends 'block' | 'view'>(
  question: Extract<FromWitnessThread, { kind: Kind }>,
): Promise<Extract<ToWitnessThread, { kind: Kind }>> {
  return new Promise((resolve, reject) => {
    port.once('message', (answer: ToWitnessThread) => {
      if (answer.kind === 'stop') reject(new Stopped());
      else resolve(answer as Extract<ToWitnessThread, { kind: Kind }>);
    });
    say(question);
  });
}

async function readItems(): Promise<BatchItem[]> {
  const items: BatchItem[] = [{ kind: 'begin', policyRoot: data.policyRoot, slot: data.slot }];
  for (let isFirst = true; ; isFirst = false) {
    const { block } = await ask({ kind: 'block' });
    if (block === undefined) return items;
    if (!isFirst) items.push({ kind: 'open', timestamp: decodeBlockHeader(block.header).timestamp });
    for (const bytes of block.items) {
      const item = decodeBlockItem(bytes, data.chainId);
      items.push(
        item.kind === 'operation'
          ? { kind: 'operation', operation: item.operation }
          : { kind: 'transaction', transaction: item.transaction },
      );
    }
  }
}

function openPolicy(salt: Secret<Uint8Array>): PolicyPort {
  const text = data.texts.policies.find(({ root }) => root === data.policyRoot);
  const compiled = text === undefined ? createDenyAllButExits() : compilePolicy(text.text, { salt }, text.file);
  const policy = createPolicy(compiled);
  assert(policy.root === data.policyRoot, 'the policy of a sealed batch is known');
  return policy;
}

async function build(): Promise<void> {
  const policySalt = new Secret(data.policySalt);
  const policy = openPolicy(policySalt);
  let opened: ListBook | undefined;
  // Large, and most batches ask none.
  const lists = (): ListBook => {
    opened ??= openLists(data.texts.lists, policySalt);
    return opened;
  };
  const leaves = await buildLeaves(
    {
      ...data,
      start: { ...data.before, ring: BlockRing.of(data.ring), context: data.context },
      items: await readItems(),
      touched: PackedKeys.of(data.touched),
    },
    {
      policy,
      execution: createExecutor({
        policy,
        isInListRoot: (root, list, address) => lists().isInRoot(root, list, address),
      }),
      salts: createSalts(new Secret(data.saltKey)),
      random: randomField,
      listWitness: (list, root, account) => (root === 0n ? undefined : lists().witness(list, root, account)),
      viewBefore: async (keys) => openView((await ask({ kind: 'view', keys: new PackedKeys(keys).words })).view),
    },
  );
  for (const { inputs, ...leaf } of leaves) {
    const bytes = Uint8Array.from(Buffer.from(JSON.stringify(inputs)));
    say({ kind: 'leaf', leaf: { ...leaf, inputs: bytes } }, [bytes.buffer]);
  }
}

try {
  await build();
  say({ kind: 'done' });
} catch (error) {
  if (!(error instanceof Stopped)) say({ kind: 'failed', error: toErrorMessage(error) });
}
// Nothing listens any more: the thread ends.
