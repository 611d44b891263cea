/** One L1 with our contracts on it, the people and keys that use them, and the means to see a call accepted or refused by name. */

import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Abi,
  BaseError,
  ContractFunctionRevertedError,
  createTestClient,
  createWalletClient,
  encodeFunctionData,
  type Hex,
  http,
  type Log,
  parseEventLogs,
  publicActions,
  type TransactionReceipt,
} from 'viem';
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts';
import { expect } from 'vitest';
import { policyGovernorAbi } from '../../src/settlement/abi/policy-governor.ts';
import { privityBridgeAbi } from '../../src/settlement/abi/privity-bridge.ts';
import { privityChainAbi } from '../../src/settlement/abi/privity-chain.ts';
import { verifierRegistryAbi } from '../../src/settlement/abi/verifier-registry.ts';
import { type ContractArtifact, compileContracts } from '../../src/settlement/compile-contracts.ts';
import { type Address, type DeployOptions, deployContracts } from '../../src/settlement/deploy.ts';
import { startAnvil } from '../support/anvil.ts';

export const CHAIN_ID = 7107n;
export const INTERVAL = 600n;
export const DEADLINE = 7200n;
export const DELAY = 3600n;
export const GENESIS_TIME = 1_800_000_000n;
export const GENESIS_SLOT = GENESIS_TIME / INTERVAL;
export const POLICY_ROOT = 0x1111n;
export const EXIT_ONLY_ROOT = 0x2222n;
export const STATE_ROOT = 0x3333n;
export const PROOF_SYSTEM_ID: Hex = `0x${'ab'.repeat(32)}`;

/** The contracts of this tree, or of the folder in which mutants.ts has taken a check away. */
export const artifactsOfTests = () => {
  const sourceDir = process.env['PRIVITY_CONTRACTS_DIR'];
  return compileContracts({
    cacheDir: process.env['PRIVITY_CONTRACTS_CACHE'] ?? join(tmpdir(), 'privity-contracts'),
    ...(sourceDir === undefined ? {} : { sourceDir }),
  });
};

/** A key made from a name: worth nothing anywhere. */
export const testKey = (name: string): Hex =>
  `0x${createHash('sha256').update(`privity test key ${name}`).digest('hex')}`;
export const testAccount = (name: string): PrivateKeyAccount => privateKeyToAccount(testKey(name));

const ACCOUNTS = {
  deployer: testAccount('deployer'),
  committer: testAccount('committer'),
  prover: testAccount('prover'),
  executor: testAccount('executor'),
  reverter: testAccount('reverter'),
  guardian: testAccount('guardian'),
  maker: testAccount('maker'),
  maker2: testAccount('maker2'),
  checker: testAccount('checker'),
  checker2: testAccount('checker2'),
  customer: testAccount('customer'),
  stranger: testAccount('stranger'),
};

export type Who = keyof typeof ACCOUNTS;

export const ABIS = {
  chain: privityChainAbi as Abi,
  bridge: privityBridgeAbi as Abi,
  governor: policyGovernorAbi as Abi,
  verifiers: verifierRegistryAbi as Abi,
};
export type Place = keyof typeof ABIS;
const ALL_ERRORS = Object.values(ABIS).flatMap((abi) => abi.filter((item) => item.type === 'error'));

/** Code that answers `false` to everything: it can only reject. */
export const REJECTING_CODE: Hex = '0x5f5f5260205ff3';
/** Code that reverts with its own calldata, which shows what it was asked. */
export const ECHO_REVERT_CODE: Hex = '0x365f5f37365ffd';

export const hex32 = (value: bigint): Hex => `0x${value.toString(16).padStart(64, '0')}`;

export interface Call {
  readonly who: Who | Address;
  readonly to: Place;
  readonly fn: string;
  readonly args?: readonly unknown[];
  readonly value?: bigint;
}

export type Stage = Awaited<ReturnType<typeof openStage>>;

