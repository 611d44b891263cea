import { setTimeout as sleep } from 'node:timers/promises';
import type { KillRun } from './kill-run.ts';
import { type Ended, unlessDying } from './life.ts';
import { loseDeposit, seeLossOver } from './lose-deposit.ts';
import type { Planned } from './plan.ts';
import { checkScene, openScene, prepareScene } from './scene.ts';
import type { TrafficLimits } from './traffic.ts';

interface Pace {
  readonly limits: TrafficLimits;
  readonly everyMs: number;
}

/** While points wait that clients bring about: as much as one segment takes. */
const busy: Pace = { limits: { transactions: 12, withdrawals: 2, deposits: 3 }, everyMs: 120 };
/** Otherwise what the smallest segment takes. */
const calm: Pace = { limits: { transactions: 1, withdrawals: 1, deposits: 1 }, everyMs: 1_000 };
/** While Ethereum is made to lose a deposit: the others' would take the nonces of the one who makes it. */
const losing: Pace = { ...busy, limits: { ...busy.limits, deposits: 0 } };
/** People whose requests are on their way at once. */
const actorsMax = 3;

/** One life under traffic, from start to death. Undefined when the time of the run was over before. */
export async function live(run: KillRun, armed: readonly Planned[]): Promise<Ended | undefined> {
  const began = Date.now();
  const scene = await openScene(run, armed);
  if ('how' in scene) return scene;
  const { life, traffic, random } = scene;
  await unlessDying(
    life,
    checkScene(run, scene).then(() => prepareScene(run, scene)),
  );
  const stops = armed[0]!.name.startsWith('shutdown.');
  const stopAt = stops ? Date.now() + 500 + random.below(2_500) : Number.POSITIVE_INFINITY;
  const failures: unknown[] = [];
  const { unwinding } = armed[0]!;
  const { limits, everyMs } = unwinding ? losing : stops || armed.some(({ quick }) => quick) ? busy : calm;
  void unlessDying(life, (unwinding ? loseDeposit : seeLossOver)(run, scene)).catch((error: unknown) =>
    failures.push(error),
  );
  let acting = 0;
  while (life.end() === undefined && failures.length === 0) {
    if (Date.now() > stopAt) return life.stop();
    if (Date.now() > run.until) {
      const ended = await life.stop();
      return ended.how === 'stopped' ? undefined : ended;
    }
    if (Date.now() - began > run.lifeTimeoutMs)
      throw new Error(`none of ${armed.map(({ name }) => name).join(', ')} was reached`);
    if (acting < actorsMax) {
      acting += 1;
      void unlessDying(life, traffic.act(limits))
        .catch((error: unknown) => failures.push(error))
        .finally(() => {
          acting -= 1;
        });
    }
    await sleep(everyMs);
  }
  if (failures.length > 0) throw failures[0];
  return life.end();
}
