import { z } from 'zod';
import { rpcError } from '../../errors.ts';
import type { BlockView, ChainReader } from '../../port.ts';
import type { CallContext } from '../method.ts';
import { hashSchema, quantitySchema } from './primitives.ts';

const TAGS = ['latest', 'pending', 'safe', 'finalized', 'earliest'] as const;

export type BlockRef =
  | { readonly tag: (typeof TAGS)[number] }
  | { readonly number: bigint }
  | { readonly hash: bigint };

/** A tag or a number; also EIP-1898's object. */
export const blockRefSchema = z.union([
  z.enum(TAGS).transform((tag): BlockRef => ({ tag })),
  quantitySchema.transform((number): BlockRef => ({ number })),
  z.strictObject({ blockNumber: quantitySchema }).transform(({ blockNumber }): BlockRef => ({ number: blockNumber })),
  z
    .strictObject({ blockHash: hashSchema, requireCanonical: z.boolean().optional() })
    .transform(({ blockHash }): BlockRef => ({ hash: blockHash })),
]);

/** The number that a tag or number means; undefined when there is no such block. */
export function blockNumberOf(
  ref: Exclude<BlockRef, { hash: bigint }>,
  chain: Pick<ChainReader, 'heads'>,
): bigint | undefined {
  const { latest, safe, finalized } = chain.heads();
  if ('number' in ref) return ref.number <= latest ? ref.number : undefined;
  switch (ref.tag) {
    case 'latest':
    case 'pending':
      return latest;
    case 'safe':
      return safe;
    case 'finalized':
      return finalized;
    case 'earliest':
      return 0n;
  }
}

export async function findBlock(
  ref: BlockRef,
  chain: ChainReader,
  context: CallContext,
): Promise<BlockView | undefined> {
  if ('hash' in ref) return chain.blockByHash(ref.hash, context.permit);
  const number = blockNumberOf(ref, chain);
  return number === undefined ? undefined : chain.blockByNumber(number, context.permit);
}

/** The block whose account state is asked for. Says the same whoever asks and whatever account is meant (G5). */
export async function stateBlock(ref: BlockRef, chain: ChainReader, context: CallContext): Promise<bigint> {
  const number = await requireBlock(ref, chain, context);
  if (!(await chain.hasState(number))) throw rpcError('RPC_STATE_UNAVAILABLE');
  return number;
}

/** The block that a call runs on: the newest one alone. */
export async function callBlock(ref: BlockRef, chain: ChainReader, context: CallContext): Promise<bigint> {
  const number = await requireBlock(ref, chain, context);
  if (number !== chain.heads().latest) throw rpcError('RPC_STATE_UNAVAILABLE');
  return number;
}

async function requireBlock(ref: BlockRef, chain: ChainReader, context: CallContext): Promise<bigint> {
  const number =
    'hash' in ref ? (await chain.blockByHash(ref.hash, context.permit))?.block.number : blockNumberOf(ref, chain);
  if (number === undefined) throw rpcError('RPC_BLOCK_UNKNOWN');
  return number;
}