export async function openStage(
  options: Partial<DeployOptions> & { readonly verifierCode?: Hex; readonly startTime?: bigint } = {},
) {
  const { verifierCode = REJECTING_CODE, startTime = GENESIS_TIME, ...overrides } = options;
  const anvil = await startAnvil(['--timestamp', startTime.toString(), '--accounts', '1']);
  const transport = http(anvil.url);
  const client = createTestClient({ mode: 'anvil', transport, pollingInterval: 20, cacheTime: 0 }).extend(
    publicActions,
  );
  const wallet = createWalletClient({ transport });
  for (const { address } of Object.values(ACCOUNTS)) await client.setBalance({ address, value: 10n ** 24n });
  const artifacts = await artifactsOfTests();
  const rejecting: ContractArtifact = {
    name: 'rejecting code',
    abi: [],
    bytecode: creationCode(verifierCode),
    deployedBytecode: verifierCode,
    storage: [],
    storedStructs: {},
  };
  const deployment = await deployContracts(
    {
      chainId: CHAIN_ID,
      batchIntervalSeconds: INTERVAL,
      priorityDeadlineSeconds: DEADLINE,
      governanceDelaySeconds: DELAY,
      genesisPolicyRoot: POLICY_ROOT,
      exitOnlyPolicyRoot: EXIT_ONLY_ROOT,
      roles: {
        committer: ACCOUNTS.committer.address,
        prover: ACCOUNTS.prover.address,
        executor: ACCOUNTS.executor.address,
        reverter: ACCOUNTS.reverter.address,
        guardians: [ACCOUNTS.guardian.address],
        makers: [ACCOUNTS.maker.address, ACCOUNTS.maker2.address],
        checkers: [ACCOUNTS.checker.address, ACCOUNTS.checker2.address],
      },
      verifier: { proofSystemId: PROOF_SYSTEM_ID, contract: rejecting },
      genesisStateRoot: () => STATE_ROOT,
      ...overrides,
    },
    { artifacts, publicClient: client as never, walletClient: wallet, account: ACCOUNTS.deployer },
  );

  const addressOf = (who: Who | Address): Address =>
    who in ACCOUNTS ? ACCOUNTS[who as Who].address : (who as Address);
  const place = (to: Place) => ({
    address: deployment[to],
    abi: [...ABIS[to].filter((i) => i.type !== 'error'), ...ALL_ERRORS] as Abi,
  });

  const simulate = ({ who, to, fn, args = [], value }: Call): Promise<unknown> =>
    client.simulateContract({
      ...place(to),
      functionName: fn,
      args: [...args],
      account: addressOf(who),
      ...(value === undefined ? {} : { value }),
    });

  /** Name of the error that refuses the call; throws when it is accepted. */
  async function refusal(call: Call): Promise<string> {
    try {
      await simulate(call);
    } catch (error) {
      const reverted =
        error instanceof BaseError ? error.walk((e) => e instanceof ContractFunctionRevertedError) : null;
      if (reverted instanceof ContractFunctionRevertedError) {
        return reverted.data?.errorName ?? `raw ${reverted.raw ?? '0x'}`;
      }
      throw error;
    }
    throw new Error(`accepted: ${call.fn} by ${call.who}`);
  }

  async function send({ who, to, fn, args = [], value = 0n }: Call): Promise<TransactionReceipt & { events: Log[] }> {
    await simulate({ who, to, fn, args, value });
    const from = addressOf(who);
    await client.impersonateAccount({ address: from });
    const hash = await wallet.sendTransaction({
      account: from,
      chain: null,
      to: deployment[to],
      data: encodeFunctionData({ abi: ABIS[to], functionName: fn, args: [...args] }),
      value,
      gas: 16_000_000n,
    });
    const receipt = await client.waitForTransactionReceipt({ hash });
    expect(receipt.status, `${fn} by ${who}`).toBe('success');
    const events = Object.values(ABIS).flatMap(
      (abi) => parseEventLogs({ abi, logs: receipt.logs }) as unknown as Log[],
    );
    return { ...receipt, events };
  }

  const read = <T>(to: Place, fn: string, args: readonly unknown[] = []): Promise<T> =>
    client.readContract({ ...place(to), functionName: fn, args: [...args] }) as Promise<T>;

  /** Mines a block with this timestamp, which calls then see. */
  async function setTime(timestamp: bigint): Promise<void> {
    await client.setNextBlockTimestamp({ timestamp });
    await client.mine({ blocks: 1 });
  }
  const now = async (): Promise<bigint> => (await client.getBlock()).timestamp;

  let salt = 0n;
  /** A governed call by the whole way: proposed, approved, waited for (unless immediate) and executed. */
  async function govern(to: Place, fn: string, args: readonly unknown[] = [], immediate = false) {
    const target = deployment[to];
    const data = encodeFunctionData({ abi: ABIS[to], functionName: fn, args: [...args] });
    const tag = hex32(++salt);
    await send({ who: 'maker', to: 'governor', fn: 'propose', args: [target, data, tag] });
    const approved = await send({ who: 'checker', to: 'governor', fn: 'approve', args: [target, data, tag] });
    if (immediate) return approved;
    await setTime((await now()) + DELAY + 1n);
    return send({ who: 'stranger', to: 'governor', fn: 'execute', args: [target, 0n, data, hex32(0n), tag] });
  }

  /** Overwrites one packed counter of PrivityChain; only for tests of what comes after a proof. */
  async function setProvenCount(count: bigint): Promise<void> {
    const slot = artifacts.get('PrivityChain').storage.find(({ label }) => label === 'provenCount')!;
    const index = hex32(BigInt(slot.slot));
    const word = BigInt((await client.getStorageAt({ address: deployment.chain, slot: index }))!);
    const shift = BigInt(slot.offset * 8);
    const value = (word & ~(0xffffffffffffffffn << shift)) | (count << shift);
    await client.setStorageAt({ address: deployment.chain, index, value: hex32(value) });
    expect(await read<bigint>('chain', 'provenCount')).toBe(count);
  }

  let start = await client.snapshot();
  /** What `reset` goes back to from now on. */
  const save = async () => {
    start = await client.snapshot();
  };
  /** Back to the freshly deployed contracts, or to what was saved. */
  const reset = async () => {
    await client.revert({ id: start });
    start = await client.snapshot();
  };
  /** Does something, and undoes it. */
  async function tentatively<T>(act: () => Promise<T>): Promise<T> {
    const id = await client.snapshot();
    try {
      return await act();
    } finally {
      await client.revert({ id });
    }
  }

  return {
    anvil,
    client,
    wallet,
    artifacts,
    deployment,
    accounts: ACCOUNTS,
    addressOf,
    refusal,
    send,
    read,
    setTime,
    now,
    govern,
    setProvenCount,
    save,
    reset,
    tentatively,
    close: () => anvil.stop(),
  };
}

/** Creation code that returns `runtime` as the contract's code. */
export function creationCode(runtime: Hex): Hex {
  const length = (runtime.length - 2) / 2;
  return `0x60${length.toString(16).padStart(2, '0')}600b5f3960${length.toString(16).padStart(2, '0')}5ff300${runtime.slice(2)}`;
}
