import type { Abi, AbiFunction, AbiParameter } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { genesisBatch, nextBatch } from './batches.ts';
import { messageArgs, withdrawal } from './messages.ts';
import { ABIS, GENESIS_SLOT, hex32, openStage, type Place, PROOF_SYSTEM_ID, type Stage } from './stage.ts';

/**
 * Who may call what, for every function that changes anything. The table must name each one of the compiled ABIs, so a new function without
 * a rule fails here. Everybody else is refused for who they are, before anything else is looked at.
 */

type Rule = 'anybody' | { readonly only: string | readonly string[]; readonly error: string };

const CONTROL = 'AccessControlUnauthorizedAccount';
const governor: Rule = { only: 'governor', error: 'OnlyGovernor' };
const role = (...only: string[]): Rule => ({ only, error: CONTROL });

const RULES: Readonly<Record<Place, Readonly<Record<string, Rule>>>> = {
  chain: {
    commit: role('committer'),
    prove: role('prover'),
    execute: role('executor'),
    revertBatches: role('reverter'),
    halt: role('guardian', 'governor'),
    resume: governor,
    setPriorityDeadline: governor,
    upgradeToAndCall: governor,
    grantRole: role('governor'),
    revokeRole: role('governor'),
    renounceRole: 'anybody',
    initialize: 'anybody',
  },
  bridge: {
    depositETH: 'anybody',
    depositERC20: 'anybody',
    requestForcedWithdrawal: 'anybody',
    finalizeWithdrawal: 'anybody',
    recordMessagesRoot: { only: 'chain', error: 'OnlyChain' },
    approvePolicyRoot: governor,
    setPolicyRoot: governor,
    revokePolicyRoot: governor,
    setListRoot: governor,
    setIdentity: governor,
    setParameter: governor,
    upgradeToAndCall: governor,
    initialize: 'anybody',
  },
  governor: {
    propose: role('maker'),
    approve: role('checker'),
    reject: 'anybody',
    execute: 'anybody',
    executeBatch: 'anybody',
    schedule: role('governor'),
    scheduleBatch: role('governor'),
    cancel: role('governor'),
    updateDelay: { only: 'governor', error: 'TimelockUnauthorizedCaller' },
    grantRole: role('governor'),
    revokeRole: role('governor'),
    renounceRole: 'anybody',
    // They accept tokens sent by mistake, and do nothing.
    onERC721Received: 'anybody',
    onERC1155Received: 'anybody',
    onERC1155BatchReceived: 'anybody',
  },
  verifiers: { add: governor, retire: governor },
};

const WHO = [
  'committer',
  'prover',
  'executor',
  'reverter',
  'guardian',
  'maker',
  'checker',
  'customer',
  'deployer',
  'stranger',
] as const;

const changing = (abi: Abi): AbiFunction[] =>
  abi.filter(
    (item): item is AbiFunction => item.type === 'function' && !['view', 'pure'].includes(item.stateMutability),
  );

/** Any value of a type: access is judged first. */
function filler(input: AbiParameter): unknown {
  if (input.type.endsWith('[]')) return [];
  if ('components' in input) return Object.fromEntries(input.components.map((part) => [part.name!, filler(part)]));
  if (input.type === 'address') return `0x${'11'.repeat(20)}`;
  if (input.type === 'bytes') return '0x';
  if (input.type.startsWith('bytes')) return hex32(1n);
  if (input.type === 'bool') return true;
  return Number.parseInt(input.type.slice(4), 10) <= 48 ? 1 : 1n;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage?.close());

describe.each(Object.keys(RULES) as Place[])('%s', (place) => {
  test('has a rule for every function that changes something, and no other', () => {
    const names = changing(ABIS[place]).map(({ name }) => name);
    const views = ABIS[place].filter((item) => item.type === 'function').map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(Object.keys(RULES[place]).filter((name) => !views.includes(name))).toEqual([]);
    expect(names.filter((name) => !(name in RULES[place]))).toEqual([]);
  });

  test('refuses everybody whom the rule does not name', async () => {
    let refused = 0;
    for (const fn of changing(ABIS[place])) {
      const rule = RULES[place][fn.name]!;
      if (rule === 'anybody') continue;
      const args = fn.inputs.map((input) => filler(input));
      const outsiders = WHO.filter((who) => !rule.only.includes(who));
      for (const who of outsiders) {
        expect(await stage.refusal({ who, to: place, fn: fn.name, args }), `${fn.name} by ${who}`).toBe(rule.error);
        refused++;
      }
      for (const contract of ['chain', 'bridge', 'governor', 'verifiers'] as const) {
        if (rule.only.includes(contract)) continue;
        const who = stage.deployment[contract];
        expect(await stage.refusal({ who, to: place, fn: fn.name, args }), `${fn.name} by ${contract}`).toBe(
          rule.error,
        );
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});

test('the one whom the rule names gets past it', async () => {
  const batch = nextBatch(genesisBatch(), GENESIS_SLOT);
  const named = [
    {
      who: 'committer',
      to: 'chain',
      fn: 'commit',
      args: [genesisBatch(), { ...batch, batchNumber: 2n }],
      next: 'BatchOutOfOrder',
    },
    {
      who: 'prover',
      to: 'chain',
      fn: 'prove',
      args: [batchAsStored(), batchAsStored(), PROOF_SYSTEM_ID, '0x'],
      next: 'StoredBatchMismatch',
    },
    { who: 'executor', to: 'chain', fn: 'execute', args: [genesisBatch(), []], next: 'BatchOutOfOrder' },
    { who: 'reverter', to: 'chain', fn: 'revertBatches', args: [genesisBatch()], next: 'BatchNotCommitted' },
    {
      who: 'customer',
      to: 'bridge',
      fn: 'finalizeWithdrawal',
      args: [messageArgs(withdrawal(1n, 0, `0x${'11'.repeat(20)}`, 1n)), Array(8).fill(hex32(0n))],
      next: 'BatchHasNoMessages',
    },
  ] as const;
  for (const { next, ...call } of named) expect(await stage.refusal(call), call.fn).toBe(next);
});

const batchAsStored = () => ({ ...genesisBatch(), stateRoot: hex32(1n) });
