import { encodeDeployData, type Hex, keccak256, toBytes } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { DEADLINE, DELAY, hex32, INTERVAL, openStage, STATE_ROOT, type Stage } from './stage.ts';

/** Implementations, operator keys and parameters change through governance only. */

const IMPLEMENTATION_SLOT: Hex = '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc';
const role = (name: string): Hex => keccak256(toBytes(name));

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const implementationOf = async (place: 'chain' | 'bridge'): Promise<Hex> =>
  `0x${(await stage.client.getStorageAt({ address: stage.deployment[place], slot: IMPLEMENTATION_SLOT }))!.slice(26)}`;

async function newBridgeCode(): Promise<Hex> {
  const { abi, bytecode } = stage.artifacts.get('PrivityBridge');
  const { chain, governor } = stage.deployment;
  const config = {
    chainId: 7107n,
    batchIntervalSeconds: INTERVAL,
    governor,
    chain,
    exitOnlyPolicyRoot: hex32(0x2222n),
  };
  const data = encodeDeployData({ abi, bytecode, args: [config, `0x${'11'.repeat(20)}`] });
  const hash = await stage.wallet.sendTransaction({ account: stage.accounts.stranger, chain: null, data });
  return (await stage.client.waitForTransactionReceipt({ hash })).contractAddress!.toLowerCase() as Hex;
}

describe('an implementation', () => {
  test('is replaced by governance, state kept', async () => {
    await stage.send({
      who: 'customer',
      to: 'bridge',
      fn: 'depositETH',
      args: [stage.addressOf('customer')],
      value: 3n,
    });
    const code = await newBridgeCode();
    await stage.govern('bridge', 'upgradeToAndCall', [code, '0x']);
    expect(await implementationOf('bridge')).toBe(code);
    expect(await stage.read('bridge', 'supply')).toBe(3n);
    expect(BigInt(await stage.read<string>('bridge', 'WETH_TOKEN'))).toBe(BigInt(`0x${'11'.repeat(20)}`));
  });

  test('is replaced by nobody else', async () => {
    const code = await newBridgeCode();
    for (const to of ['chain', 'bridge'] as const) {
      for (const who of ['maker', 'checker', 'guardian', 'committer', 'deployer', 'stranger'] as const) {
        expect(await stage.refusal({ who, to, fn: 'upgradeToAndCall', args: [code, '0x'] })).toBe('OnlyGovernor');
      }
    }
  });

  test('must be an implementation: neither code without UUPS nor an account', async () => {
    for (const target of [stage.deployment.verifier!, stage.addressOf('stranger'), stage.deployment.governor]) {
      const call = {
        who: stage.deployment.governor,
        to: 'chain',
        fn: 'upgradeToAndCall',
        args: [target, '0x'],
      } as const;
      await expect(stage.refusal(call)).resolves.toMatch(
        /ERC1967InvalidImplementation|UUPSUnsupportedProxiableUUID|^raw 0x$/,
      );
    }
  });

  test('is initialised once, and its bare code never', async () => {
    const address = stage.addressOf('stranger');
    const roles = {
      committer: address,
      prover: stage.addressOf('customer'),
      executor: stage.addressOf('maker'),
      reverter: address,
      guardians: [],
    };
    const chainCall = {
      who: 'stranger',
      to: 'chain',
      fn: 'initialize',
      args: [hex32(STATE_ROOT), DEADLINE, roles],
    } as const;
    const bridgeCall = { who: 'stranger', to: 'bridge', fn: 'initialize', args: [hex32(1n)] } as const;
    expect(await stage.refusal(chainCall)).toBe('InvalidInitialization');
    expect(await stage.refusal(bridgeCall)).toBe('InvalidInitialization');
    for (const [place, functionName, args] of [
      ['chain', 'initialize', chainCall.args],
      ['bridge', 'initialize', bridgeCall.args],
    ] as const) {
      const { abi } = stage.artifacts.get(place === 'chain' ? 'PrivityChain' : 'PrivityBridge');
      await expect(
        stage.client.simulateContract({
          address: await implementationOf(place),
          abi,
          functionName,
          args,
          account: address,
        }),
      ).rejects.toThrow(/InvalidInitialization/);
    }
  });
});

describe('operator keys', () => {
  const asGovernor = (fn: string, args: readonly unknown[]) =>
    ({ who: stage.deployment.governor, to: 'chain', fn, args }) as const;

  test('are rotated by governance', async () => {
    await stage.govern('chain', 'grantRole', [role('COMMITTER_ROLE'), stage.addressOf('stranger')]);
    await stage.govern('chain', 'revokeRole', [role('COMMITTER_ROLE'), stage.addressOf('committer')]);
    expect(await stage.read('chain', 'hasRole', [role('COMMITTER_ROLE'), stage.addressOf('stranger')])).toBe(true);
    expect(await stage.read('chain', 'hasRole', [role('COMMITTER_ROLE'), stage.addressOf('committer')])).toBe(false);
  });

  test('of commit, prove and execute are always three', async () => {
    const holders = { COMMITTER_ROLE: 'committer', PROVER_ROLE: 'prover', EXECUTOR_ROLE: 'executor' } as const;
    for (const [own] of Object.entries(holders)) {
      for (const [other, who] of Object.entries(holders)) {
        if (own === other) continue;
        expect(await stage.refusal(asGovernor('grantRole', [role(own), stage.addressOf(who)]))).toBe(
          'OperatorRolesMustDiffer',
        );
      }
    }
  });

  test('are granted by nobody but the governor, and there is no other administrator', async () => {
    for (const who of ['committer', 'guardian', 'maker', 'checker', 'deployer', 'stranger'] as const) {
      for (const fn of ['grantRole', 'revokeRole']) {
        const call = { who, to: 'chain', fn, args: [role('PROVER_ROLE'), stage.addressOf('stranger')] } as const;
        expect(await stage.refusal(call)).toBe('AccessControlUnauthorizedAccount');
      }
    }
    expect(await stage.refusal(asGovernor('grantRole', [hex32(0n), stage.addressOf('stranger')]))).toBe(
      'AdminIsGovernor',
    );
    expect(await stage.refusal(asGovernor('grantRole', [role('PROVER_ROLE'), `0x${'0'.repeat(40)}`]))).toBe(
      'InvalidConfig',
    );
  });
});

describe('the priority deadline', () => {
  test('is changed by governance, never below three intervals', async () => {
    await stage.govern('chain', 'setPriorityDeadline', [3n * INTERVAL]);
    expect(await stage.read('chain', 'priorityDeadlineSeconds')).toBe(3n * INTERVAL);
    const call = {
      who: stage.deployment.governor,
      to: 'chain',
      fn: 'setPriorityDeadline',
      args: [3n * INTERVAL - 1n],
    } as const;
    expect(await stage.refusal(call)).toBe('InvalidPriorityDeadline');
  });

  test('is changed by nobody else', async () => {
    for (const who of ['committer', 'maker', 'checker', 'guardian', 'stranger'] as const) {
      expect(await stage.refusal({ who, to: 'chain', fn: 'setPriorityDeadline', args: [DELAY] })).toBe('OnlyGovernor');
    }
  });
});
