import { encodeFunctionData, type Hex, keccak256, toBytes } from 'viem';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { bytesToHex, hexToBytes } from '../../src/base/bytes.ts';
import { ABIS, DELAY, hex32, openStage, type Place, PROOF_SYSTEM_ID, type Stage, type Who } from './stage.ts';

/** Two people, a delay, and nothing else: the only way to change anything (G3). */

const role = (name: string): Hex => keccak256(toBytes(name));
const NONE = hex32(0n);

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

interface Act {
  readonly target: Hex;
  readonly data: Hex;
  readonly salt: Hex;
}
const act = (to: Place, fn: string, args: readonly unknown[] = [], salt = 1n): Act => ({
  target: stage.deployment[to],
  data: encodeFunctionData({ abi: ABIS[to], functionName: fn, args: [...args] }),
  salt: hex32(salt),
});
const setRoot = (root = 0xaaaan, salt = 1n) => act('bridge', 'setPolicyRoot', [hex32(root)], salt);
const propose = (a: Act, who: Who = 'maker') =>
  ({ who, to: 'governor', fn: 'propose', args: [a.target, a.data, a.salt] }) as const;
const approve = (a: Act, who: Who = 'checker') =>
  ({ who, to: 'governor', fn: 'approve', args: [a.target, a.data, a.salt] }) as const;
const execute = (a: Act, who: Who = 'stranger', value = 0n) =>
  ({ who, to: 'governor', fn: 'execute', args: [a.target, value, a.data, NONE, a.salt], value }) as const;
const idOf = (a: Act) => stage.read<Hex>('governor', 'proposalId', [a.target, a.data, a.salt]);
const reject = (id: Hex, who: Who) => ({ who, to: 'governor', fn: 'reject', args: [id] }) as const;
const wait = async (seconds: bigint) => stage.setTime((await stage.now()) + seconds);
const names = (events: readonly unknown[]) => events.map((event) => (event as { eventName: string }).eventName);

