/** Which points a life is armed with. The seed decides their order, how many passes go by and how long a proof has run. */

import { createRandom } from '../policy/random.ts';
import { type Armed, KILL_POINTS, type KillPoint, type KillPointName } from './points.ts';

export interface Planned extends Armed {
  readonly quick: boolean;
  readonly proving: boolean;
  readonly unwinding: boolean;
}

/** What waits for the clock, Ethereum or a proof is reached in the chain's own order, so all of it is armed; of the rest a few. */
const quickAtOnce = 3;

const shortestDelayMs = 20;

export function planKills(seed: string, names: readonly KillPointName[]): Planned[] {
  const random = createRandom(`${seed}/plan`);
  const points: readonly KillPoint[] = KILL_POINTS;
  const left = points.filter(({ name }) => (names as readonly string[]).includes(name));
  const planned: Planned[] = [];
  while (left.length > 0) {
    const [point] = left.splice(random.below(left.length), 1) as [KillPoint];
    const { name, quick, proving, unwinding, passesMax, delayMsMax } = point;
    planned.push({
      name: name as KillPointName,
      quick: quick === true,
      proving: proving === true,
      unwinding: unwinding === true,
      passes: random.below((passesMax ?? 0) + 1),
      delayMs: delayMsMax === undefined ? 0 : shortestDelayMs + random.below(delayMsMax - shortestDelayMs),
    });
  }
  return planned;
}

/** One that dies while it stops is asked to; for one that dies while it takes batches back, Ethereum is made to lose something. */
const isAlone = ({ name, unwinding }: Planned): boolean => unwinding || name.startsWith('shutdown.');

/** The next life's points, without those that need proofs unless there are some. */
export function armNext(remaining: readonly Planned[], withProofs = true): readonly Planned[] {
  const possible = remaining.filter(({ proving }) => withProofs || !proving);
  const [first] = possible;
  if (first === undefined) return [];
  if (isAlone(first)) return [first];
  const running = possible.filter((point) => !isAlone(point));
  return [...running.filter(({ quick }) => quick).slice(0, quickAtOnce), ...running.filter(({ quick }) => !quick)];
}

export const without = (remaining: readonly Planned[], name: KillPointName): Planned[] =>
  remaining.filter((point) => point.name !== name);
