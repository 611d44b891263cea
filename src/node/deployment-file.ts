import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { Hex } from '../base/bytes.ts';
import { nodeError } from './errors.ts';

/** Where the contracts stand on L1. */
export interface L1Place {
  readonly chain: Hex;
  readonly bridge: Hex;
  readonly governor: Hex;
  /** L1 block of the first contract. */
  readonly startBlock: bigint;
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/)
  .transform((value): Hex => value as Hex);

const schema = z.object({
  chain: address,
  bridge: address,
  governor: address,
  startBlock: z.number().int().nonnegative().transform(BigInt),
});

export function readPlaceFile(path: string): L1Place | undefined {
  if (!existsSync(path)) return undefined;
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (!parsed.success) throw nodeError('NODE_L1_MISMATCH', `${path}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

export function writePlaceFile(path: string, { startBlock, ...place }: L1Place): void {
  writeFileSync(path, `${JSON.stringify({ ...place, startBlock: Number(startBlock) }, undefined, 2)}\n`);
}
