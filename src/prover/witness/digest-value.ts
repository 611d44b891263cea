import { DIGEST_FIELDS, type Digest } from '../../chain/digest.ts';
import type { CircuitStruct } from './circuit-value.ts';

const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** A digest as the Noir struct of the same fields. */
export const digestValue = (digest: Digest): CircuitStruct =>
  Object.fromEntries(DIGEST_FIELDS.map((field) => [snake(field), digest[field]]));
