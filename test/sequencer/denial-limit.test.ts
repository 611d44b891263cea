/** A sender's denials are counted for a minute, in memory that does not grow with the senders. */

import { describe, expect, it } from 'vitest';
import { DenialLimit, denialsRememberedMax } from '../../src/sequencer/denial-limit.ts';

function openLimit(denialsPerMinuteMax = 3) {
  const clock = { time: 1_000_000, now: () => clock.time };
  return { clock, limit: new DenialLimit({ denialsPerMinuteMax }, clock) };
}

describe('the limit of denials', () => {
  it('is exceeded by as many as it says within a minute, for that sender alone', () => {
    const { clock, limit } = openLimit();
    for (const expected of [false, false, true]) {
      clock.time += 1_000;
      limit.note(1n);
      expect(limit.isExceeded(1n)).toBe(expected);
    }
    expect(limit.isExceeded(2n)).toBe(false);
  });

  it('counts the minute from each denial', () => {
    const { clock, limit } = openLimit();
    for (const at of [0, 30_000, 59_999]) {
      clock.time = 1_000_000 + at;
      limit.note(1n);
    }
    expect(limit.isExceeded(1n)).toBe(true);
    clock.time = 1_000_000 + 60_000;
    expect(limit.isExceeded(1n)).toBe(false);
    limit.note(1n);
    expect(limit.isExceeded(1n)).toBe(true);
    clock.time = 1_000_000 + 89_999;
    expect(limit.isExceeded(1n)).toBe(true);
    clock.time = 1_000_000 + 90_000;
    expect(limit.isExceeded(1n)).toBe(false);
  });

  it('forgets senders who never come back', () => {
    const { clock, limit } = openLimit();
    for (let sender = 0n; sender < 1_000n; sender++) limit.note(sender);
    expect(limit.size).toEqual({ denials: 1_000, senders: 1_000 });
    clock.time += 60_000;
    expect(limit.isExceeded(7n)).toBe(false);
    expect(limit.size).toEqual({ denials: 0, senders: 0 });
  });

  it('holds no more than its bound, however many senders a minute has, and then knows the newest', () => {
    const { limit } = openLimit();
    const senders = BigInt(denialsRememberedMax) + 10n;
    for (let sender = 0n; sender < senders; sender++) limit.note(sender);
    expect(limit.size).toEqual({ denials: denialsRememberedMax, senders: denialsRememberedMax });
    for (let i = 0; i < 3; i++) limit.note(5n);
    expect(limit.isExceeded(5n)).toBe(true);
    expect(limit.size.denials).toBe(denialsRememberedMax);
  });

  it('holds no more for one sender either', () => {
    const { limit } = openLimit();
    for (let i = 0; i < denialsRememberedMax + 10; i++) limit.note(1n);
    expect(limit.size).toEqual({ denials: denialsRememberedMax, senders: 1 });
    expect(limit.isExceeded(1n)).toBe(true);
  });

  it('can be counted to when it is set above that bound', () => {
    const { limit } = openLimit(denialsRememberedMax + 5);
    for (let i = 0; i < denialsRememberedMax + 4; i++) limit.note(1n);
    expect(limit.isExceeded(1n)).toBe(false);
    limit.note(1n);
    expect(limit.isExceeded(1n)).toBe(true);
  });
});
