import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loginByProvider } from '../api-session.ts';
import { corruptStoredProofs } from '../corrupt-proof.ts';
import { startFlippingProxy } from '../flipping-proxy.ts';
import { requireRunning } from '../require-running.ts';
import { requireThat } from '../require-that.ts';
import { runPrivity } from '../run-privity.ts';
import { tamperBundle } from '../tamper.ts';
import { waitUntil } from '../wait-until.ts';
import type { World } from '../world.ts';

interface BatchReport {
  readonly valid: boolean;
  readonly checks: Readonly<Record<string, boolean | string>>;
  readonly l1: { readonly contract: string };
}

const prepareTimeoutMs = 30 * 60_000;

/** The auditor checks the batch's proof through the endpoint, and a payment with nothing but a file and an Ethereum node. */
export async function audit(world: World): Promise<void> {
  const { options, progress, story, folder } = world;
  progress.chapter('An auditor verifies');
  if (options.corruptProof) {
    await world.node.stop();
    corruptStoredProofs(world.node.options.dataDir);
    progress.say('(one bit of the stored proof is flipped)');
    world.node = await world.runner.start();
  }
  const { node, result } = world;
  const auditor = await loginByProvider(node.welcome.url, 'auditor');
  const { batch } = story.withdrawal!;
  const report = await batchReport(world, auditor, batch);
  requireThat(report.valid, `batch ${batch} is valid: ${JSON.stringify(report.checks)}`);
  requireThat(
    report.l1.contract.toLowerCase() === node.welcome.chain.toLowerCase(),
    'the batch is on the known contract',
  );
  progress.say(`batch ${batch}: the proof passes the bytecode on Ethereum, the roots are those stored there`);

  const disclosed = await auditor.get<object>(`/api/disclosure/transactions/${story.payment}`);
  requireThat(disclosed.status === 200, `the auditor gets a bundle of the payment (${disclosed.status})`);
  const file = join(folder, 'payment.bundle.json');
  const text = JSON.stringify(disclosed.body);
  writeFileSync(file, text);

  const proxy = options.corruptL1 ? await startFlippingProxy(node.welcome.l1Url) : undefined;
  if (proxy !== undefined) progress.say('(answers of Ethereum pass through a proxy that flips one bit)');
  const args = ['--l1', proxy?.url ?? node.welcome.l1Url, '--chain', node.welcome.chain];
  try {
    const checked = await runPrivity(['verify', file, ...args]);
    requireThat(checked.status === 0, `privity verify accepts the bundle: ${checked.errors.trim()}`);
    requireThat(checked.output.includes(story.payment!), 'privity verify names the payment');
    result.disclosureVerified = true;
    progress.say('offline, from one file and Ethereum:');
    for (const line of checked.output.trim().split('\n')) progress.say(`  ${line}`);

    writeFileSync(file, tamperBundle(text));
    const rejected = await runPrivity(['verify', file, ...args]);
    requireThat(
      rejected.status === 1 && /BUNDLE_RECORD/.test(rejected.errors),
      'privity verify rejects the changed bundle',
    );
    result.tamperedRejected = true;
    progress.say(`with one bit changed: ${rejected.errors.trim().split('\n')[0]}`);
  } finally {
    await proxy?.close();
  }
}

/** Right after a restart the verifier is still being prepared. */
async function batchReport(
  { lines, node, progress }: World,
  auditor: Awaited<ReturnType<typeof loginByProvider>>,
  batch: number,
): Promise<BatchReport> {
  const bar = progress.bar('preparing the verifier');
  const report = await waitUntil(
    'the verifier is prepared',
    async () => {
      const { status, body } = await auditor.get<BatchReport>(`/api/audit/batches/${batch}/verify`);
      requireThat(status === 200, `the auditor may verify batch ${batch} (${status})`);
      if (body.checks['proof'] !== 'verifier not prepared yet') return body;
      const step = lines.preparing();
      bar.update(step?.done ?? 0, step?.total ?? 1, step?.what);
      return undefined;
    },
    { timeoutMs: prepareTimeoutMs, everyMs: 1000, alive: requireRunning(node) },
  );
  bar.end();
  return report;
}
