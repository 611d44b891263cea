import { randomBytes } from 'node:crypto';
import { bn254 } from '@noble/curves/bn254.js';
import { expect, test } from 'vitest';
import { FR_MODULUS } from '../../../src/chain/constants.ts';
import { AffineBatch, emptyPoints } from '../../../src/prover/string/affine-batch.ts';
import { BucketSum, coefficientAt, coefficientBytes, windowsFor } from '../../../src/prover/string/bucket-sum.ts';
import { FQ_MODULUS, invertFq, mulFq } from '../../../src/prover/string/field.ts';
import { buildFixedBaseTable, multiplyGenerator } from '../../../src/prover/string/fixed-base.ts';

const G = bn254.G1.Point.BASE;

test('field products and inverses agree with plain arithmetic, at the edges too', () => {
  const edge = [0n, 1n, 2n, FQ_MODULUS - 1n, FQ_MODULUS - 2n, (1n << 253n) - 1n];
  const random = Array.from({ length: 200 }, () => BigInt(`0x${randomBytes(32).toString('hex')}`) % FQ_MODULUS);
  for (const a of [...edge, ...random]) {
    for (const b of edge) expect(mulFq(a, b)).toBe((a * b) % FQ_MODULUS);
    if (a !== 0n) expect(mulFq(a, invertFq(a))).toBe(1n);
  }
  expect(() => invertFq(0n)).toThrow();
});

test('multiples of the generator agree with @noble/curves, with carries through every window', () => {
  const scalars = [1n, 2n, 0x8000n, 0x8001n, 0xffffn, 0x10000n, FR_MODULUS - 1n, (1n << 253n) - 1n];
  for (let i = 0; i < 50; i++) scalars.push(BigInt(`0x${randomBytes(32).toString('hex')}`) % FR_MODULUS);
  const points = multiplyGenerator(buildFixedBaseTable(), scalars);
  for (const [i, scalar] of scalars.entries()) {
    expect({ x: points.x[i], y: points.y[i] }).toEqual(G.multiply(scalar).toAffine());
  }
});

test('a batch doubles equal points and lets opposite ones vanish', () => {
  const points = emptyPoints(2);
  const batch = new AffineBatch(points, 2);
  for (const y of [2n, 2n]) batch.add(0, 1n, y);
  for (const y of [2n, FQ_MODULUS - 2n]) batch.add(1, 1n, y);
  batch.flush();
  expect({ x: points.x[0], y: points.y[0] }).toEqual(G.double().toAffine());
  expect(points.set[1]).toBe(0);
});

test.each([40, 2 ** 17])(
  'bucket sums agree with a plain sum, also when one bucket is hit again and again (%i)',
  (points) => {
    const windows = windowsFor(points);
    const random = randomBytes(40 * coefficientBytes(windows));
    random.fill(7, 0, 10 * coefficientBytes(windows));
    const sum = new BucketSum(windows);
    let expected = bn254.G1.Point.ZERO;
    for (let i = 0; i < 40; i++) {
      const coefficient = coefficientAt(random, i, windows);
      const point = G.multiply(BigInt(i + 1));
      const { x, y } = point.toAffine();
      sum.add(coefficient, x, y);
      const scalar = coefficient.reduce((total, digit, w) => total + (BigInt(digit) << BigInt(windows.bits * w)), 0n);
      if (scalar !== 0n) expected = expected.add(point.multiply(scalar));
    }
    expect(sum.total().equals(expected)).toBe(true);
  },
);
