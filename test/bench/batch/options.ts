import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface BatchBenchOptions {
  readonly transfers: number;
  /** Everything that a later run goes on with. */
  readonly folder: string;
  readonly batchIntervalSeconds: number;
  readonly json: boolean;
  readonly write: boolean;
}

export const USAGE = `npm run bench:batch -- [options]
  --transfers N   native transfers in the one batch (1000)
  --folder PATH   work folder; a second run with the same one goes on (node_modules/.cache/bench-batch-N)
  --interval S    seconds between seals (120)
  --json          the result as one line
  --write         the result also where the README takes its figures from`;

const transfersMax = 20_000;

export function readOptions(args: readonly string[]): BatchBenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      transfers: { type: 'string', default: '1000' },
      folder: { type: 'string' },
      interval: { type: 'string', default: '120' },
      json: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
    },
  });
  const transfers = wholeNumber('--transfers', values.transfers, transfersMax);
  const cache = join(import.meta.dirname, '../../../node_modules/.cache');
  return {
    transfers,
    folder: resolve(values.folder ?? join(cache, `bench-batch-${transfers}`)),
    batchIntervalSeconds: wholeNumber('--interval', values.interval, 86_400),
    json: values.json,
    write: values.write,
  };
}

function wholeNumber(name: string, text: string, max: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > max) throw new Error(`${name}: a whole number from 1 to ${max}`);
  return value;
}
