import { parseEther } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loginByProvider } from '../demo/api-session.ts';
import { sendRequest, waitForReceipt } from '../demo/send-transaction.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { type DevNode, startDevNode } from './dev-node.ts';

/** G1 from outside: the node proves a batch with the real circuits and Ethereum executes it; an auditor sees the proof verified again. */

const PROVING = {
  PRIVITY_PROVER_WORKERS: '1',
  PRIVITY_CHAIN_BATCH_INTERVAL_SECONDS: '20',
  PRIVITY_CHAIN_PROVE_DELAY_SLOTS: '1',
};
const settledWithinMs = 15 * 60_000;

describe('a whole settlement', () => {
  let node: DevNode;

  beforeAll(async () => {
    node = await startDevNode(PROVING);
  }, 300_000);
  afterAll(() => node?.dispose());

  it(
    'proves a batch with a transfer in it and executes it on Ethereum',
    async () => {
      const [a, b] = await Promise.all(['customer-a', 'customer-b'].map((name) => node.wallet(name)));
      await node.l1.deposit(a!.account, parseEther('2'));
      const balance = () => a!.session.rpc<string>('eth_getBalance', [a!.account.address, 'latest']);
      const credited = async () => BigInt(await balance()) > 0n || undefined;
      await waitUntil('the deposit is credited', credited, { timeoutMs: 120_000 });
      const hash = await sendRequest(a!, { to: b!.account.address, value: parseEther('1') });
      expect((await waitForReceipt(a!.session, hash)).status).toBe('0x1');
      const { batchNumber } = await a!.session.rpc<{ batchNumber: string }>('privity_getOutcome', [hash]);
      const batch = BigInt(batchNumber);

      const executed = async () => (await node.l1.counts()).executed >= Number(batch) || undefined;
      await waitUntil('the batch is executed on Ethereum', executed, { timeoutMs: settledWithinMs });

      const outcome = await a!.session.rpc<{ finality: string }>('privity_getOutcome', [hash]);
      expect(outcome.finality).toBe('final');
      const auditor = await loginByProvider(node.url, 'auditor');
      const { body: report } = await auditor.get<{ valid: boolean; checks: Record<string, unknown> }>(
        `/api/audit/batches/${batch}/verify`,
      );
      expect(report.checks).toEqual({ storedBatchHash: true, rangeEnds: true, publicInputs: true, proof: true });
      expect(report.valid).toBe(true);
    },
    settledWithinMs + 300_000,
  );
});
