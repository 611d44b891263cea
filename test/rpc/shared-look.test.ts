import { describe, expect, it } from 'vitest';
import { createSharedLook } from '../../src/rpc/shared-look.ts';

describe('a look for everybody', () => {
  const at = (looks: (() => Promise<string>)[]) => {
    let time = 5_000;
    let count = 0;
    const ask = createSharedLook(
      { maxAgeMs: 1_000 },
      { look: () => looks[Math.min(count++, looks.length - 1)]!(), clock: { now: () => time } },
    );
    return {
      ask,
      count: () => count,
      pass: (ms: number) => {
        time += ms;
      },
    };
  };

  it('is taken once while it lasts, however long that is', async () => {
    const first = Promise.withResolvers<string>();
    const { ask, count, pass } = at([() => first.promise, async () => 'second']);
    const asked = [ask(), ask()];
    pass(60_000);
    asked.push(ask());
    expect(count()).toBe(1);
    first.resolve('first');
    expect(await Promise.all(asked)).toEqual(['first', 'first', 'first']);
    pass(999);
    expect([await ask(), count()]).toEqual(['first', 1]);
    pass(1);
    expect([await ask(), count()]).toEqual(['second', 2]);
  });

  it('is not repeated sooner because it failed, and not kept for good when the clock is set back', async () => {
    const { ask, count, pass } = at([() => Promise.reject(new Error('away')), async () => 'back']);
    await expect(ask()).rejects.toThrow('away');
    await expect(ask()).rejects.toThrow('away');
    expect(count()).toBe(1);
    pass(-3_000);
    expect([await ask(), count()]).toEqual(['back', 2]);
  });
});
