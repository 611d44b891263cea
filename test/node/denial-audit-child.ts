/** Denies in several ways, in two batches, and dies by its own SIGKILL at the n-th transaction of the store since the first was sealed. Run by denial-audit.test.ts. */

import type { Store } from '../../src/store/port.ts';
import { transactionOf } from '../execution/support.ts';
import { alice, bob, configIn, openLife } from './node-life.ts';

const [folder, dieAt, side] = process.argv.slice(2) as [string, string, string];
let armed = false;
let transactions = 0;
const die = () => process.kill(process.pid, 'SIGKILL');

const wrapStore = (store: Store): Store => ({
  ...store,
  async transaction(work) {
    if (!armed) return store.transaction(work);
    transactions += 1;
    const isLast = transactions === Number(dieAt);
    if (isLast && side === 'before') die();
    const result = await store.transaction(work);
    if (isLast) die();
    return result;
  },
});

const life = await openLife(configIn(folder), { wrapStore });
const { sequencer } = life.pipeline;
const { chainId } = life.genesis;
let fee = 0n;
const transaction = (nonce: bigint) =>
  transactionOf(alice, { nonce, to: bob.address, value: 1n, gasLimit: 21_000n, chainId, maxFeePerGas: fee });
const refused = transaction(9n);

async function denyAll(nonce: bigint): Promise<void> {
  await life.submit(transaction(nonce));
  fee += 10n;
  await Promise.all([
    sequencer.refuse(refused, 'not today').catch(() => undefined),
    life.submit(transaction(nonce)),
    sequencer.refuse(refused, 'not today').catch(() => undefined),
  ]);
  await sequencer.buildBlock();
}

await life.open();
await denyAll(0n);
await life.close();
await life.open();
armed = true;
await denyAll(1n);
await life.audit.flush();
await life.close();
die();
