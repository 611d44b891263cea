/** Bytes of points: 64-byte affine big-endian G1, 128-byte G2 with the real part of a coordinate before the imaginary one (as bb reads). */

import { bn254 } from '@noble/curves/bn254.js';
import { bigIntToBytes, bytesToBigInt, concatBytes } from '../../base/bytes.ts';
import type { PointColumns } from './affine-batch.ts';
import { FQ_MODULUS } from './field.ts';

export const G1_BYTES = 64;
export const G2_BYTES = 128;

export interface G1Point {
  readonly x: bigint;
  readonly y: bigint;
}

/** Coordinates over Fq2, real part first. */
export interface G2Point {
  readonly x: readonly [bigint, bigint];
  readonly y: readonly [bigint, bigint];
}

export function encodeG1Columns(points: PointColumns): Uint8Array<ArrayBuffer> {
  const hex: string[] = [];
  for (let i = 0; i < points.x.length; i++) {
    hex.push(points.x[i]!.toString(16).padStart(64, '0'), points.y[i]!.toString(16).padStart(64, '0'));
  }
  return new Uint8Array(Buffer.from(hex.join(''), 'hex'));
}

/** Throws a RangeError unless the bytes at `offset` are a point of the curve other than infinity. G1 has no cofactor. */
export function decodeG1(bytes: Uint8Array, offset = 0): G1Point {
  const x = bytesToBigInt(bytes.subarray(offset, offset + 32));
  const y = bytesToBigInt(bytes.subarray(offset + 32, offset + 64));
  if (x >= FQ_MODULUS || y >= FQ_MODULUS) throw new RangeError('a coordinate is not reduced');
  if ((y * y - x * x * x - 3n) % FQ_MODULUS !== 0n) throw new RangeError('not a point of the curve');
  return { x, y };
}

export function encodeG2({ x, y }: G2Point): Uint8Array {
  return concatBytes(...[...x, ...y].map((limb) => bigIntToBytes(limb, 32)));
}

/** Throws a RangeError unless the bytes are a point of the right subgroup other than infinity. */
export function decodeG2(bytes: Uint8Array): G2Point {
  if (bytes.length !== G2_BYTES) throw new RangeError(`a G2 point has ${G2_BYTES} bytes`);
  const [x0, x1, y0, y1] = [0, 32, 64, 96].map((at) => bytesToBigInt(bytes.subarray(at, at + 32))) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  if ([x0, x1, y0, y1].some((limb) => limb >= FQ_MODULUS)) throw new RangeError('a coordinate is not reduced');
  const point: G2Point = { x: [x0, x1], y: [y0, y1] };
  try {
    toNobleG2(point).assertValidity();
  } catch (cause) {
    throw new RangeError('not a point of the G2 subgroup', { cause });
  }
  return point;
}

export function toNobleG2({ x, y }: G2Point): InstanceType<typeof bn254.G2.Point> {
  return bn254.G2.Point.fromAffine({ x: { c0: x[0], c1: x[1] }, y: { c0: y[0], c1: y[1] } });
}

export function fromNobleG2(point: InstanceType<typeof bn254.G2.Point>): G2Point {
  const { x, y } = point.toAffine();
  return { x: [x.c0, x.c1], y: [y.c0, y.c1] };
}

export const toNobleG1 = ({ x, y }: G1Point) => bn254.G1.Point.fromAffine({ x, y });

export const G2_GENERATOR: G2Point = fromNobleG2(bn254.G2.Point.BASE);
