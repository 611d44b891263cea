import { FR_MODULUS } from '../../chain/constants.ts';
import { permute } from '../../chain/poseidon2.ts';

const add = (element: bigint, input = 0n): bigint => (element + input) % FR_MODULUS;

/** The hash by which a circuit pins a verification key: Noir's own Poseidon2 sponge, without a tag, over the key's elements. */
export function hashKeyFields(fields: readonly bigint[]): bigint {
  let state: Parameters<typeof permute>[0] = [0n, 0n, 0n, BigInt(fields.length) << 64n];
  for (let i = 0; i < fields.length; i += 3) {
    const [a, b, c, capacity] = state;
    state = permute([add(a, fields[i]), add(b, fields[i + 1]), add(c, fields[i + 2]), capacity]);
  }
  return state[0];
}
