import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DeployOptions, deployContracts, predictAddresses } from '../../src/settlement/deploy.ts';
import { genesisBatch, hashStoredBatch } from './batches.ts';
import {
  CHAIN_ID,
  DEADLINE,
  DELAY,
  EXIT_ONLY_ROOT,
  INTERVAL,
  openStage,
  POLICY_ROOT,
  type Stage,
  testAccount,
} from './stage.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

const options = (changes: Partial<DeployOptions> = {}, roles: Partial<DeployOptions['roles']> = {}): DeployOptions => ({
  chainId: CHAIN_ID,
  batchIntervalSeconds: INTERVAL,
  priorityDeadlineSeconds: DEADLINE,
  governanceDelaySeconds: DELAY,
  genesisPolicyRoot: POLICY_ROOT,
  exitOnlyPolicyRoot: EXIT_ONLY_ROOT,
  genesisStateRoot: () => 0x3333n,
  ...changes,
  roles: {
    committer: stage.addressOf('committer'),
    prover: stage.addressOf('prover'),
    executor: stage.addressOf('executor'),
    guardians: [stage.addressOf('guardian')],
    makers: [stage.addressOf('maker')],
    checkers: [stage.addressOf('checker')],
    ...roles,
  },
});
const deploy = (given: DeployOptions) =>
  deployContracts(given, {
    artifacts: stage.artifacts,
    publicClient: stage.client as never,
    walletClient: stage.wallet,
    account: testAccount('deployer'),
  });

test('the genesis root is computed for the address that the bridge will have, and is what the chain starts from', async () => {
  const places: unknown[] = [];
  const given = options({
    genesisStateRoot: (place) => {
      places.push(place);
      return 0x4444n;
    },
  });
  const nonce = await stage.client.getTransactionCount({ address: stage.addressOf('deployer') });
  const deployment = await deploy(given);
  expect(places).toEqual([{ bridge: deployment.bridge, l1ChainId: 31337n }]);
  expect(deployment.bridge).toBe(predictAddresses(stage.addressOf('deployer'), nonce, false).bridge);
  const read = (address: `0x${string}`, name: string, functionName: string, args: unknown[] = []) =>
    stage.client.readContract({ address, abi: stage.artifacts.get(name).abi, functionName, args });
  expect(await read(deployment.chain, 'PrivityChain', 'storedBatchHash', [0n])).toBe(
    hashStoredBatch(genesisBatch(0x4444n)),
  );
  expect(await read(deployment.chain, 'PrivityChain', 'BRIDGE')).toBe(deployment.bridge);
  expect(await read(deployment.bridge, 'PrivityBridge', 'CHAIN')).toBe(deployment.chain);
  expect(await read(deployment.bridge, 'PrivityBridge', 'GOVERNOR')).toBe(deployment.governor);
  expect(await read(deployment.governor, 'PolicyGovernor', 'VERIFIERS')).toBe(deployment.verifiers);
  expect(deployment.verifier).toBeUndefined();
  const block = await stage.client.getBlock({ blockNumber: deployment.startBlock, includeTransactions: true });
  expect(
    block.transactions.some(({ nonce: n, from }) => n === nonce && from === stage.addressOf('deployer').toLowerCase()),
  ).toBe(true);
});

test('the deployer keeps no right', async () => {
  for (const name of [
    'DEFAULT_ADMIN_ROLE',
    'COMMITTER_ROLE',
    'PROVER_ROLE',
    'EXECUTOR_ROLE',
    'REVERTER_ROLE',
    'GUARDIAN_ROLE',
  ]) {
    const role = await stage.read<string>('chain', name);
    expect(await stage.read('chain', 'hasRole', [role, stage.addressOf('deployer')]), name).toBe(false);
  }
  for (const name of [
    'DEFAULT_ADMIN_ROLE',
    'PROPOSER_ROLE',
    'EXECUTOR_ROLE',
    'CANCELLER_ROLE',
    'MAKER_ROLE',
    'CHECKER_ROLE',
  ]) {
    const role = await stage.read<string>('governor', name);
    expect(await stage.read('governor', 'hasRole', [role, stage.addressOf('deployer')]), name).toBe(false);
  }
});

describe('a deployment is refused', () => {
  const unsafe: [string, () => DeployOptions][] = [
    ['one key commits and proves', () => options({}, { prover: stage.addressOf('committer') })],
    ['one key proves and executes', () => options({}, { executor: stage.addressOf('prover') })],
    ['a maker is a checker', () => options({}, { checkers: [stage.addressOf('maker')] })],
    ['the committer governs', () => options({}, { makers: [stage.addressOf('committer')] })],
    ['the reverter governs', () => options({}, { reverter: stage.addressOf('checker') })],
  ];
  test.each(unsafe)('when %s', async (_, given) => {
    await expect(deploy(given())).rejects.toMatchObject({ code: 'DEPLOYMENT_UNSAFE' });
  });

  const refusedByContract: [string, () => DeployOptions][] = [
    ['nobody proposes', () => options({}, { makers: [] })],
    ['nobody approves', () => options({}, { checkers: [] })],
    ['there is no delay', () => options({ governanceDelaySeconds: 0n })],
    ['the deadline is below three intervals', () => options({ priorityDeadlineSeconds: 3n * INTERVAL - 1n })],
    ['the interval is 0', () => options({ batchIntervalSeconds: 0n })],
    ['the chain id is 0', () => options({ chainId: 0n })],
    ['the policy root is 0', () => options({ genesisPolicyRoot: 0n })],
    ['the exit-only root is 0', () => options({ exitOnlyPolicyRoot: 0n })],
    ['the policy root is no field element', () => options({ genesisPolicyRoot: (1n << 256n) - 1n })],
    ['the genesis state root is 0', () => options({ genesisStateRoot: () => 0n })],
    ['a guardian is nobody', () => options({}, { guardians: [`0x${'0'.repeat(40)}`] })],
  ];
  test.each(refusedByContract)('when %s', async (_, given) => {
    await expect(deploy(given())).rejects.toMatchObject({ code: 'DEPLOYMENT_FAILED' });
  });
});
