import { bls12_381 } from '@noble/curves/bls12-381.js';
import { hexToBytes } from '../../base/bytes.ts';

/** [tau]G2 of Ethereum's KZG ceremony (consensus-specs, trusted setup 4096, g2_monomial[1]). */
const TAU_G2 = bls12_381.G2.Point.fromHex(
  'b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72' +
    '185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2',
);

const G1 = bls12_381.G1.Point;
const G2 = bls12_381.G2.Point;
const ORDER = bls12_381.fields.Fr.ORDER;

/** EIP-4844's point evaluation: e(C - [y]G1, G2) = e(proof, [tau - z]G2). Throws on points or scalars that are not canonical. */
export function verifyPointEvaluation(commitment: string, z: string, y: string, proof: string): boolean {
  const c = pointOf(commitment);
  const p = pointOf(proof);
  const left = c.subtract(times(G1.BASE, scalarOf(y)));
  const right = TAU_G2.subtract(times(G2.BASE, scalarOf(z)));
  const terms = [
    { g1: left.negate(), g2: G2.BASE },
    { g1: p, g2: right },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  if (terms.length === 0) return true;
  return bls12_381.fields.Fp12.eql(bls12_381.pairingBatch(terms), bls12_381.fields.Fp12.ONE);
}

function pointOf(hex: string) {
  const point = G1.fromBytes(hexToBytes(hex));
  if (!point.is0()) point.assertValidity();
  return point;
}

function scalarOf(hex: string): bigint {
  const scalar = BigInt(hex);
  if (scalar >= ORDER) throw new RangeError('a scalar is not below the order');
  return scalar;
}

interface Multipliable<P> {
  multiplyUnsafe(scalar: bigint): P;
}

const times = <P extends Multipliable<P>>(point: P, scalar: bigint): P => point.multiplyUnsafe(scalar);
