/** Whole lies, each forbidden by one constraint: the circuit rejects it for that reason, and accepts it when that constraint is taken out. */

import { beforeAll, describe, expect, it } from 'vitest';
import { sourceWith } from '../support/source-with.ts';
import { createAttack } from './support/attack.ts';
import { fractionOfAPlace, LIES, LIES_PROFILE } from './support/lies.ts';

const whole = createAttack(LIES_PROFILE);

beforeAll(whole.prepare, 300_000);

describe.each(LIES)('$name', ({ file, constraint, checker, circuit, tell }) => {
  it('is rejected, for the reason that is meant', async () => {
    await whole.expectRejected(await tell(whole), checker, circuit);
  });

  it('is accepted without that one constraint', async () => {
    const weak = createAttack(LIES_PROFILE, await sourceWith(`evm/src/${file}`, constraint, ''));
    await weak.prepare();
    expect(await weak.solve(await tell(whole))).toEqual({ accepted: true });
  }, 300_000);
});

describe('a fraction of a place', () => {
  it('is no input of the circuit, and lets one id stand for another where it may be one', async () => {
    const lie = await fractionOfAPlace(whole);
    expect(await whole.solve(lie)).toMatchObject({ accepted: false });
    const weak = createAttack(
      LIES_PROFILE,
      await sourceWith('evm/src/accesses.nr', 'pub byte: u32', 'pub byte: Field'),
    );
    await weak.prepare();
    expect(await weak.solve(lie)).toEqual({ accepted: true });
  }, 300_000);
});
