import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Journal } from './journal.ts';
import { readKeyFacts, resultOf } from './result.ts';

const folder = mkdtempSync(join(tmpdir(), 'privity-result-'));
afterAll(() => rmSync(folder, { recursive: true }));

const machine = { cpu: 'a machine', cores: 2 };
const facts = { gas: { commit: 100, prove: 1000, execute: 50 }, range: { from: 1, to: 1 } };
/** Two segments, their seal, three merges less one, and the wrap, made in two lives. */
const CIRCUITS = ['segment_m', 'segment_xs', 'seal', 'merge', 'merge', 'wrap'];

function journalOf(circuits: readonly string[]): Journal {
  const journal = new Journal(join(folder, `${Math.random()}.jsonl`));
  for (const life of [0, 1]) {
    journal.add({ event: 'began', life, at: '2026-11-23T00:00:00Z', load: [life + 0.5, 0, 0] });
    for (const [i, circuit] of circuits.entries()) {
      if (i % 2 === life) journal.add({ event: 'proof', id: String(i).padStart(64, '0'), circuit, seconds: i + 1 });
    }
    const sums = {
      settlingSeconds: 10 + life,
      cpuSeconds: { merge: 7, verify: life },
      proverBytesMax: (life + 1) * 2 ** 20,
    };
    journal.add({ event: 'meter', life, ...sums });
  }
  return journal;
}

describe('the result of the batch bench', () => {
  it('sums what every life recorded', () => {
    const { gates, proofSystemId } = readKeyFacts();
    const total = CIRCUITS.reduce((sum, circuit) => sum + gates.get(circuit)!, 0);
    expect(resultOf({ transfers: 20 }, journalOf(CIRCUITS), facts, machine)).toMatchObject({
      machine: { ...machine, loadAtStart: 0.5 },
      ...{ proofSystemId, transfers: 20, segments: 2, proofs: 6, runs: 2 },
      gates: { total, perTransfer: Math.round(total / 20) },
      ...{ proofSeconds: 21, cpuSeconds: { merge: 14, verify: 1 }, proverMemoryMb: 2 },
      l1Gas: { total: 1150, perTransfer: 58 },
      ...{ sealToExecutedSeconds: 21, transfersProvenPerSecond: 0.952 },
    });
    const { seconds } = resultOf({ transfers: 20 }, journalOf(CIRCUITS), facts, machine);
    expect(seconds['merge']).toEqual({ proofs: 2, mean: 4.5, total: 9 });
  });

  it.each(CIRCUITS.map((_, i) => i))('is refused when proof %i was not timed', (missing) => {
    const journal = journalOf(CIRCUITS.toSpliced(missing, 1));
    expect(() => resultOf({ transfers: 20 }, journal, facts, machine)).toThrow('were timed');
  });

  it('is refused when the proof covers more than the one batch', () => {
    const wide = { ...facts, range: { from: 1, to: 2 } };
    expect(() => resultOf({ transfers: 20 }, journalOf(CIRCUITS), wide, machine)).toThrow('batches 1 to 2');
  });
});
