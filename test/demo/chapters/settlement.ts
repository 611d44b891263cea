import { requireRunning } from '../require-running.ts';
import { requireThat } from '../require-that.ts';
import { settlementFacts } from '../settlement-facts.ts';
import { waitUntil } from '../wait-until.ts';
import type { World } from '../world.ts';

/** Generous: a slow machine that prepares circuits and keys for the first time. */
const settleTimeoutMs = 45 * 60_000;

/** Two batches with one segment each: 4 proofs of segments and seals, 3 merges, 1 wrap. Two more for each further segment. */
const proofsMin = 8 + 2;

/** Waits until Ethereum has executed the batch of the withdrawal, which it does after checking the proof. */
export async function settlement({ l1, lines, node, options, progress, result, story }: World): Promise<void> {
  const { batch } = story.withdrawal!;
  progress.chapter(`Batch ${batch} is sealed, proven and settled on Ethereum, in one proof with its neighbour`);
  const bar = progress.bar('settling');
  await waitUntil(
    `batch ${batch} is executed on Ethereum`,
    async () => {
      const { committed, proven, executed } = await l1.counts();
      const proofs = lines.proving(batch);
      const prepared = lines.preparing();
      const preparing =
        prepared === undefined || proofs !== undefined
          ? ''
          : `, preparing ${prepared.what} ${prepared.done}/${prepared.total}`;
      const note = `committed ${committed}, proved ${proven}, executed ${executed}${preparing}`;
      if (proofs === undefined) bar.update(0, 1, note);
      else bar.update(proofs.done, proofs.total, `proofs; ${note}`);
      return executed >= batch && executed === proven ? true : undefined;
    },
    { timeoutMs: settleTimeoutMs, everyMs: 1000, alive: requireRunning(node) },
  );
  bar.end();
  const facts = await settlementFacts(l1.client, node.welcome.chain, batch);
  if (options.resume === undefined) {
    requireThat(facts.range.to > facts.range.from, 'one proof covers two batches');
    const proofs = lines.proving(batch)?.total ?? 0;
    requireThat(proofs >= proofsMin, `a batch has two segments (${proofs} proofs in all)`);
  }
  progress.say(
    `one proof for batches ${facts.range.from} to ${facts.range.to}, ${facts.proofSeconds} s after the last commit`,
  );
  progress.say(
    `gas of batch ${batch}: commit ${facts.gas.commit}, prove ${facts.gas.prove}, execute ${facts.gas.execute}`,
  );
  result.batchesExecuted = (await l1.counts()).executed;
  result.proofSeconds = facts.proofSeconds;
  result.l1Gas = facts.gas;
}
