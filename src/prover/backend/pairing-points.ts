/**
 * A proof that verified others inside itself starts with two points that remain to be paired: e(P0, [1]) e(P1, [x]) = 1 says that all of them,
 * however deep, opened their commitments truly. L1's verifier pairs the last ones; here the same is checked for every merge, which finds
 * a bad child at once under any reference string.
 */

import { bn254 } from '@noble/curves/bn254.js';
import { bytesToBigInt } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';
import { FQ_MODULUS } from '../string/field.ts';
import { type G1Point, type G2Point, toNobleG1, toNobleG2 } from '../string/points.ts';

/** Two points, two coordinates, two limbs of 136 bits, the lower limb first. */
export const PAIRING_POINT_FIELDS = 8;
const LIMB_BITS = 136n;

export interface PairingPoints {
  readonly p0: G1Point;
  readonly p1: G1Point;
}

/** Undefined when all are zero: the proof verified no other. */
export function readPairingPoints(proof: Uint8Array): PairingPoints | undefined {
  if (proof.length < PAIRING_POINT_FIELDS * 32) throw proverError('PROOF_MALFORMED', 'too short for pairing points');
  const limbs = Array.from({ length: PAIRING_POINT_FIELDS }, (_, i) =>
    bytesToBigInt(proof.subarray(i * 32, i * 32 + 32)),
  );
  if (limbs.every((limb) => limb === 0n)) return undefined;
  const coordinate = (i: number) => limbs[2 * i]! + (limbs[2 * i + 1]! << LIMB_BITS);
  return { p0: { x: coordinate(0), y: coordinate(1) }, p1: { x: coordinate(2), y: coordinate(3) } };
}

export function pairingHolds({ p0, p1 }: PairingPoints, secretInG2: G2Point): boolean {
  if (!isOnCurve(p0) || !isOnCurve(p1)) return false;
  const product = bn254.pairingBatch([
    { g1: toNobleG1(p0), g2: bn254.G2.Point.BASE },
    { g1: toNobleG1(p1), g2: toNobleG2(secretInG2) },
  ]);
  return bn254.fields.Fp12.eql(product, bn254.fields.Fp12.ONE);
}

const isOnCurve = ({ x, y }: G1Point): boolean =>
  x < FQ_MODULUS && y < FQ_MODULUS && (y * y - x * x * x - 3n) % FQ_MODULUS === 0n;
