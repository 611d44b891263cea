/** Seals batches with many new accounts until it is killed, and prints each one. Run by checkpoints.test.ts. */

import { writeSync } from 'node:fs';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { createRandom } from '../state/random.ts';
import { configIn, openLife } from './node-life.ts';
import { randomDeposit } from './random-chain.ts';

const random = createRandom(1);
const operations: PriorityOperation[] = [];
for (let i = 0; i < 20_000; i++) operations.push(randomDeposit(random, BigInt(i)));
const life = await openLife(configIn(process.argv[2]!), { operations });
for (;;) {
  if (life.pipeline.sequencer.openBatch === undefined) await life.open();
  await life.close();
  if (life.failures.length > 0) throw life.failures[0];
  writeSync(1, `${life.pipeline.book.latest}\n`);
}
