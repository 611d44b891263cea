import type { FastifyInstance } from 'fastify';
import { getAddress, parseAbi } from 'viem';
import { z } from 'zod';
import { BASE_TOKEN_ADDRESS, IDENTITY_REGISTRY_ADDRESS, LIST_REGISTRY_ADDRESS } from '../../chain/constants.ts';
import { SYSTEM_FUNCTIONS } from '../../chain/system-call.ts';
import { rpcError } from '../errors.ts';
import { addressSchema } from '../json-rpc/schema/primitives.ts';
import { parseInput } from './parse-input.ts';
import { requireLogin } from './require-login.ts';

const NAMES: ReadonlyMap<bigint, string> = new Map([
  [BASE_TOKEN_ADDRESS, 'Base token'],
  [IDENTITY_REGISTRY_ADDRESS, 'Identity registry'],
  [LIST_REGISTRY_ADDRESS, 'List registry'],
]);

const paramsSchema = z.object({ address: addressSchema });

/** ABIs of the system contracts. There are no others until contracts can be deployed. */
export function contractAbiRoutes(app: FastifyInstance): void {
  app.get('/api/contracts/:address/abi', async (request) => {
    requireLogin(request);
    const { address } = parseInput(paramsSchema, request.params);
    const functions = SYSTEM_FUNCTIONS.filter((candidate) => candidate.address === address);
    if (functions.length === 0) throw rpcError('NOT_FOUND');
    return {
      contractAddress: getAddress(`0x${address.toString(16).padStart(40, '0')}`),
      name: NAMES.get(address) ?? null,
      abi: parseAbi(functions.map(({ signature }): string => `function ${signature}`)),
      functions: functions.map(({ selector, signature, kind }) => ({
        selector: `0x${selector.toString(16).padStart(8, '0')}`,
        signature,
        name: kind,
        accessType: 'write',
      })),
    };
  });
}
