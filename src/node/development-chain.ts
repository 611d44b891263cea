/**
 * First start in development: deploys the contracts on the embedded L1 with the sample people in their roles, and writes the genesis file.
 * Later starts read both files and check that the L1 still is the one they speak of.
 */

import { existsSync } from 'node:fs';
import { createWalletClient, type PublicClient } from 'viem';
import { bytesToHex, type Hex } from '../base/bytes.ts';
import { type Clock, unixSeconds } from '../base/clock.ts';
import { type Genesis, genesisDigest } from '../chain/genesis.ts';
import type { Config } from '../config/schema.ts';
import { createDenyAllButExits } from '../policy/built-in.ts';
import { readKeyFile } from '../prover/keys/key-file.ts';
import { type ContractArtifacts, compileContracts } from '../settlement/compile-contracts.ts';
import { deployContracts } from '../settlement/deploy.ts';
import { l1Transport } from '../settlement/l1-transport.ts';
import { type L1Place, readPlaceFile, writePlaceFile } from './deployment-file.ts';
import { devAccount, devIdentities, roleMask } from './dev-accounts.ts';
import { nodeError } from './errors.ts';
import type { Folders } from './folders.ts';
import { readGenesisFile, writeGenesisFile } from './genesis-file.ts';
import { genesisTreeOf } from './genesis-tree.ts';
import { random } from './keys.ts';
import { wethOf } from './l1.ts';

export interface ChainFoundation {
  readonly genesis: Genesis;
  readonly place: L1Place;
}

const defaultGasLimit = 1_000_000_000n;

export async function openDevelopmentChain(
  config: Config,
  folders: Folders,
  deps: {
    client: PublicClient;
    policyRoot: bigint;
    clock: Clock;
    report: (line: string) => void;
    /** Beside the sample people: benches start with many customers. */
    more?: Pick<Genesis, 'identities' | 'balances'>;
  },
): Promise<ChainFoundation> {
  const place = readPlaceFile(folders.deployment);
  if (place !== undefined && existsSync(folders.genesis)) {
    const code = await deps.client.getCode({ address: place.chain });
    if (code === undefined) {
      throw nodeError('NODE_L1_MISMATCH', '', {
        publicText: `The embedded Ethereum node has lost its contracts. Remove ${folders.data} to start anew.`,
      });
    }
    return { genesis: readGenesisFile(folders.genesis), place };
  }
  deps.report('compiling the L1 contracts');
  const artifacts = await compileContracts({ cacheDir: folders.cache });
  deps.report('deploying the L1 contracts');
  const made = await deploy(config, artifacts, deps);
  writeGenesisFile(folders.genesis, made.genesis);
  writePlaceFile(folders.deployment, made.place);
  return made;
}

async function deploy(
  config: Config,
  artifacts: ContractArtifacts,
  deps: {
    client: PublicClient;
    policyRoot: bigint;
    clock: Clock;
    more?: Pick<Genesis, 'identities' | 'balances'>;
  },
): Promise<ChainFoundation> {
  const account = devAccount('deployer');
  const keys = await readKeyFile();
  const address = (name: Parameters<typeof devAccount>[0]) => devAccount(name).address;
  let genesis: Genesis | undefined;
  const deployment = await deployContracts(
    {
      chainId: BigInt(config['chain.id']),
      batchIntervalSeconds: BigInt(config['chain.batchIntervalSeconds']),
      priorityDeadlineSeconds: BigInt(config['chain.priorityDeadlineSeconds']),
      governanceDelaySeconds: BigInt(config['chain.governanceDelaySeconds']),
      genesisPolicyRoot: deps.policyRoot,
      exitOnlyPolicyRoot: createDenyAllButExits().root,
      weth: wethOf(config),
      roles: {
        committer: address('committer'),
        prover: address('prover'),
        executor: address('executor'),
        guardians: [address('maker'), address('checker')],
        makers: [address('maker')],
        checkers: [address('checker')],
      },
      verifier: { proofSystemId: keys.proofSystemId as Hex, contract: artifacts.get('HonkVerifier') },
      genesisStateRoot: async ({ bridge, l1ChainId }) => {
        genesis = developmentGenesis(config, { bridge: BigInt(bridge), l1ChainId, ...deps });
        const tree = await genesisTreeOf(genesis);
        return genesisDigest(genesis, tree).digest.prevStateRoot;
      },
    },
    {
      artifacts,
      publicClient: deps.client,
      walletClient: createWalletClient({ account, transport: l1Transport(config['l1.url']) }),
      account,
    },
  );
  const { chain, bridge, governor, startBlock } = deployment;
  return { genesis: genesis!, place: { chain, bridge, governor, startBlock } };
}

function developmentGenesis(
  config: Config,
  {
    bridge,
    l1ChainId,
    policyRoot,
    clock,
    more,
  }: {
    bridge: bigint;
    l1ChainId: bigint;
    policyRoot: bigint;
    clock: Clock;
    more?: Pick<Genesis, 'identities' | 'balances'>;
  },
): Genesis {
  return {
    chainId: BigInt(config['chain.id']),
    l1ChainId,
    bridge,
    // In the slot before the present one, so that the first batch can open at once.
    timestamp: BigInt(unixSeconds(clock) - (unixSeconds(clock) % config['chain.batchIntervalSeconds']) - 1),
    saltSeed: bytesToHex(random(32)),
    context: {
      gasLimit: defaultGasLimit,
      baseFee: 0n,
      feeMode: 1n,
      collector: BigInt(devAccount('collector').address),
      batchIntervalSeconds: BigInt(config['chain.batchIntervalSeconds']),
    },
    registrarMask: roleMask('CUSTOMER'),
    policyRoot,
    identities: [
      ...devIdentities.map(({ name, role }) => ({
        address: BigInt(devAccount(name).address),
        identity: { roles: roleMask(role), flags: 0n, expiry: 0n },
      })),
      ...(more?.identities ?? []),
    ],
    balances: more?.balances ?? [],
  };
}
