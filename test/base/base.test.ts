import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { assert, InvariantError, unreachable } from '../../src/base/assert.ts';
import { BoundedQueue } from '../../src/base/bounded-queue.ts';
import {
  bigIntToBytes,
  bigIntToHex,
  bytesToBigInt,
  bytesToHex,
  concatBytes,
  hexToBytes,
} from '../../src/base/bytes.ts';
import { systemClock, unixSeconds } from '../../src/base/clock.ts';
import { defineErrors, errorCatalogues, isPrivityError } from '../../src/base/errors.ts';
import { equalConstantTime, Secret } from '../../src/base/secret.ts';
import { createLog } from '../../src/node/log.ts';

describe('Secret', () => {
  const value = 'correct horse battery staple';
  const ways: Readonly<Record<string, (secret: Secret<string>) => string>> = {
    template: (secret) => `${secret}`,
    String: (secret) => String(secret),
    joining: (secret) => [secret].join(''),
    JSON: (secret) => JSON.stringify({ secret }),
    inspect: (secret) => inspect(secret, { depth: null, showHidden: true }),
    'inspect nested': (secret) => inspect({ a: [secret] }, { depth: null }),
    keys: (secret) => JSON.stringify([Object.keys(secret), Object.entries(secret), { ...secret }]),
    error: (secret) => inspect(new Error(`no key ${secret}`, { cause: secret })),
    log: (secret) => {
      let line = '';
      createLog('info', { write: (text) => (line += text) }).info({ secret, deep: { secret } }, `with ${secret}`);
      return line;
    },
  };

  it.each(Object.keys(ways))('is never printed: %s', (way) => {
    const text = ways[way]!(new Secret(value));
    expect(text).not.toContain('horse');
    // The control: the same way shows what is not secret.
    expect(ways[way]!(value as never)).toContain(way === 'keys' ? 'h' : 'horse');
  });

  it('is not cloned either', () => {
    const clone: unknown = structuredClone(new Secret(value));
    expect(inspect(clone)).not.toContain('horse');
  });

  it('reveals what it holds', () => {
    expect(new Secret(value).reveal()).toBe(value);
  });

  it('compares bytes of any lengths', () => {
    expect(equalConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
    expect(equalConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
    expect(equalConstantTime(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 3))).toBe(false);
    expect(equalConstantTime(new Uint8Array(), new Uint8Array())).toBe(true);
  });
});

describe('BoundedQueue', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses the limit %s', (limit) => {
    expect(() => new BoundedQueue(limit)).toThrow(InvariantError);
  });

  it('answers false when full, and takes again when there is room', () => {
    const queue = new BoundedQueue<number>(2);
    expect([queue.push(1), queue.push(2), queue.push(3)]).toEqual([true, true, false]);
    expect(queue.shift()).toBe(1);
    expect(queue.push(4)).toBe(true);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([2, 4, undefined]);
    expect(queue.size).toBe(0);
  });

  it('keeps the order over many turns', () => {
    const queue = new BoundedQueue<number>(3000);
    let next = 0;
    for (let i = 0; i < 20_000; i++) {
      expect(queue.push(i)).toBe(true);
      if (i % 8 !== 0) expect(queue.shift()).toBe(next++);
    }
    expect(queue.size).toBe(20_000 - next);
  });
});

describe('bytes', () => {
  it.each(['0x', '0x00', '0xff00', '0x00000000000000000000000000000000000000000000000000000000000000ff'])(
    '%s comes back',
    (hex) => {
      expect(bytesToHex(hexToBytes(hex))).toBe(hex);
    },
  );

  it.each(['', '0', 'ff', '0x0', '0xg0', '0x 1', ' 0x00', '0x00 ', '0X00', '0x00\n'])('refuses %j', (hex) => {
    expect(() => hexToBytes(hex)).toThrow(RangeError);
  });

  it('reads a view, not the buffer behind it', () => {
    const view = Uint8Array.of(1, 2, 3, 4).subarray(1, 3);
    expect(bytesToHex(view)).toBe('0x0203');
    expect(bytesToBigInt(view)).toBe(0x0203n);
  });

  it('writes exactly the asked length, or refuses', () => {
    expect(bigIntToHex(0n, 2)).toBe('0x0000');
    expect(bigIntToHex(255n, 1)).toBe('0xff');
    expect(bigIntToBytes((1n << 256n) - 1n, 32)).toEqual(new Uint8Array(32).fill(255));
    expect(() => bigIntToBytes(256n, 1)).toThrow(RangeError);
    expect(() => bigIntToBytes(1n << 256n, 32)).toThrow(RangeError);
    expect(() => bigIntToBytes(-1n, 32)).toThrow(RangeError);
    expect(() => bigIntToBytes(1n, 0)).toThrow(RangeError);
  });

  it('joins without sharing memory', () => {
    const a = Uint8Array.of(1);
    const joined = concatBytes(a, new Uint8Array(), Uint8Array.of(2));
    a[0] = 9;
    expect(joined).toEqual(Uint8Array.of(1, 2));
    expect(bytesToBigInt(new Uint8Array())).toBe(0n);
  });
});

describe('errors', () => {
  const spec = { httpStatus: 400, rpcCode: -32000, publicText: 'What everybody may read.' };
  const raise = defineErrors('test layer', { TEST_ONE: spec });

  it('keeps public and internal text apart', () => {
    const error = raise('TEST_ONE', 'what only the log may read');
    expect(error).toMatchObject({ code: 'TEST_ONE', httpStatus: 400, rpcCode: -32000, publicText: spec.publicText });
    expect(error.publicText).not.toContain('log');
    expect(raise('TEST_ONE', '', { publicText: 'other' }).publicText).toBe('other');
  });

  it('walks its causes', () => {
    const root = new RangeError('root');
    const error = raise('TEST_ONE', '', { cause: new Error('between', { cause: root }) });
    expect(error.walk((e) => e instanceof RangeError)).toBe(root);
    expect(error.walk((e) => e instanceof TypeError)).toBeUndefined();
  });

  it('is told apart by code', () => {
    expect(isPrivityError(raise('TEST_ONE'))).toBe(true);
    expect(isPrivityError(raise('TEST_ONE'), 'TEST_TWO')).toBe(false);
    expect(isPrivityError({ code: 'TEST_ONE' })).toBe(false);
  });

  it('refuses a layer or a code defined twice', () => {
    expect(() => defineErrors('test layer', {})).toThrow('twice');
    expect(() => defineErrors('another layer', { TEST_ONE: spec })).toThrow('twice');
    expect(errorCatalogues().has('another layer')).toBe(false);
    expect(errorCatalogues().get('test layer')).toHaveProperty('TEST_ONE');
  });
});

describe('assert and clock', () => {
  it('throws its own error, which no catalogue knows', () => {
    expect(() => assert(0, 'zero')).toThrow(InvariantError);
    expect(() => unreachable('x' as never)).toThrow(InvariantError);
    expect(() => assert('x', 'fine')).not.toThrow();
  });

  it('wakes at once when aborted, before and during a sleep, and leaves no listener', async () => {
    const stop = new AbortController();
    const before = performance.now();
    const sleeping = systemClock.sleep(60_000, stop.signal);
    stop.abort();
    await sleeping;
    await systemClock.sleep(60_000, stop.signal);
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(unixSeconds({ now: () => 1999, sleep: async () => undefined })).toBe(1);
  });
});
