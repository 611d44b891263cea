import { createHash } from 'node:crypto';
import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bn254 } from '@noble/curves/bn254.js';
import { afterAll, describe, expect, test } from 'vitest';
import { concatBytes } from '../../../src/base/bytes.ts';
import { checkString } from '../../../src/prover/string/check-string.ts';
import { developmentSecret } from '../../../src/prover/string/development-secret.ts';
import { FQ_MODULUS } from '../../../src/prover/string/field.ts';
import { generateDevelopmentString } from '../../../src/prover/string/generate-development-string.ts';
import { IGNITION_G2 } from '../../../src/prover/string/ignition-g2.ts';
import { importIgnition, importPtau } from '../../../src/prover/string/import-string.ts';
import { encodeG2, fromNobleG2, type G2Point } from '../../../src/prover/string/points.ts';
import { prepareDevelopmentString } from '../../../src/prover/string/prepare-string.ts';
import { G1_FILE, G2_FILE, openString, type ReferenceString } from '../../../src/prover/string/reference-string.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const POINTS = 513;
/** sha256 of the first 513 points of the development string. */
const PREFIX_SHA256 = '69811fbfdd703621e879a2f36b221e19be35946b32f64518f88f8526802b1a5c';
const secretInG2 = fromNobleG2(bn254.G2.Point.BASE.multiply(developmentSecret()));

/** Made once; each test gets a copy to spoil. */
let made: Promise<ReferenceString> | undefined;
const original = join(tmpdir(), `privity-test-string-${process.pid}`);

async function small(): Promise<ReferenceString> {
  made ??= generateDevelopmentString({ directory: original, points: POINTS, workers: 2 });
  const string = await made;
  const directory = await temporaryFolder();
  await cp(original, directory, { recursive: true });
  return { ...string, directory };
}

afterAll(() => rm(original, { recursive: true, force: true }));

describe('the development string', () => {
  test('is the same on every machine', async () => {
    const { description, g2 } = await small();
    expect(description).toMatchObject({ source: 'development', points: POINTS, g1Sha256: PREFIX_SHA256 });
    expect(g2).toEqual(secretInG2);
  });

  test('passes the check that an imported one must pass, and opens again', async () => {
    const string = await small();
    await checkString({ g1Path: join(string.directory, G1_FILE), g2: string.g2, workers: 2 });
    expect(await openString(string.directory)).toEqual(string);
  });

  test('stops when told to', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(generateDevelopmentString({ directory: await temporaryFolder(), signal })).rejects.toThrow('stop');
  });

  test('stops when told to while its threads work, and leaves no string', async () => {
    const stop = new AbortController();
    const directory = await temporaryFolder();
    let told = 0;
    const progress = () => {
      told += 1;
      stop.abort(new Error('stop'));
    };
    const running = generateDevelopmentString({
      directory,
      points: 1 << 17,
      workers: 2,
      signal: stop.signal,
      progress,
    });
    await expect(running).rejects.toThrow('stop');
    expect(told).toBe(1);
    expect(await openString(directory)).toBeUndefined();
  });

  test('is checked no further when told to stop', async () => {
    const { directory, g2 } = await small();
    const stop = new AbortController();
    const running = checkString({ g1Path: join(directory, G1_FILE), g2, signal: stop.signal });
    setImmediate(() => stop.abort(new Error('stop')));
    await expect(running).rejects.toThrow('stop');
  });

  test('of another length is not taken for it', async () => {
    const { directory } = await small();
    await expect(prepareDevelopmentString({ directory })).rejects.toThrow('STRING_HASH_MISMATCH');
  });
});

describe('a string on disk', () => {
  test('is absent without its description', async () => {
    expect(await openString(await temporaryFolder())).toBeUndefined();
  });

  test.each([G1_FILE, G2_FILE])('with one bit of %s changed does not open', async (file) => {
    const { directory } = await small();
    await flipBit(join(directory, file), 100);
    await expect(openString(directory)).rejects.toThrow('STRING_INVALID');
  });

  test('that is truncated or badly described does not open', async () => {
    const { directory } = await small();
    await truncate(join(directory, G1_FILE), 64 * (POINTS - 1));
    await expect(openString(directory)).rejects.toThrow('STRING_INVALID');
    await writeFile(join(directory, 'string.json'), '{"source":"mine"}');
    await expect(openString(directory)).rejects.toThrow('STRING_INVALID');
  });
});

