import { createRequire } from 'node:module';
import { z } from 'zod';
import type { Hex } from '../../base/bytes.ts';
import { proverError } from '../errors.ts';

export interface CompiledVerifier {
  readonly deployBytecode: Hex;
  readonly runtimeBytecode: Hex;
}

interface Solc {
  compile(input: string): string;
}

/** As contracts/ compiles it for L1 (a test compares the bytes). */
export const VERIFIER_SETTINGS = {
  optimizer: { enabled: true, runs: 1 },
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none', appendCBOR: false },
} as const;

const FILE = 'HonkVerifier.sol';
const bytecode = z.object({ object: z.string().regex(/^([0-9a-f]{2})+$/) });
const outputSchema = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).optional(),
  contracts: z
    .object({
      [FILE]: z.object({
        HonkVerifier: z.object({ evm: z.object({ bytecode, deployedBytecode: bytecode }) }),
      }),
    })
    .optional(),
});

/** Two seconds; throws VERIFIER_TEMPLATE. */
export function compileVerifier(source: string): CompiledVerifier {
  const solc = createRequire(import.meta.url)('solc') as Solc;
  const output = outputSchema.parse(
    JSON.parse(
      solc.compile(
        JSON.stringify({
          language: 'Solidity',
          sources: { [FILE]: { content: source } },
          settings: {
            ...VERIFIER_SETTINGS,
            outputSelection: { [FILE]: { HonkVerifier: ['evm.bytecode.object', 'evm.deployedBytecode.object'] } },
          },
        }),
      ),
    ),
  );
  const error = output.errors?.find(({ severity }) => severity === 'error');
  const contract = output.contracts?.[FILE].HonkVerifier.evm;
  if (error !== undefined || contract === undefined) {
    throw proverError('VERIFIER_TEMPLATE', error?.formattedMessage ?? 'no contract');
  }
  return {
    deployBytecode: `0x${contract.bytecode.object}`,
    runtimeBytecode: `0x${contract.deployedBytecode.object}`,
  };
}
