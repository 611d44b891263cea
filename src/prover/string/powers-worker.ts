/** Worker thread of `generate-development-string.ts`: answers a range of powers with their points, encoded. */

import { parentPort } from 'node:worker_threads';
import { assert } from '../../base/assert.ts';
import { STOP } from '../../base/stop-signal.ts';
import { FR_MODULUS } from '../../chain/constants.ts';
import { developmentSecret } from './development-secret.ts';
import { buildFixedBaseTable, multiplyGenerator } from './fixed-base.ts';
import { encodeG1Columns } from './points.ts';
import { powFr } from './scalar.ts';

export interface PowersRequest {
  readonly start: number;
  readonly count: number;
}

export interface PowersAnswer {
  readonly start: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

assert(parentPort !== null, 'runs as a worker thread');
const port = parentPort;
const secret = developmentSecret();
const table = buildFixedBaseTable();

port.on('message', (message: PowersRequest | typeof STOP) => {
  if (message === STOP) return port.close();
  const { start, count } = message;
  const scalars: bigint[] = [];
  for (let i = 0, power = powFr(secret, BigInt(start)); i < count; i++) {
    scalars.push(power);
    power = (power * secret) % FR_MODULUS;
  }
  const bytes = encodeG1Columns(multiplyGenerator(table, scalars));
  port.postMessage({ start, bytes } satisfies PowersAnswer, [bytes.buffer]);
});
