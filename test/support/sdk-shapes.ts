import { z } from 'zod';

/** What the public SDK accepts as the answer to /api/contracts/:address/abi. */
export const contractAbiResponse = z.object({
  contractAddress: z.string().regex(/^0x[0-9a-fA-F]{40}$/),
  name: z.string().nullable(),
  abi: z.array(z.record(z.string(), z.unknown())),
  functions: z.array(
    z.object({
      selector: z.string().regex(/^0x[0-9a-fA-F]{8}$/),
      signature: z.string(),
      name: z.string(),
      accessType: z.enum(['read', 'write']),
    }),
  ),
});
