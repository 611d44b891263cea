import { requireRunning } from '../require-running.ts';
import { settlementFacts } from '../settlement-facts.ts';
import { waitUntil } from '../wait-until.ts';
import type { World } from '../world.ts';

/** Generous: a slow machine that prepares circuits and keys for the first time. */
const settleTimeoutMs = 45 * 60_000;

/** Waits until Ethereum has executed the batch of the withdrawal, which it does after checking the proof. */
export async function settlement({ l1, lines, node, progress, result, story }: World): Promise<void> {
  const { batch } = story.withdrawal!;
  // One proof covers two batches.
  const last = batch + (batch % 2);
  progress.chapter(`Batches ${last - 1} and ${last} are sealed, proven and settled on Ethereum`);
  const bar = progress.bar('settling');
  await waitUntil(
    `batch ${last} is executed on Ethereum`,
    async () => {
      const { committed, proven, executed } = await l1.counts();
      const proofs = lines.proving(last);
      const prepared = lines.preparing();
      const preparing =
        prepared === undefined || proofs !== undefined
          ? ''
          : `, preparing ${prepared.what} ${prepared.done}/${prepared.total}`;
      const note = `committed ${committed}, proved ${proven}, executed ${executed}${preparing}`;
      if (proofs === undefined) bar.update(0, 1, note);
      else bar.update(proofs.done, proofs.total, `proofs; ${note}`);
      return executed >= last ? true : undefined;
    },
    { timeoutMs: settleTimeoutMs, everyMs: 1000, alive: requireRunning(node) },
  );
  bar.end();
  const facts = await settlementFacts(l1.client, node.welcome.chain, batch);
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
