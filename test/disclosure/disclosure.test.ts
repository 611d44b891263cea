/** G9: a disclosed fact is checkable from one file and Ethereum; a file with anything changed in it is rejected, with a code. */

import { beforeAll, describe, expect, it } from 'vitest';
import { isPrivityError } from '../../src/base/errors.ts';
import { FR_MODULUS } from '../../src/chain/constants.ts';
import { type Bundle, parseBundle } from '../../src/disclosure/bundle.ts';
import { verifyBundle } from '../../src/disclosure/verify.ts';
import { alice, bob, ETHER } from '../sequencer/scene.ts';
import { CONTRACT, type DisclosedBatch, discloseBatch, l1View } from './scene.ts';

let batch: DisclosedBatch;
beforeAll(async () => {
  batch = await discloseBatch();
});

const KINDS = ['transfer', 'withdrawal', 'balance'] as const;
type Json = string | number | Json[] | { [name: string]: Json };

/** The whole way of a file: text, parsing, verification. */
const check = (json: unknown, view = l1View(batch), expected?: { chainContract: bigint }) =>
  (async () => verifyBundle(parseBundle(JSON.stringify(json)), view, expected))();
const codeOf = (act: Promise<unknown>) =>
  act.then(
    () => 'accepted',
    (error: unknown) => (isPrivityError(error) ? error.code : `uncoded: ${error}`),
  );

/** Every place in the file, with what to put there. */
function* changes(json: Json, path: string[] = []): Generator<{ path: string; changed: Json }> {
  if (typeof json === 'string') {
    for (const changed of [flipped(json), '', '0x', 'x', '0x00', `0x${'f'.repeat(65)}`])
      if (changed !== json) yield { path: path.join('.'), changed };
  } else if (typeof json === 'number') {
    yield { path: path.join('.'), changed: json + 1 };
  } else if (Array.isArray(json)) {
    yield { path: path.join('.'), changed: [...json, '0x1'] };
    if (json.length > 0) yield { path: path.join('.'), changed: json.slice(1) };
    for (const [i, item] of json.entries())
      for (const { path: at, changed } of changes(item, [...path, String(i)]))
        yield { path: at, changed: json.with(i, changed) };
  } else {
    yield { path: path.join('.'), changed: { ...json, more: '0x1' } };
    for (const [name, value] of Object.entries(json)) {
      const { [name]: _, ...without } = json;
      yield { path: [...path, name].join('.'), changed: without };
      for (const { path: at, changed } of changes(value, [...path, name]))
        yield { path: at, changed: { ...json, [name]: changed } };
    }
  }
}

/** One bit of the last digit, or of a word. */
const flipped = (text: string): string =>
  /^0x[0-9a-f]+$/.test(text)
    ? `${text.slice(0, -1)}${(Number.parseInt(text.at(-1)!, 16) ^ 1).toString(16)}`
    : `${text}x`;

