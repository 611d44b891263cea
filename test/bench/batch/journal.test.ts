import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';

const proof = (id: string, seconds: number) =>
  ({ event: 'proof', id: id.repeat(64), circuit: 'segment_m', seconds }) as const;
const meter = (life: number, settlingSeconds: number) =>
  ({ event: 'meter', life, settlingSeconds, cpuSeconds: { merge: 1 }, proverBytesMax: 2 }) as const;

describe('the journal of a bench that is killed', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'privity-journal-'));
    path = join(folder, 'journal.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is empty at first and keeps what was added', () => {
    expect(new Journal(path).all('submitted')).toEqual([]);
    new Journal(path).add({ event: 'submitted', batch: 1 });
    expect(new Journal(path).all('submitted')).toEqual([{ event: 'submitted', batch: 1 }]);
  });

  it.each([1, 10, 40])('drops a line torn after %i characters, and the next one is whole', (length) => {
    new Journal(path).add(proof('a', 1));
    appendFileSync(path, JSON.stringify(proof('b', 2)).slice(0, length));
    const journal = new Journal(path);
    expect(journal.proofs()).toHaveLength(1);
    journal.add(proof('c', 3));
    expect(new Journal(path).proofs().map(({ seconds }) => seconds)).toEqual([1, 3]);
    expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
  });

  it.each(['nonsense', '{"event":"submitted"}', '{"event":"submitted","batch":1,"more":1}', '{"event":"other"}'])(
    'refuses a whole line %s',
    (line) => {
      appendFileSync(path, `${line}\n`);
      expect(() => new Journal(path)).toThrow();
    },
  );

  it('counts a proof once and the last meter of each life', () => {
    const journal = new Journal(path);
    for (const event of [proof('a', 1), meter(0, 5), meter(0, 9), proof('a', 2), meter(1, 3)]) journal.add(event);
    for (const read of [journal, new Journal(path)]) {
      expect(read.proofs().map(({ seconds }) => seconds)).toEqual([2]);
      expect(read.meters().map(({ settlingSeconds }) => settlingSeconds)).toEqual([9, 3]);
    }
  });
});
