/**
 * Puts the contracts on L1. Addresses are known before anything is sent (CREATE depends on sender and nonce only), so the genesis state
 * root, which names the bridge, goes into the chain's initialisation and is never changed afterwards. The deployer keeps no right.
 */

import {
  type Account,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  type PublicClient,
  type WalletClient,
} from 'viem';
import { bigIntToHex } from '../base/bytes.ts';
import { STATEMENT_VERSION } from '../chain/constants.ts';
import { privityBridgeAbi } from './abi/privity-bridge.ts';
import { privityChainAbi } from './abi/privity-chain.ts';
import type { ContractArtifact, ContractArtifacts } from './compile-contracts.ts';
import { settlementError } from './errors.ts';

export type Address = Hex;

export interface DeployRoles {
  readonly committer: Address;
  readonly prover: Address;
  readonly executor: Address;
  /** May take back batches that are not executed; the committer by default. */
  readonly reverter?: Address;
  /** May halt the chain. */
  readonly guardians: readonly Address[];
  /** People who propose, and other people who approve. */
  readonly makers: readonly Address[];
  readonly checkers: readonly Address[];
}

export interface DeployOptions {
  readonly chainId: bigint;
  readonly batchIntervalSeconds: bigint;
  readonly priorityDeadlineSeconds: bigint;
  readonly governanceDelaySeconds: bigint;
  readonly genesisPolicyRoot: bigint;
  /** The built-in root that denies all but exits. */
  readonly exitOnlyPolicyRoot: bigint;
  readonly roles: DeployRoles;
  /** Wrapped ether of this L1, told to the SDK that asks; zero where there is none. */
  readonly weth?: Address;
  /** Left out: governance adds one later, and nothing can be proved until then. */
  readonly verifier?: { readonly proofSystemId: Hex; readonly contract: ContractArtifact };
  /** Called once, before anything is deployed. */
  readonly genesisStateRoot: (place: {
    readonly bridge: Address;
    readonly l1ChainId: bigint;
  }) => bigint | Promise<bigint>;
}

export interface DeployDeps {
  readonly artifacts: ContractArtifacts;
  readonly publicClient: PublicClient;
  /** Its account pays and must send nothing else meanwhile. */
  readonly walletClient: WalletClient;
  readonly account: Account;
}

export interface Deployment {
  readonly l1ChainId: bigint;
  readonly chain: Address;
  readonly bridge: Address;
  readonly governor: Address;
  readonly verifiers: Address;
  /** The registered verifier, when one was deployed. */
  readonly verifier?: Address;
  readonly genesisStateRoot: bigint;
  /** L1 block of the first contract: where log searches start. */
  readonly startBlock: bigint;
}

const ZERO_ADDRESS: Address = '0x0000000000000000000000000000000000000000';
const root32 = (value: bigint): Hex => bigIntToHex(value, 32);

/** Order in which the pieces are created. */
const PIECES = ['verifier', 'verifiers', 'governor', 'bridgeCode', 'bridge', 'chainCode', 'chain'] as const;
type Piece = (typeof PIECES)[number];

const piecesOf = (withVerifier: boolean): readonly Piece[] => (withVerifier ? PIECES : PIECES.slice(1));

/** Where `deployContracts` puts everything when `from` starts at `nonce`. */
export function predictAddresses(from: Address, nonce: number, withVerifier: boolean): Record<Piece, Address> {
  const pieces = piecesOf(withVerifier);
  const addresses = pieces.map((piece, i) => [piece, getContractAddress({ from, nonce: BigInt(nonce + i) })]);
  return Object.fromEntries(addresses) as Record<Piece, Address>;
}