describe('a proposal', () => {
  test('is proposed, approved by another person, waits and is executed by anybody', async () => {
    const a = setRoot();
    const proposed = await stage.send(propose(a));
    expect(proposed.events).toMatchObject([
      {
        eventName: 'Proposed',
        args: { id: await idOf(a), maker: stage.addressOf('maker'), target: a.target, data: a.data },
      },
    ]);
    const approved = await stage.send(approve(a));
    expect(names(approved.events)).toContain('Approved');
    const executableAt = await stage.read<bigint>('governor', 'getTimestamp', [await idOf(a)]);
    expect(executableAt).toBe((await stage.now()) + DELAY);
    await stage.setTime(executableAt - 1n);
    expect(await stage.refusal(execute(a))).toBe('TimelockUnexpectedOperationState');
    await stage.setTime(executableAt);
    await stage.send(execute(a));
    expect(await stage.read('bridge', 'priorityQueueLength')).toBe(1n);
    expect(await stage.refusal(execute(a))).toBe('TimelockUnexpectedOperationState');
  });

  test('is refused from anybody but a maker', async () => {
    for (const who of ['checker', 'committer', 'prover', 'executor', 'guardian', 'deployer', 'stranger'] as const) {
      expect(await stage.refusal(propose(setRoot(), who))).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('is refused a second time, approved or not', async () => {
    await stage.send(propose(setRoot()));
    expect(await stage.refusal(propose(setRoot()))).toBe('ProposalExists');
    expect(await stage.refusal(propose(setRoot(), 'maker2'))).toBe('ProposalExists');
    await stage.send(approve(setRoot()));
    expect(await stage.refusal(propose(setRoot()))).toBe('ProposalExists');
    await stage.send(propose(setRoot(0xaaaan, 2n)));
  });

  test('is refused for any contract but ours', async () => {
    for (const target of [stage.addressOf('stranger'), stage.deployment.verifier!, `0x${'0'.repeat(40)}` as Hex]) {
      expect(await stage.refusal(propose({ ...setRoot(), target }))).toBe('InvalidTarget');
    }
  });
});

describe('an approval', () => {
  test('is refused from a maker, the same or another, and from anybody but a checker', async () => {
    await stage.send(propose(setRoot()));
    for (const who of ['maker', 'maker2', 'committer', 'guardian', 'deployer', 'stranger'] as const) {
      expect(await stage.refusal(approve(setRoot(), who))).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('is refused when one bit of what was proposed differs', async () => {
    const a = setRoot();
    await stage.send(propose(a));
    const flip = (hex: Hex, at: number): Hex => {
      const bytes = hexToBytes(hex);
      bytes[at]! ^= 1;
      return bytesToHex(bytes);
    };
    for (let i = 0; i < (a.data.length - 2) / 2; i++)
      expect(await stage.refusal(approve({ ...a, data: flip(a.data, i) }))).toBe('ProposalUnknown');
    for (const i of [0, 31])
      expect(await stage.refusal(approve({ ...a, salt: flip(a.salt, i) }))).toBe('ProposalUnknown');
    expect(await stage.refusal(approve({ ...a, target: stage.deployment.chain }))).toBe('ProposalUnknown');
    await stage.send(approve(a));
  });

  test('is refused twice', async () => {
    await stage.send(propose(setRoot()));
    await stage.send(approve(setRoot()));
    expect(await stage.refusal(approve(setRoot()))).toBe('ProposalAlreadyApproved');
    expect(await stage.refusal(approve(setRoot(), 'checker2'))).toBe('ProposalAlreadyApproved');
  });

  test('is refused after 14 days', async () => {
    await stage.send(propose(setRoot()));
    const { expiresAt } = await stage.read<{ expiresAt: bigint }>('governor', 'proposals', [await idOf(setRoot())]);
    await stage.setTime(expiresAt + 1n);
    expect(await stage.refusal(approve(setRoot()))).toBe('ProposalExpired');
  });

  test('is refused when the maker has lost the role meanwhile', async () => {
    await stage.send(propose(setRoot(), 'maker2'));
    await stage.govern('governor', 'revokeRole', [role('MAKER_ROLE'), stage.addressOf('maker2')]);
    expect(await stage.refusal(approve(setRoot()))).toBe('MakerNoLongerHoldsRole');
  });
});

describe('a rejection', () => {
  test('drops a proposal: by its maker or by any checker, not by others', async () => {
    const id = await idOf(setRoot());
    await stage.send(propose(setRoot()));
    for (const who of ['maker2', 'committer', 'guardian', 'stranger'] as const) {
      expect(await stage.refusal(reject(id, who))).toBe('NotMakerNorChecker');
    }
    await stage.tentatively(() => stage.send(reject(id, 'maker')));
    await stage.send(reject(id, 'checker2'));
    expect(await stage.refusal(approve(setRoot()))).toBe('ProposalUnknown');
    expect(await stage.refusal(reject(id, 'maker'))).toBe('ProposalUnknown');
    await stage.send(propose(setRoot()));
  });

  test('is refused once approved: then it takes two people to cancel', async () => {
    await stage.send(propose(setRoot()));
    await stage.send(approve(setRoot()));
    const id = await idOf(setRoot());
    expect(await stage.refusal(reject(id, 'maker'))).toBe('ProposalAlreadyApproved');
    for (const who of ['maker', 'checker', 'stranger'] as const) {
      expect(await stage.refusal({ who, to: 'governor', fn: 'cancel', args: [id] })).toBe(
        'AccessControlUnauthorizedAccount',
      );
    }
    await stage.govern('governor', 'cancel', [id], true);
    await wait(DELAY + 1n);
    expect(await stage.refusal(execute(setRoot()))).toBe('TimelockUnexpectedOperationState');
  });
});

describe('without delay', () => {
  test('go the acts that only take permission away or lift a halt, and no other', async () => {
    await stage.govern('bridge', 'revokePolicyRoot', [hex32(0x1111n), 0n, NONE], true);
    await stage.govern('verifiers', 'retire', [PROOF_SYSTEM_ID, 1n], true);
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    await stage.govern('chain', 'resume', [], true);
    expect(await stage.read('chain', 'paused')).toBe(false);
    expect(await stage.read('bridge', 'priorityQueueLength')).toBe(1n);

    const delayed = [
      setRoot(),
      act('bridge', 'approvePolicyRoot', [hex32(5n)]),
      act('bridge', 'setListRoot', [1n, hex32(5n)]),
      act('bridge', 'setIdentity', [stage.addressOf('customer'), 1n]),
      act('bridge', 'setParameter', [5n, 1n]),
      act('bridge', 'upgradeToAndCall', [stage.deployment.chain, '0x']),
      act('chain', 'upgradeToAndCall', [stage.deployment.chain, '0x']),
      act('chain', 'setPriorityDeadline', [9999n]),
      act('chain', 'grantRole', [role('COMMITTER_ROLE'), stage.addressOf('stranger')]),
      act('verifiers', 'add', [hex32(3n), 1n, stage.deployment.verifier]),
      act('governor', 'grantRole', [role('MAKER_ROLE'), stage.addressOf('stranger')]),
      act('governor', 'updateDelay', [1n]),
      // A selector that is immediate elsewhere is not immediate here.
      { ...act('chain', 'resume'), target: stage.deployment.bridge },
    ];
    for (const a of delayed) {
      await stage.send(propose(a));
      await stage.send(approve(a));
      expect(await stage.refusal(execute(a))).toBe('TimelockUnexpectedOperationState');
    }
  });

  test('an immediate act that is refused leaves the proposal to be approved later', async () => {
    const a = act('chain', 'resume');
    await stage.send(propose(a));
    expect(await stage.refusal(approve(a))).toBe('ExpectedPause');
    await stage.send({ who: 'guardian', to: 'chain', fn: 'halt' });
    await stage.send(approve(a));
  });
});

describe('the timelock below', () => {
  test('takes no schedule from anybody: not even from makers and checkers', async () => {
    const a = setRoot();
    for (const who of ['maker', 'checker', 'guardian', 'deployer', 'stranger'] as const) {
      expect(
        await stage.refusal({ who, to: 'governor', fn: 'schedule', args: [a.target, 0n, a.data, NONE, NONE, DELAY] }),
      ).toBe('AccessControlUnauthorizedAccount');
      expect(
        await stage.refusal({
          who,
          to: 'governor',
          fn: 'scheduleBatch',
          args: [[a.target], [0n], [a.data], NONE, NONE, DELAY],
        }),
      ).toBe('AccessControlUnauthorizedAccount');
    }
  });

  test('executes nothing that was not approved, alone or in a batch', async () => {
    const a = setRoot();
    expect(await stage.refusal(execute(a))).toBe('TimelockUnexpectedOperationState');
    expect(
      await stage.refusal({
        who: 'stranger',
        to: 'governor',
        fn: 'executeBatch',
        args: [[a.target], [0n], [a.data], NONE, a.salt],
      }),
    ).toBe('TimelockUnexpectedOperationState');
  });

  test('calls no contract but ours, though it be scheduled through itself', async () => {
    const outside = stage.addressOf('stranger');
    const inner = { target: outside, data: '0x' as Hex, salt: hex32(9n) };
    await stage.govern('governor', 'schedule', [inner.target, 0n, inner.data, NONE, inner.salt, DELAY]);
    await wait(DELAY + 1n);
    expect(await stage.refusal(execute(inner))).toBe('InvalidTarget');
  });

  test('moves no ether and takes none', async () => {
    const a = setRoot();
    await stage.govern('governor', 'schedule', [a.target, 1n, a.data, NONE, a.salt, DELAY]);
    await wait(DELAY + 1n);
    expect(await stage.refusal(execute(a, 'stranger', 1n))).toBe('ValueNotAllowed');
    await expect(
      stage.client.call({ account: stage.addressOf('customer'), to: stage.deployment.governor, value: 1n }),
    ).rejects.toThrow();
  });
});

describe('roles of governance', () => {
  const self = (fn: string, args: readonly unknown[]) =>
    ({ who: stage.deployment.governor, to: 'governor', fn, args }) as const;

  test('are changed by governance only', async () => {
    for (const who of ['maker', 'checker', 'deployer', 'stranger'] as const) {
      for (const fn of ['grantRole', 'revokeRole']) {
        const call = { who, to: 'governor', fn, args: [role('MAKER_ROLE'), stage.addressOf('stranger')] } as const;
        expect(await stage.refusal(call)).toBe('AccessControlUnauthorizedAccount');
      }
      expect(await stage.refusal({ who, to: 'governor', fn: 'updateDelay', args: [1n] })).toBe(
        'TimelockUnauthorizedCaller',
      );
    }
    await stage.govern('governor', 'grantRole', [role('CHECKER_ROLE'), stage.addressOf('stranger')]);
    await stage.send(propose(setRoot()));
    await stage.send(approve(setRoot(), 'stranger'));
  });

  test('never make one address maker and checker', async () => {
    expect(await stage.refusal(self('grantRole', [role('CHECKER_ROLE'), stage.addressOf('maker')]))).toBe(
      'MakerAndCheckerMustDiffer',
    );
    expect(await stage.refusal(self('grantRole', [role('MAKER_ROLE'), stage.addressOf('checker')]))).toBe(
      'MakerAndCheckerMustDiffer',
    );
    expect(await stage.refusal(self('grantRole', [role('MAKER_ROLE'), `0x${'0'.repeat(40)}`]))).toBe('InvalidConfig');
  });

  test('of the timelock and the administrator stay with the contract itself', async () => {
    for (const fixed of [NONE, role('PROPOSER_ROLE'), role('CANCELLER_ROLE'), role('EXECUTOR_ROLE')]) {
      expect(await stage.refusal(self('grantRole', [fixed, stage.addressOf('maker')]))).toBe('RoleIsFixed');
      const holder = fixed === role('EXECUTOR_ROLE') ? `0x${'0'.repeat(40)}` : stage.deployment.governor;
      expect(await stage.refusal(self('revokeRole', [fixed, holder]))).toBe('LastHolder');
    }
  });

  test('never lose their last holder', async () => {
    await stage.send({
      who: 'maker2',
      to: 'governor',
      fn: 'renounceRole',
      args: [role('MAKER_ROLE'), stage.addressOf('maker2')],
    });
    expect(
      await stage.refusal({
        who: 'maker',
        to: 'governor',
        fn: 'renounceRole',
        args: [role('MAKER_ROLE'), stage.addressOf('maker')],
      }),
    ).toBe('LastHolder');
    expect(await stage.refusal(self('revokeRole', [role('MAKER_ROLE'), stage.addressOf('maker')]))).toBe('LastHolder');
  });

  test('cannot be without a delay', async () => {
    expect(await stage.refusal(self('updateDelay', [0n]))).toBe('InvalidDelay');
    await stage.govern('governor', 'updateDelay', [60n]);
    expect(await stage.read('governor', 'getMinDelay')).toBe(60n);
  });
});
