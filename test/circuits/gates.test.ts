/** The committed gate counts are those of the circuits, and meet their limits. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CIRCUIT_SOURCES } from '../../src/prover/compile.ts';
import { countGates, GATES_JSON, type GatesReport } from '../../src/prover/gates.ts';
import { PROFILES } from '../../src/prover/witness/profiles.ts';
import { CACHE_FOLDER } from './support/solve.ts';

const committed = JSON.parse(readFileSync(GATES_JSON, 'utf8')) as GatesReport;

describe('circuits/gates.json', () => {
  it.each(['segment_xs', 'seal', 'segment_m'] as const)(
    'counts %s',
    async (name) => {
      expect(await countGates(CIRCUIT_SOURCES[name], { cacheFolder: CACHE_FOLDER })).toEqual(committed.circuits[name]);
    },
    300_000,
  );

  it('keeps the limits of a native transfer and of profile M', () => {
    const { transfer, transferAtFirstUse, transferToNewRecipient } = committed.marginal;
    expect(transfer).toBeLessThanOrEqual(88_000);
    expect(transferAtFirstUse).toBeLessThanOrEqual(100_000);
    expect(transferToNewRecipient - transfer).toBeLessThanOrEqual(11_000);
    expect(committed.circuits.segment_m.gates).toBeLessThan(2 ** 21);
    expect(committed.perTransaction.transactions).toBe(PROFILES.m.shortSignatures);
  });
});
