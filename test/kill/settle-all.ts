import { createL1 } from '../demo/l1-client.ts';
import { PRIVITY, PROJECT } from '../demo/run-privity.ts';
import { waitUntil } from '../demo/wait-until.ts';
import { checkL1, type L1Report } from './check-l1.ts';
import { checkBlocks, checkOutcomes } from './check-life.ts';
import { checkLog, type LogReport } from './check-log.ts';
import { checkMoney } from './check-money.ts';
import type { KillRun } from './kill-run.ts';
import { seeLossOver } from './lose-deposit.ts';
import { runCommand } from './run-command.ts';
import { checkScene, openScene, type Scene } from './scene.ts';

export interface KillRunReport {
  readonly log: LogReport;
  readonly l1: L1Report;
  /** What `privity verify-store` said. */
  readonly verified: string;
}

/**
 * The last life dies of nothing: every transaction comes to its end, every batch that holds one is executed on Ethereum, and what four
 * observers have is the same: clients, the block log, a replay of it, Ethereum. Undefined when the time of the run was over before.
 */
export async function settleAll(run: KillRun): Promise<KillRunReport | undefined> {
  const { state, environment } = run;
  const scene = await openScene(run, []);
  if ('how' in scene) throw new Error(`the last life: ${JSON.stringify(scene)}`);
  const { life, people } = scene;
  await checkScene(run, scene);
  await seeLossOver(run, scene);
  const settled = await waitUntil('everything is settled', () => look(run, scene), {
    timeoutMs: run.settleTimeoutMs,
    everyMs: 1_000,
    alive() {
      const end = life.end();
      if (end !== undefined) throw new Error(`the last life: ${JSON.stringify(end)}`);
    },
  });
  if (settled === 'no time') {
    await life.stop();
    return undefined;
  }
  const l1 = await checkL1(life.welcome, people);
  await checkBlocks({ people, ledger: state.ledger });
  const end = await life.stop();
  if (end.how !== 'stopped') throw new Error(`the last life did not stop in order: ${JSON.stringify(end)}`);
  const verified = await runCommand([PRIVITY, 'verify-store', '--dev'], PROJECT, environment);
  const log = await checkLog(environment, state.ledger);
  for (const [batch, root] of l1.stateRoots) {
    if (log.stateRoots.get(batch) !== root) throw new Error(`batch ${batch}: Ethereum has another root than the log`);
  }
  return { log, l1, verified };
}

async function look({ state, until }: KillRun, { life, people }: Scene): Promise<'settled' | 'no time' | undefined> {
  if (Date.now() > until) return 'no time';
  const { ledger, proving } = state;
  const { welcome } = life;
  await checkOutcomes({ people, ledger });
  if (ledger.sent.some(({ answered, ended }) => answered && ended === undefined)) return undefined;
  if ((await checkMoney({ people, ledger, welcome })) === undefined) return undefined;
  const batches = ledger.sent.flatMap(({ ended }) =>
    ended === undefined ? [] : [Number(ended.status === 'included' ? ended.batchNumber : ended.denial.batchNumber)],
  );
  const { committed, executed } = await createL1(welcome.l1Url, welcome).counts();
  return (proving ? executed : committed) >= Math.max(0, ...batches) ? 'settled' : undefined;
}
