import { z } from 'zod';
import { blockRefSchema } from './block-ref.ts';
import { addressSchema, hashSchema } from './primitives.ts';

const addressesMax = 256;
const alternativesMax = 256;

const oneOrMany = <T extends z.ZodType>(schema: T, max: number) =>
  z.union([schema.transform((value) => [value]), z.array(schema).max(max)]);

const topicSchema = z.union([z.null().transform(() => undefined), oneOrMany(hashSchema, alternativesMax)]);

/** eth_getLogs. An empty list of addresses or alternatives means any, as in other nodes. */
export const logFilterSchema = z
  .strictObject({
    address: oneOrMany(addressSchema, addressesMax).nullish(),
    topics: z.array(topicSchema).max(4).nullish(),
    fromBlock: blockRefSchema.nullish(),
    toBlock: blockRefSchema.nullish(),
    blockHash: hashSchema.nullish(),
  })
  .refine(({ blockHash, fromBlock, toBlock }) => blockHash == null || (fromBlock == null && toBlock == null))
  .transform(({ address, topics, fromBlock, toBlock, blockHash }) => ({
    filter: {
      addresses: address ?? [],
      topics: (topics ?? []).map((set) => (set === undefined || set.length === 0 ? undefined : set)),
    },
    fromBlock: fromBlock ?? { tag: 'latest' as const },
    toBlock: toBlock ?? { tag: 'latest' as const },
    blockHash: blockHash ?? undefined,
  }));