describe('the check refuses', () => {
  const refuse = async (change: (bytes: Uint8Array) => Uint8Array, g2: G2Point, reason: RegExp) => {
    const path = join((await small()).directory, G1_FILE);
    await writeFile(path, change(new Uint8Array(await readFile(path))));
    await expect(checkString({ g1Path: path, g2, workers: 2 })).rejects.toThrow(reason);
  };
  const same = (bytes: Uint8Array) => bytes;

  test('a point beside the curve', () => refuse((b) => flipped(b, 64 * 300 + 40), secretInG2, /not on the curve/));
  test('a coordinate that is not reduced', () =>
    refuse((b) => withPoint(b, 5, FQ_MODULUS + 1n, 2n), secretInG2, /point 5 is not on the curve/));
  test('a point of the curve that is no power', () =>
    refuse((b) => withPoint(b, 400, 1n, 2n), secretInG2, /not the powers/));
  test('two powers exchanged', () => refuse((b) => exchanged(b, 10, 11), secretInG2, /not the powers/));
  test('a last power that is another', () =>
    refuse((b) => withPoint(b, POINTS - 1, 1n, 2n), secretInG2, /not the powers/));
  test('powers that start elsewhere', () => refuse((b) => b.subarray(64), secretInG2, /not the generator/));
  test('the G2 point of another secret', () => refuse(same, IGNITION_G2, /not the powers/));
  test('the secret 1', () => refuse(same, fromNobleG2(bn254.G2.Point.BASE), /secret is 1/));
  test('a part of a point at the end', () => refuse((b) => b.subarray(0, b.length - 1), secretInG2, /whole number/));
  test('a single point', () => refuse((b) => b.subarray(0, 64), secretInG2, /fewer than two/));
});

describe('a .ptau', () => {
  const file = async (bytes: Uint8Array) => {
    const path = join(await temporaryFolder(), 'pot.ptau');
    await writeFile(path, bytes);
    return path;
  };
  const good = async () => ptauOf(new Uint8Array(await readFile(join((await small()).directory, G1_FILE))), secretInG2);

  test('becomes the same string, its published hash checked first', async () => {
    const bytes = await good();
    const hex = createHash('blake2b512').update(bytes).digest('hex');
    const string = await importPtau({
      file: await file(bytes),
      directory: await temporaryFolder(),
      points: POINTS,
      publishedHash: { algorithm: 'blake2b512', hex },
    });
    expect(string.description).toMatchObject({ source: 'ptau', points: POINTS, g1Sha256: PREFIX_SHA256 });
    expect(string.g2).toEqual(secretInG2);
  });

  test('with another hash than the published one is refused before anything is written', async () => {
    const directory = await temporaryFolder();
    const publishedHash = { algorithm: 'sha256', hex: '00'.repeat(32) } as const;
    await expect(
      importPtau({ file: await file(await good()), directory, points: POINTS, publishedHash }),
    ).rejects.toThrow('STRING_HASH_MISMATCH');
    expect(await openString(directory)).toBeUndefined();
  });

  test.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['another format', (b) => flipped(b, 0), /not a .ptau/],
    ['another version', (b) => flipped(b, 4), /unknown version/],
    ['too many sections', (b) => flipped(b, 9), /too many sections/],
    ['another curve', (b) => flipped(b, 40), /not BN254/],
    ['a truncated file', (b) => b.subarray(0, b.length - 1), /truncated/],
    ['a file of a few bytes', (b) => b.subarray(0, 7), /truncated/],
    ['a changed point', (b) => flipped(b, 5000), /not on the curve|not reduced|not the powers/],
    ['a changed secret in G2', (b) => flipped(b, b.length - 100), /STRING_INVALID|not reduced/],
  ])('%s is refused and leaves nothing', async (_, change, reason) => {
    const directory = await temporaryFolder();
    const path = await file(change(await good()));
    await expect(importPtau({ file: path, directory, points: POINTS })).rejects.toThrow(reason);
    expect(await openString(directory)).toBeUndefined();
  });

  test('with too few points, or absent, is refused', async () => {
    const directory = await temporaryFolder();
    await expect(importPtau({ file: await file(await good()), directory, points: POINTS + 1 })).rejects.toThrow(
      /fewer than/,
    );
    await expect(importPtau({ file: join(directory, 'none'), directory })).rejects.toThrow('STRING_INVALID');
  });
});

