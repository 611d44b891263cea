/** A life with the people in it: how a run starts one, and what it looks at first. */

import { join } from 'node:path';
import { createPublicClient, http } from 'viem';
import { createRandom, type Random } from '../policy/random.ts';
import { checkBlocks, checkOutcomes, noteBlock, sendSomeAgain } from './check-life.ts';
import type { KillRun } from './kill-run.ts';
import { type Ended, type Life, startLife } from './life.ts';
import { CUSTOMERS, createPeople, type People } from './people.ts';
import type { Armed } from './points.ts';
import { createTraffic, type Traffic } from './traffic.ts';

export interface Scene {
  readonly life: Life;
  readonly people: People;
  readonly traffic: Traffic;
  readonly random: Random;
}

/** What ended it, when it died before it took transactions. */
export async function openScene(run: KillRun, armed: readonly Armed[]): Promise<Scene | Ended> {
  const { state, folder } = run;
  state.lives += 1;
  const { life, ended } = await startLife({
    folder,
    armed,
    dataDir: join(folder, 'data'),
    cacheDir: run.cacheDir,
    httpPort: state.ports.http,
    l1Port: state.ports.l1,
    environment: run.environment,
    logFile: join(folder, 'node.log'),
    onLaunch: run.onLaunch,
  });
  if (life === undefined) return ended!;
  const { welcome } = life;
  await resumeMining(welcome.l1Url);
  const random = createRandom(`${state.seed}/life/${state.lives}`);
  const people = createPeople(welcome, state.tokens);
  const slot = () => Math.floor(Date.now() / 1000 / run.batchIntervalSeconds);
  return { life, people, random, traffic: createTraffic({ people, ledger: state.ledger, random, welcome, slot }) };
}

/** Nothing that was known before may have changed. */
export async function checkScene({ state: { ledger } }: KillRun, { people }: Scene): Promise<void> {
  await checkOutcomes({ people, ledger });
  await checkBlocks({ people, ledger });
  await noteBlock({ people, ledger });
}

/** What was lost on the way is sent again, and everybody gets some ether. */
export async function prepareScene({ state: { ledger } }: KillRun, { people, random, traffic }: Scene): Promise<void> {
  await sendSomeAgain({ people, ledger, random }, traffic);
  if (ledger.deposits.length === 0) for (const name of CUSTOMERS) await traffic.deposit(name);
}

/** A life that died while Ethereum stood still (`commit.replaced`) leaves it so. Anvil's own method. */
const resumeMining = (url: string): Promise<unknown> =>
  createPublicClient({ transport: http(url) }).request({ method: 'evm_setIntervalMining', params: [1] } as never);
