import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import { openEnvironmentKek } from '../../../src/store/envelope/environment-kek.ts';
import { createKekFile, openFileKek } from '../../../src/store/envelope/file-kek.ts';
import { expectCode } from '../harness.ts';

const deps = { random: randomBytes };
const context = Buffer.from('what for');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'privity-kek-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a new KEK file is readable by its owner alone, is never replaced, and opens what it wrapped', async () => {
  const path = join(folder, 'kek');
  await createKekFile(path, deps);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const content = readFileSync(path, 'utf8');
  await expectCode(createKekFile(path, deps), 'STORE_CONFLICT');
  expect(readFileSync(path, 'utf8')).toBe(content);
  const [one, two] = [await openFileKek(path, deps), await openFileKek(path, deps)];
  const key = new Secret(new Uint8Array(randomBytes(32)));
  const wrapped = await one.wrap(key, context);
  expect((await two.unwrap(wrapped, context)).reveal()).toEqual(key.reveal());
  await expectCode(two.unwrap(wrapped, Buffer.from('something else')), 'STORE_KEK_WRONG');
  await expectCode(two.unwrap(wrapped.subarray(1), context), 'STORE_KEK_WRONG');
  await createKekFile(join(folder, 'other'), deps);
  const other = await openFileKek(join(folder, 'other'), deps);
  expect(other.id).not.toBe(one.id);
  await expectCode(other.unwrap(wrapped, context), 'STORE_KEK_WRONG');
});

test('the same 32 bytes are the same KEK from a raw file, a hexadecimal file and the environment', async () => {
  const bytes = randomBytes(32);
  const write = (name: string, content: Uint8Array | string) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return openFileKek(join(folder, name), deps);
  };
  const keks = [
    await write('raw', bytes),
    await write('hex', `${bytes.toString('hex')}\n`),
    await write('prefixed', `0x${bytes.toString('hex')}`),
    openEnvironmentKek('PRIVITY_KEK', { environment: { PRIVITY_KEK: bytes.toString('hex') }, ...deps }),
  ];
  expect(new Set(keks.map((kek) => kek.id)).size).toBe(1);
});

test('what is not a KEK, or is not kept like one, is refused', async () => {
  const path = join(folder, 'kek');
  await expectCode(openFileKek(path, deps), 'STORE_KEK_MISSING');
  for (const content of ['', 'short', randomBytes(31), randomBytes(33), 'g'.repeat(64), randomBytes(5_000)]) {
    writeFileSync(path, content, { mode: 0o600 });
    await expectCode(openFileKek(path, deps), 'STORE_KEK_MISSING');
  }
  for (const content of [Buffer.alloc(32), '0'.repeat(64), Buffer.alloc(32, 0xff)]) {
    writeFileSync(path, content);
    await expectCode(openFileKek(path, deps), 'STORE_KEK_UNSAFE');
  }
  writeFileSync(path, randomBytes(32));
  for (const mode of [0o640, 0o604, 0o660, 0o644]) {
    chmodSync(path, mode);
    await expectCode(openFileKek(path, deps), 'STORE_KEK_UNSAFE');
  }
  const open = async (value: string | undefined) => openEnvironmentKek('K', { environment: { K: value }, ...deps });
  for (const value of [undefined, '', 'abc', 'z'.repeat(64)]) await expectCode(open(value), 'STORE_KEK_MISSING');
});

test('no error and no printing of a KEK shows its bytes', async () => {
  const hex = randomBytes(32).toString('hex');
  const kek = openEnvironmentKek('K', { environment: { K: hex }, ...deps });
  const shown = [inspect(kek, { depth: 9, showHidden: true }), JSON.stringify(kek), String(kek)];
  const errors = await Promise.allSettled([
    (async () => openEnvironmentKek('K', { environment: { K: `${hex}ff` }, ...deps }))(),
    kek.unwrap(randomBytes(80), context),
  ]);
  for (const error of errors) if (error.status === 'rejected') shown.push(inspect(error.reason, { depth: 9 }));
  expect(shown).toHaveLength(5);
  for (const text of shown) expect(text).not.toContain(hex.slice(0, 16));
});