export async function deployContracts(options: DeployOptions, deps: DeployDeps): Promise<Deployment> {
  checkRoles(options.roles);
  const { artifacts, publicClient, account } = deps;
  const l1ChainId = BigInt(await publicClient.getChainId());
  const first = await publicClient.getTransactionCount({ address: account.address, blockTag: 'pending' });
  const at = predictAddresses(account.address, first, options.verifier !== undefined);
  const genesisStateRoot = await options.genesisStateRoot({ bridge: at.bridge, l1ChainId });

  let startBlock: bigint | undefined;
  const create = async (name: Piece, artifact: ContractArtifact, args: readonly unknown[]) => {
    const data = encodeDeployData({ abi: artifact.abi, bytecode: artifact.bytecode, args: [...args] });
    const nonce = first + piecesOf(options.verifier !== undefined).indexOf(name);
    const hash = await deps.walletClient
      .sendTransaction({ account, chain: null, data, nonce })
      .catch((cause: unknown) => {
        throw settlementError('DEPLOYMENT_FAILED', `${artifact.name} is refused`, { cause });
      });
    const receipt = await publicClient.waitForTransactionReceipt({ hash });
    if (receipt.status !== 'success' || receipt.contractAddress?.toLowerCase() !== at[name].toLowerCase()) {
      throw settlementError('DEPLOYMENT_FAILED', `${artifact.name}: ${receipt.status} in ${hash}`);
    }
    startBlock ??= receipt.blockNumber;
  };

  const { chainId, batchIntervalSeconds, roles, verifier } = options;
  if (verifier !== undefined) await create('verifier', verifier.contract, []);
  const entries = verifier === undefined ? [] : [[verifier.proofSystemId, BigInt(STATEMENT_VERSION), at.verifier]];
  await create('verifiers', artifacts.get('VerifierRegistry'), [
    at.governor,
    entries.map(([proofSystemId, statementVersion, address]) => ({
      proofSystemId,
      statementVersion,
      verifier: address,
    })),
  ]);
  await create('governor', artifacts.get('PolicyGovernor'), [
    options.governanceDelaySeconds,
    { chain: at.chain, bridge: at.bridge, verifiers: at.verifiers },
    roles.makers,
    roles.checkers,
  ]);
  await create('bridgeCode', artifacts.get('PrivityBridge'), [
    {
      chainId,
      batchIntervalSeconds,
      governor: at.governor,
      chain: at.chain,
      exitOnlyPolicyRoot: root32(options.exitOnlyPolicyRoot),
    },
    options.weth ?? ZERO_ADDRESS,
  ]);
  await create('bridge', artifacts.get('PrivityProxy'), [
    at.bridgeCode,
    encodeFunctionData({
      abi: privityBridgeAbi,
      functionName: 'initialize',
      args: [root32(options.genesisPolicyRoot)],
    }),
  ]);
  await create('chainCode', artifacts.get('PrivityChain'), [
    { chainId, batchIntervalSeconds, governor: at.governor, bridge: at.bridge, verifiers: at.verifiers },
  ]);
  const { committer, prover, executor, reverter = committer, guardians } = roles;
  await create('chain', artifacts.get('PrivityProxy'), [
    at.chainCode,
    encodeFunctionData({
      abi: privityChainAbi,
      functionName: 'initialize',
      args: [
        root32(genesisStateRoot),
        options.priorityDeadlineSeconds,
        { committer, prover, executor, reverter, guardians: [...guardians] },
      ],
    }),
  ]);

  return {
    l1ChainId,
    chain: at.chain,
    bridge: at.bridge,
    governor: at.governor,
    verifiers: at.verifiers,
    ...(verifier === undefined ? {} : { verifier: at.verifier }),
    genesisStateRoot,
    startBlock: startBlock!,
  };
}

/** What no contract can check: that the machine's keys and the people's keys are different ones. */
function checkRoles({ committer, prover, executor, reverter, makers, checkers }: DeployRoles): void {
  const people = [...makers, ...checkers].map((address) => address.toLowerCase());
  const steps = [committer, prover, executor].map((address) => address.toLowerCase());
  const machine = reverter === undefined ? steps : [...steps, reverter.toLowerCase()];
  if (new Set(steps).size !== 3)
    throw settlementError('DEPLOYMENT_UNSAFE', 'commit, prove and execute need three keys');
  if (new Set(people).size !== people.length) throw settlementError('DEPLOYMENT_UNSAFE', 'a maker is a checker');
  if (machine.some((address) => people.includes(address))) {
    throw settlementError('DEPLOYMENT_UNSAFE', 'a key of the appliance also governs');
  }
}
