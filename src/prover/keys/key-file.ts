/** circuits/keys.json: the committed keys. What is made on this machine must reproduce it; nobody proves or verifies under other keys. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { bigIntToBytes, bytesToHex, type Hex } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/);

const circuitSchema = z.strictObject({
  /** sha256 of the uncompressed opcodes. */
  circuitHash: hex32,
  gates: z.number().int().positive(),
  keyHash: hex32,
});

const keyFileSchema = z.strictObject({
  statementVersion: z.number().int().positive(),
  bbVersion: z.string().min(1),
  string: z.strictObject({
    source: z.enum(['development', 'ptau', 'ignition']),
    points: z.number().int(),
    hash: hex32,
  }),
  /** In the order of their positions under vkRoot. */
  circuits: z.array(circuitSchema.extend({ name: z.string(), kind: z.number().int().positive() })).min(2),
  vkRoot: hex32,
  wrap: circuitSchema,
  verifier: z.strictObject({
    /** keccak256 of the runtime bytecode: what `eth_getCode` must hash to. */
    codeHash: hex32,
    /** The one chain a development verifier can be deployed on; absent under a real string. */
    developmentChainId: z.number().int().positive().optional(),
  }),
  proofSystemId: hex32,
});

export type KeyFile = z.infer<typeof keyFileSchema>;

export const KEY_FILE_URL = new URL('../../../circuits/keys.json', import.meta.url);
export const VERIFIER_URL = new URL('../../../contracts/src/generated/HonkVerifier.sol', import.meta.url);

/** Throws KEYS_INVALID. */
export async function readKeyFile(url: URL = KEY_FILE_URL): Promise<KeyFile> {
  try {
    return keyFileSchema.parse(JSON.parse(await readFile(url, 'utf8')));
  } catch (cause) {
    throw proverError('KEYS_INVALID', url.pathname.split('/').pop(), { cause });
  }
}

export const hex32Of = (value: bigint): Hex => bytesToHex(bigIntToBytes(value, 32));

/** sha256 over the hashed version text and three 32-byte words: the name of a verifier in L1's registry. */
export function proofSystemIdOf(
  keys: Pick<KeyFile, 'bbVersion' | 'vkRoot'> & { string: { hash: string }; wrap: { keyHash: string } },
): Hex {
  const hash = createHash('sha256').update(createHash('sha256').update(keys.bbVersion).digest());
  for (const word of [keys.string.hash, keys.vkRoot, keys.wrap.keyHash]) hash.update(Buffer.from(word.slice(2), 'hex'));
  return `0x${hash.digest('hex')}`;
}