describe('Ignition files', () => {
  const files = async (g2: Uint8Array) => {
    const { directory } = await small();
    const g2File = join(directory, 'given-g2.dat');
    await writeFile(g2File, g2);
    return { g1File: join(directory, G1_FILE), g2File, directory: await temporaryFolder(), points: POINTS };
  };

  test('of another ceremony are refused by their G2 point', async () => {
    await expect(importIgnition(await files(encodeG2(secretInG2)))).rejects.toThrow(/not the one of Ignition/);
  });

  test('with the right G2 point and other powers are refused by pairing', async () => {
    const options = await files(encodeG2(IGNITION_G2));
    await expect(importIgnition(options)).rejects.toThrow(/not the powers/);
    expect(await openString(options.directory)).toBeUndefined();
  });

  test.each([
    ['short', (b: Uint8Array) => b.subarray(1)],
    ['off the curve', (b: Uint8Array) => flipped(b, 127)],
    ['outside the subgroup or the curve', () => concatBytes(new Uint8Array(31), Uint8Array.of(1), new Uint8Array(96))],
  ])('a G2 point that is %s is refused', async (_, change) => {
    await expect(importIgnition(await files(change(encodeG2(IGNITION_G2))))).rejects.toThrow('STRING_INVALID');
  });

  test('with too few points are refused', async () => {
    const options = await files(encodeG2(IGNITION_G2));
    await expect(importIgnition({ ...options, points: POINTS + 1 })).rejects.toThrow(/fewer than/);
  });
});

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 1;
  return copy;
}

async function flipBit(path: string, at: number): Promise<void> {
  await writeFile(path, flipped(new Uint8Array(await readFile(path)), at));
}

function withPoint(bytes: Uint8Array, index: number, x: bigint, y: bigint): Uint8Array {
  const copy = bytes.slice();
  copy.set(Buffer.from(x.toString(16).padStart(64, '0') + y.toString(16).padStart(64, '0'), 'hex'), index * 64);
  return copy;
}

function exchanged(bytes: Uint8Array, a: number, b: number): Uint8Array {
  const copy = bytes.slice();
  copy.set(bytes.subarray(a * 64, a * 64 + 64), b * 64);
  copy.set(bytes.subarray(b * 64, b * 64 + 64), a * 64);
  return copy;
}

/** A .ptau as snarkjs lays it out: header, powers in G1, powers in G2; little-endian, Montgomery. */
function ptauOf(g1: Uint8Array, g2: G2Point): Uint8Array {
  const montgomery = (value: bigint) => {
    const hex = ((value << 256n) % FQ_MODULUS).toString(16).padStart(64, '0');
    return new Uint8Array(Buffer.from(hex, 'hex').reverse());
  };
  const elements = (bytes: Uint8Array) =>
    Array.from({ length: bytes.length / 32 }, (_, i) =>
      montgomery(BigInt(`0x${Buffer.from(bytes.subarray(i * 32, i * 32 + 32)).toString('hex')}`)),
    );
  const u32 = (value: number) => new Uint8Array(Uint32Array.of(value).buffer);
  const section = (type: number, data: Uint8Array) =>
    concatBytes(u32(type), new Uint8Array(BigUint64Array.of(BigInt(data.length)).buffer), data);
  const modulus = new Uint8Array(Buffer.from(FQ_MODULUS.toString(16).padStart(64, '0'), 'hex').reverse());
  const generator = fromNobleG2(bn254.G2.Point.BASE);
  return concatBytes(
    new TextEncoder().encode('ptau'),
    u32(1),
    u32(3),
    section(1, concatBytes(u32(32), modulus, u32(9), u32(9))),
    section(2, concatBytes(...elements(g1))),
    section(3, concatBytes(...[generator, g2].flatMap((point) => elements(encodeG2(point))))),
  );
}
