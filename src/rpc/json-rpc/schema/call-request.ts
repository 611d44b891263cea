import { z } from 'zod';
import type { CallRequest } from '../../port.ts';
import { addressSchema, dataSchema, quantitySchema } from './primitives.ts';

/**
 * The transaction object of eth_call and eth_estimateGas. `data` and `input` must say the same: a check of the one and an execution of the
 * other would be a way around the policy. Fields that change what is executed and are not supported are refused, not ignored.
 */
export const callRequestSchema = z
  .strictObject({
    from: addressSchema,
    to: addressSchema.nullish(),
    data: dataSchema.nullish(),
    input: dataSchema.nullish(),
    value: quantitySchema.nullish(),
    gas: quantitySchema.nullish(),
    gasPrice: quantitySchema.nullish(),
    maxFeePerGas: quantitySchema.nullish(),
    maxPriorityFeePerGas: quantitySchema.nullish(),
    nonce: quantitySchema.nullish(),
    type: quantitySchema.nullish(),
    chainId: quantitySchema.nullish(),
    accessList: z.array(z.never()).nullish(),
  })
  .refine(({ data, input }) => data == null || input == null || Buffer.compare(data, input) === 0)
  .transform(
    ({ from, to, data, input, value, gas, gasPrice, maxFeePerGas }): CallRequest => ({
      from,
      to: to ?? undefined,
      data: input ?? data ?? new Uint8Array(),
      value: value ?? 0n,
      gas: gas ?? undefined,
      maxFeePerGas: maxFeePerGas ?? gasPrice ?? undefined,
    }),
  );

/** State and block overrides are refused; clients that pass an empty one mean none. */
export const noOverrideSchema = z.union([z.null(), z.strictObject({})]).optional();
