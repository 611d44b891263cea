import type { Abi } from 'viem';
import type { ContractArtifacts } from '../../src/settlement/compile-contracts.ts';

/** Contract -> module and export in src/settlement/abi. */
export const ABI_MODULES = {
  PrivityChain: { file: 'privity-chain.ts', exportName: 'privityChainAbi' },
  PrivityBridge: { file: 'privity-bridge.ts', exportName: 'privityBridgeAbi' },
  PolicyGovernor: { file: 'policy-governor.ts', exportName: 'policyGovernorAbi' },
  VerifierRegistry: { file: 'verifier-registry.ts', exportName: 'verifierRegistryAbi' },
} as const;

/** Source of the module, before formatting. */
export function abiModule(name: keyof typeof ABI_MODULES, artifacts: ContractArtifacts): string {
  const { exportName } = ABI_MODULES[name];
  const abi: Abi = artifacts.get(name).abi;
  return [
    `/** ABI of ${name}; written by contracts/scripts/write-abi.ts, and a test compares it with the compiled contract. */`,
    '',
    `export const ${exportName} = ${JSON.stringify(abi, undefined, 2)} as const;`,
    '',
  ].join('\n');
}