describe.each(KINDS)('a %s bundle', (kind) => {
  it('is accepted, and tells what is so', async () => {
    const fact = await check(batch[kind]);
    expect(fact).toMatchObject({ batch: 1n, l1ChainId: 31337n, l1Block: 99n, finalized: true });
    const expected = {
      transfer: { from: `0x${alice.address.toString(16).padStart(40, '0')}`, value: '1', status: '0x1', nonce: '0' },
      withdrawal: { to: '0x000000000000000000000000000000000000800a', value: '7', status: '0x1', nonce: '1' },
      balance: {
        address: `0x${bob.address.toString(16).padStart(40, '0')}`,
        balance: (100n * ETHER + 1n).toString(),
        nonce: '0',
      },
    }[kind];
    expect(fact.fact).toMatchObject(expected);
  });

  it('is rejected with a code when anything in it is changed, added or taken away', async () => {
    const bundle = batch[kind] as unknown as Json;
    const seen = new Set<string>();
    let tried = 0;
    for (const { path, changed } of changes(bundle)) {
      const code = await codeOf(check(changed));
      expect(code, `${path} changed`).toMatch(/^BUNDLE_/);
      seen.add(code);
      tried += 1;
    }
    expect(tried).toBeGreaterThan(150);
    expect([...seen].sort()).toEqual(
      [
        'BUNDLE_BATCH',
        'BUNDLE_CHAIN',
        'BUNDLE_MALFORMED',
        ...(kind === 'balance' ? ['BUNDLE_STATE'] : ['BUNDLE_RECORD', 'BUNDLE_TRANSACTION']),
      ].sort(),
    );
  });

  it('is rejected with any two siblings exchanged', async () => {
    const { siblings } = batch[kind];
    for (let i = 1; i < siblings.length; i++) {
      const exchanged = siblings.with(i, siblings[i - 1]!).with(i - 1, siblings[i]!);
      expect(await codeOf(check({ ...batch[kind], siblings: exchanged }))).toMatch(/^BUNDLE_(RECORD|STATE)$/);
    }
  });

  it.each([
    ['of another contract than the one asked', {}, { chainContract: CONTRACT + 1n }, 'BUNDLE_CHAIN'],
    ['on another Ethereum', { chainId: 1n }, undefined, 'BUNDLE_CHAIN'],
    ['whose batch is not executed', { executed: 0n }, undefined, 'BUNDLE_NOT_FINAL'],
  ])('is rejected %s', async (_name, view, expected, code) => {
    expect(await codeOf(check(batch[kind], l1View(batch, view), expected))).toBe(code);
  });

  it('is rejected when Ethereum holds another batch under the number', async () => {
    const other = { stored: { ...batch.stored, stateRoot: batch.stored.stateRoot + 1n } };
    expect(await codeOf(check(batch[kind], l1View(other)))).toBe('BUNDLE_BATCH');
  });

  it('says when Ethereum has not finalised the batch', async () => {
    expect(await check(batch[kind], l1View(batch, { finalized: 0n }))).toMatchObject({ finalized: false });
  });

  it('holds every number to its range: a value plus the modulus is not another way to write it', async () => {
    const bundle = JSON.stringify(batch[kind]);
    let tried = 0;
    for (const text of new Set(bundle.match(/0x[0-9a-f]+/g))) {
      const value = BigInt(text) + FR_MODULUS;
      if (value >= 1n << 256n || text.length > 70) continue;
      tried += 1;
      expect(
        await codeOf(check(JSON.parse(bundle.replaceAll(`"${text}"`, `"0x${value.toString(16)}"`)))),
        text,
      ).toMatch(/^BUNDLE_/);
    }
    expect(tried).toBeGreaterThan(10);
  });
});

describe('what is packed together', () => {
  it('a failed transaction cannot be made of a successful one by moving its status into the gas', async () => {
    const { gasUsed } = batch.transfer;
    const moved = { ...batch.transfer, status: '0x0', gasUsed: `0x${((1n << 64n) + BigInt(gasUsed)).toString(16)}` };
    expect(await codeOf(check(moved))).toBe('BUNDLE_MALFORMED');
  });
});

describe('files', () => {
  it.each(['', '{', 'null', '[]', '5', '"0x1"', '{}', '{"version":2}', '{"kind":"storage"}'])('refuses %j', (text) => {
    expect(() => parseBundle(text)).toThrow(expect.objectContaining({ code: 'BUNDLE_MALFORMED' }));
  });

  it('of one kind do not pass as another', async () => {
    for (const [kind, other] of [
      ['balance', batch.transfer],
      ['transaction', batch.balance],
    ] as const) {
      expect(await codeOf(check({ ...(other as Bundle), kind }))).toBe('BUNDLE_MALFORMED');
    }
  });

  it('open nothing about a neighbour: no other address, value or key stands in them', () => {
    const neighbours = [alice.address].map((address) => address.toString(16));
    for (const neighbour of neighbours) expect(JSON.stringify(batch.balance)).not.toContain(neighbour);
    expect(JSON.stringify(batch.withdrawal)).not.toContain(bob.address.toString(16));
    expect(JSON.stringify(batch.balance)).toContain(bob.address.toString(16));
  });
});
