/** The published genesis file as JSON: integers are decimal text or 0x hex (docs/PROTOCOL.md 8). */

import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { FR_MODULUS } from '../chain/constants.ts';
import type { Genesis } from '../chain/genesis.ts';
import { nodeError } from './errors.ts';

const integer = (bits: number) =>
  z
    .string()
    .regex(/^(?:0x[0-9a-f]+|0|[1-9][0-9]*)$/)
    .transform(BigInt)
    .refine((value) => value < 1n << BigInt(bits), `at most ${bits} bits`);
const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform(BigInt);

const schema = z.strictObject({
  chainId: integer(64).refine((value) => value > 0n),
  l1ChainId: integer(64),
  bridge: address,
  timestamp: integer(64),
  saltSeed: z
    .string()
    .regex(/^0x[0-9a-f]{64}$/)
    .transform((value): Hex => value as Hex),
  context: z.strictObject({
    gasLimit: integer(64),
    baseFee: integer(64),
    feeMode: integer(1),
    collector: address,
    batchIntervalSeconds: integer(32).refine((value) => value > 0n),
  }),
  registrarMask: integer(128),
  policyRoot: integer(256).refine((value) => value > 0n && value < FR_MODULUS),
  identities: z.array(
    z.strictObject({
      address,
      identity: z.strictObject({ roles: integer(128), flags: integer(64), expiry: integer(64) }),
    }),
  ),
  balances: z.array(z.strictObject({ address, wei: integer(127) })),
});

export function readGenesisFile(path: string): Genesis {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw nodeError('NODE_GENESIS', path, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw nodeError('NODE_GENESIS', `${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function writeGenesisFile(path: string, genesis: Genesis): void {
  const text = JSON.stringify(
    genesis,
    (key, value: unknown) => {
      if (typeof value !== 'bigint') return value;
      if (key === 'address' || key === 'bridge' || key === 'collector')
        return `0x${value.toString(16).padStart(40, '0')}`;
      return key === 'policyRoot' ? `0x${value.toString(16)}` : value.toString();
    },
    2,
  );
  writeFileSync(path, `${text}\n`);
}
