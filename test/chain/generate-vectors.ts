/** Prints test/chain/vectors.json. A changed vector is a changed protocol: the statement version goes up, or the change is wrong. */

import { VECTOR_CASES } from './vector-cases.ts';

const text = JSON.stringify(
  VECTOR_CASES.map(({ name, preimage, computed }) => ({ name, ...preimage, result: computed })),
  (_key, value: unknown) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value),
  2,
);
process.stdout.write(`${text}\n`);
