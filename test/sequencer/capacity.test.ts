import { describe, expect, it } from 'vitest';
import { IDENTITY_REGISTRY_ADDRESS, LIST_REGISTRY_ADDRESS } from '../../src/chain/constants.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import { PROFILES } from '../../src/prover/witness/profiles.ts';
import { describeOverflow, findCapacityOverflow } from '../../src/sequencer/capacity.ts';
import { alice, transfer } from './scene.ts';

const unfreeze = encodeSystemCall({ kind: 'unfreeze', subject: 1n, deadline: 2n, r: 3n, vs: 4n });
const insert = encodeSystemCall({ kind: 'insert', list: 1n, account: 2n });

describe('what one transaction may be (G2)', () => {
  it.each([
    ['a transfer', 135, {}, undefined],
    ['a transfer', 136, {}, 'shortSignatures'],
    ['an insertion', 136, { to: LIST_REGISTRY_ADDRESS, data: insert }, 'shortSignatures'],
    ['an unfreezing', 271, { to: IDENTITY_REGISTRY_ADDRESS, data: unfreeze }, undefined],
    ['an unfreezing', 272, { to: IDENTITY_REGISTRY_ADDRESS, data: unfreeze }, 'longSignatures'],
  ] as const)('%s of %i signed bytes', (_, bytes, fields, table) => {
    const overflow = findCapacityOverflow({ ...transfer(alice, fields), signedBytes: new Uint8Array(bytes) });
    expect(overflow?.table).toBe(table);
    if (overflow !== undefined) expect(describeOverflow(overflow)).toContain(`${bytes} signed bytes`);
  });

  it('names tables that every profile has', () => {
    for (const profile of Object.values(PROFILES)) {
      expect(profile.shortSignatures).toBeGreaterThan(0);
      expect(profile.longSignatures).toBeGreaterThan(0);
    }
  });
});
