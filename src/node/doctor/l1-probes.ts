import { keccak256, type PublicClient } from 'viem';
import type { Clock } from '../../base/clock.ts';
import { STATEMENT_VERSION } from '../../chain/constants.ts';
import type { Config } from '../../config/schema.ts';
import { readKeyFile } from '../../prover/keys/key-file.ts';
import { privityBridgeAbi } from '../../settlement/abi/privity-bridge.ts';
import { privityChainAbi } from '../../settlement/abi/privity-chain.ts';
import { verifierRegistryAbi } from '../../settlement/abi/verifier-registry.ts';
import type { ChainFoundation } from '../development-chain.ts';
import type { NodeKeys } from '../keys.ts';
import { wethOf } from '../l1.ts';
import { ill, type Probe, well } from './probe.ts';

export interface L1ProbeDeps {
  readonly config: Config;
  readonly client: PublicClient;
  readonly clock: Clock;
  /** Known once their probes are well. */
  readonly foundation: () => ChainFoundation;
  readonly keys: () => NodeKeys;
  /** The committed keys; another place in tests. */
  readonly keyFile?: URL;
}

const skewSecondsMax = 30n;
/** Ether that pays some days of settlement at ordinary prices. */
const balanceWeiMin = 5n * 10n ** 16n;

export function createL1Probes(deps: L1ProbeDeps): Probe[] {
  const { config, client, clock, foundation, keys } = deps;
  const embedded = config.mode === 'development';
  const startIt = embedded
    ? 'The embedded Ethereum node runs with the node: `npm start`, or `privity start --dev --config FILE`.'
    : '';
  const chain = () => ({ address: foundation().place.chain, abi: privityChainAbi }) as const;
  return [
    {
      name: 'Ethereum node',
      needs: ['configuration'],
      advice: startIt || 'Start or reach the Ethereum node at l1.url; the chain goes on without it, settlement waits.',
      async look() {
        const chainId = await client.getChainId();
        return chainId === config['l1.chainId']
          ? well(`chain id ${chainId}`)
          : ill(`chain id ${chainId} instead of ${config['l1.chainId']}`, 'Point l1.url to the right network.');
      },
    },
    {
      name: 'clock',
      needs: ['Ethereum node'],
      advice: 'Synchronise the clock of this machine (NTP), or wait until the Ethereum node has caught up.',
      async look() {
        const { timestamp, number } = await client.getBlock({ blockTag: 'latest' });
        const ahead = timestamp - BigInt(Math.floor(clock.now() / 1000));
        if (ahead > skewSecondsMax)
          return ill(`Ethereum's block ${number} is ${ahead} s ahead of this machine`, this.advice);
        // A block's age says little on a quiet development chain; elsewhere the node is behind, or this clock ahead.
        const oldMax = embedded ? 3600n : 300n;
        return -ahead > oldMax
          ? ill(`the newest block is ${-ahead} s old`, this.advice)
          : well(`newest block ${-ahead} s old`);
      },
    },
    {
      name: 'contracts',
      needs: ['Ethereum node', 'genesis'],
      advice: 'Check l1.chain, l1.bridge and l1.governor against the deployment, and chain.* against its parameters.',
      async look() {
        const { place, genesis } = foundation();
        for (const name of ['chain', 'bridge', 'governor'] as const) {
          const code = await client.getCode({ address: place[name] });
          if (code === undefined) return ill(`no contract at ${place[name]} (l1.${name})`, this.advice);
        }
        const [chainId, interval, bridge, governor, deadline, paused, weth] = await Promise.all([
          client.readContract({ ...chain(), functionName: 'CHAIN_ID' }),
          client.readContract({ ...chain(), functionName: 'BATCH_INTERVAL_SECONDS' }),
          client.readContract({ ...chain(), functionName: 'BRIDGE' }),
          client.readContract({ ...chain(), functionName: 'GOVERNOR' }),
          client.readContract({ ...chain(), functionName: 'priorityDeadlineSeconds' }),
          client.readContract({ ...chain(), functionName: 'paused' }),
          client.readContract({ address: place.bridge, abi: privityBridgeAbi, functionName: 'WETH_TOKEN' }),
        ]);
        const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
        const wrong = [
          ...(BigInt(chainId) === genesis.chainId ? [] : [`PrivityChain settles chain ${chainId}`]),
          ...(BigInt(interval) === genesis.context.batchIntervalSeconds &&
          BigInt(interval) === BigInt(config['chain.batchIntervalSeconds'])
            ? []
            : [`its batch interval is ${interval} s`]),
          ...(BigInt(deadline) === BigInt(config['chain.priorityDeadlineSeconds'])
            ? []
            : [`its priority deadline is ${deadline} s`]),
          ...(same(bridge, place.bridge) ? [] : [`its bridge is ${bridge}`]),
          ...(same(weth, wethOf(config)) ? [] : [`its bridge names ${weth} as wrapped ether (l1.weth)`]),
          ...(same(governor, place.governor) ? [] : [`its governor is ${governor}`]),
        ];
        if (wrong.length > 0) return ill(wrong.join('; '), this.advice);
        if (paused)
          return ill('governance has halted the chain on L1', 'Find out why before asking governance to resume.');
        const executed = await client.readContract({ ...chain(), functionName: 'executedCount' });
        return well(`PrivityChain ${place.chain}, ${executed} batches executed`);
      },
    },
    {
      name: 'settlement keys',
      needs: ['keys', 'contracts'],
      advice:
        'Let governance grant the role to the key the node has, or give the node the key that holds it; fund its address.',
      async look() {
        const own = keys();
        const wrong: string[] = [];
        for (const [role, address] of [
          ['COMMITTER_ROLE', own.commit.address],
          ['PROVER_ROLE', own.prove.address],
          ['EXECUTOR_ROLE', own.execute.address],
        ] as const) {
          const id = await client.readContract({ ...chain(), functionName: role });
          const held = await client.readContract({ ...chain(), functionName: 'hasRole', args: [id, address] });
          if (!held) wrong.push(`${address} does not hold ${role}`);
          const balance = await client.getBalance({ address });
          if (balance < balanceWeiMin) wrong.push(`${address} has ${balance} wei left to pay gas`);
        }
        return wrong.length > 0
          ? ill(wrong.join('; '), this.advice)
          : well('three keys hold their roles and have ether');
      },
    },
    {
      name: 'verifier',
      needs: ['contracts'],
      advice:
        'Let governance add the verifier of this release to the registry: until then no proof of this node is accepted.',
      async look() {
        const committed = await readKeyFile(deps.keyFile);
        const registry = await client.readContract({ ...chain(), functionName: 'VERIFIERS' });
        const verifier = await client.readContract({
          address: registry,
          abi: verifierRegistryAbi,
          functionName: 'activeVerifier',
          args: [committed.proofSystemId as `0x${string}`, BigInt(STATEMENT_VERSION)],
        });
        const code = await client.getCode({ address: verifier });
        const hash = code === undefined ? 'nothing' : keccak256(code);
        return hash === committed.verifier.codeHash
          ? well(`${verifier} has the published code`)
          : ill(
              `the code at ${verifier} hashes to ${hash}, not to the published ${committed.verifier.codeHash}`,
              'Do not settle: L1 would accept proofs of another verifier. Tell governance.',
            );
      },
    },
  ];
}
