import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FR_MODULUS, PRIORITY_KIND, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { type BatchData, genesisBatch, nextBatch, type StoredBatch, storedBatch } from './batches.ts';
import {
  DEADLINE,
  EXIT_ONLY_ROOT,
  GENESIS_SLOT,
  hex32,
  INTERVAL,
  openStage,
  POLICY_ROOT,
  type Stage,
} from './stage.ts';

/** G3: a batch counts only under the root that the last SET_POLICY_ROOT at or before its priority index set, while it is not revoked. */

const ROOT_A = 0xaaaan;
const ROOT_B = 0xbbbbn;

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterEach(() => stage.reset());
afterAll(() => stage?.close());

const checkpoint = (index: bigint) =>
  stage.read<{ roll: string; policyRoot: string; policyRevokedFrom: bigint; nextTimestamp: bigint }>(
    'bridge',
    'priorityCheckpoint',
    [index],
  );
const setPolicy = (root: bigint) => stage.govern('bridge', 'setPolicyRoot', [hex32(root)]);
const revoke = (root: bigint, fromSlot: bigint, replacement = 0n) =>
  stage.govern('bridge', 'revokePolicyRoot', [hex32(root), fromSlot, hex32(replacement)], true);
const asGovernor = (fn: string, args: readonly unknown[]) =>
  ({ who: stage.deployment.governor, to: 'bridge', fn, args }) as const;
const length = () => stage.read<bigint>('bridge', 'priorityQueueLength');
const lastOverSlot = async () => (await stage.now()) / INTERVAL - 1n;
const commitCall = (previous: StoredBatch, batch: BatchData) =>
  ({ who: 'committer', to: 'chain', fn: 'commit', args: [previous, batch] }) as const;
/** A batch that has processed `index` operations and claims `root`. */
const batchAt = (previous: StoredBatch, slot: bigint, index: bigint, root: bigint) =>
  nextBatch(previous, slot, { priorityIndex: index, policyRoot: hex32(root) });
async function commit(previous: StoredBatch, batch: BatchData): Promise<StoredBatch> {
  const { roll } = await checkpoint(batch.priorityIndex);
  await stage.send(commitCall(previous, batch));
  return storedBatch(previous, batch, BigInt(roll));
}

describe('the root in force', () => {
  test('is that of the last SET_POLICY_ROOT at or before the index', async () => {
    await stage.send({
      who: 'customer',
      to: 'bridge',
      fn: 'depositETH',
      args: [stage.addressOf('customer')],
      value: 1n,
    });
    await setPolicy(ROOT_A);
    await stage.send({
      who: 'customer',
      to: 'bridge',
      fn: 'depositETH',
      args: [stage.addressOf('customer')],
      value: 1n,
    });
    await setPolicy(ROOT_B);
    const roots = await Promise.all([0n, 1n, 2n, 3n, 4n].map(async (i) => BigInt((await checkpoint(i)).policyRoot)));
    expect(roots).toEqual([POLICY_ROOT, POLICY_ROOT, ROOT_A, ROOT_A, ROOT_B]);
  });

  test('is the only one a batch is taken under', async () => {
    await setPolicy(ROOT_A);
    await setPolicy(ROOT_B);
    const slot = await lastOverSlot();
    const inForce = [POLICY_ROOT, ROOT_A, ROOT_B];
    for (const [index, right] of inForce.entries()) {
      for (const claimed of [...inForce, EXIT_ONLY_ROOT]) {
        const call = commitCall(genesisBatch(), batchAt(genesisBatch(), slot, BigInt(index), claimed));
        if (claimed === right) await stage.tentatively(() => stage.send(call));
        else expect(await stage.refusal(call)).toBe('PolicyRootNotInForce');
      }
    }
  });

  test('may come back to an earlier root', async () => {
    await setPolicy(ROOT_A);
    await setPolicy(POLICY_ROOT);
    expect(BigInt((await checkpoint(2n)).policyRoot)).toBe(POLICY_ROOT);
  });

  test('cannot be kept by leaving the change unprocessed beyond the deadline', async () => {
    await setPolicy(ROOT_A);
    const requested = (await checkpoint(0n)).nextTimestamp;
    await stage.setTime(requested + DEADLINE + 2n * INTERVAL);
    const slot = await lastOverSlot();
    expect(await stage.refusal(commitCall(genesisBatch(), batchAt(genesisBatch(), slot, 0n, POLICY_ROOT)))).toBe(
      'PriorityOperationOverdue',
    );
    await commit(genesisBatch(), batchAt(genesisBatch(), slot, 1n, ROOT_A));
  });
});

describe('a revocation', () => {
  test('takes effect at the slot after the last committed one when it names an earlier slot', async () => {
    await stage.setTime((GENESIS_SLOT + 6n) * INTERVAL);
    const one = await commit(genesisBatch(), batchAt(genesisBatch(), GENESIS_SLOT + 3n, 0n, POLICY_ROOT));
    const { events } = await revoke(POLICY_ROOT, GENESIS_SLOT + 1n);
    expect(events.map((e) => (e as unknown as { eventName: string }).eventName)).toContain('PolicyRootRevoked');
    expect(await stage.read('bridge', 'policyStatus', [hex32(POLICY_ROOT)])).toEqual({
      approved: true,
      revokedFrom: GENESIS_SLOT + 4n,
    });
    const slot = GENESIS_SLOT + 4n;
    expect(await stage.refusal(commitCall(one, batchAt(one, slot, 0n, POLICY_ROOT)))).toBe('PolicyRootRevoked');
    await commit(one, batchAt(one, slot, 1n, EXIT_ONLY_ROOT));
  });

  test('is not escaped by taking back what was committed before it and filling those slots anew', async () => {
    await stage.setTime((GENESIS_SLOT + 8n) * INTERVAL);
    const first = batchAt(genesisBatch(), GENESIS_SLOT + 3n, 0n, POLICY_ROOT);
    const one = await commit(genesisBatch(), first);
    const second = batchAt(one, GENESIS_SLOT + 4n, 0n, POLICY_ROOT);
    await commit(one, second);
    await revoke(POLICY_ROOT, 0n);
    await stage.send({ who: 'reverter', to: 'chain', fn: 'revertBatches', args: [genesisBatch()] });
    for (const changed of [
      { ...first, recordsRoot: hex32(99n) },
      { ...first, stateRoot: hex32(99n) },
      { ...first, slot: first.slot + 1n },
      { ...first, slot: first.slot - 1n },
    ]) {
      expect(await stage.refusal(commitCall(genesisBatch(), changed))).toBe('RevertedBatchChanged');
    }
    // The same again is what it was; and the way on is open under what replaced the root.
    await stage.tentatively(async () => {
      await commit(genesisBatch(), first);
      expect(await stage.refusal(commitCall(one, { ...second, recordsRoot: hex32(99n) }))).toBe('RevertedBatchChanged');
      const two = await commit(one, second);
      const third = batchAt(two, GENESIS_SLOT + 5n, 0n, POLICY_ROOT);
      expect(await stage.refusal(commitCall(two, third))).toBe('PolicyRootRevoked');
    });
    await commit(genesisBatch(), batchAt(genesisBatch(), GENESIS_SLOT + 3n, 1n, EXIT_ONLY_ROOT));
  });

  test('leaves the slots before a named later one alone', async () => {
    await revoke(POLICY_ROOT, GENESIS_SLOT + 9n);
    await stage.setTime((GENESIS_SLOT + 12n) * INTERVAL);
    const one = await commit(genesisBatch(), batchAt(genesisBatch(), GENESIS_SLOT + 8n, 0n, POLICY_ROOT));
    for (const slot of [9n, 10n, 11n]) {
      const batch = batchAt(one, GENESIS_SLOT + slot, 0n, POLICY_ROOT);
      expect(await stage.refusal(commitCall(one, batch))).toBe('PolicyRootRevoked');
    }
    await commit(one, batchAt(one, GENESIS_SLOT + 9n, 1n, EXIT_ONLY_ROOT));
  });

  test('queues a change to the exit-only root, or to the approved root it names', async () => {
    await setPolicy(ROOT_A);
    await stage.tentatively(async () => {
      await revoke(ROOT_A, 0n);
      expect(BigInt((await checkpoint(2n)).policyRoot)).toBe(EXIT_ONLY_ROOT);
    });
    await revoke(ROOT_A, 0n, POLICY_ROOT);
    expect(BigInt((await checkpoint(2n)).policyRoot)).toBe(POLICY_ROOT);
  });

  test('may name a root approved beforehand that has never been in force', async () => {
    await stage.govern('bridge', 'approvePolicyRoot', [hex32(ROOT_B)]);
    expect(await length()).toBe(0n);
    await revoke(POLICY_ROOT, 0n, ROOT_B);
    expect(BigInt((await checkpoint(1n)).policyRoot)).toBe(ROOT_B);
  });

  test('of a root that is not the last queued queues nothing', async () => {
    await setPolicy(ROOT_A);
    await revoke(POLICY_ROOT, 0n);
    expect(await length()).toBe(1n);
    const slot = await lastOverSlot();
    expect(await stage.refusal(commitCall(genesisBatch(), batchAt(genesisBatch(), slot, 0n, POLICY_ROOT)))).toBe(
      'PolicyRootRevoked',
    );
    await commit(genesisBatch(), batchAt(genesisBatch(), slot, 1n, ROOT_A));
  });

  test('may be moved to an earlier slot, never to a later one', async () => {
    await revoke(POLICY_ROOT, GENESIS_SLOT + 50n);
    for (const later of [50n, 51n]) {
      const call = asGovernor('revokePolicyRoot', [hex32(POLICY_ROOT), GENESIS_SLOT + later, hex32(0n)]);
      expect(await stage.refusal(call)).toBe('PolicyRootIsRevoked');
    }
    await revoke(POLICY_ROOT, GENESIS_SLOT + 49n);
    expect(await length()).toBe(1n);
  });

  test('is for ever: the root is not set, approved or named again', async () => {
    await setPolicy(ROOT_A);
    await revoke(ROOT_A, 0n);
    expect(await stage.refusal(asGovernor('setPolicyRoot', [hex32(ROOT_A)]))).toBe('PolicyRootIsRevoked');
    expect(await stage.refusal(asGovernor('approvePolicyRoot', [hex32(ROOT_A)]))).toBe('PolicyRootAlreadyApproved');
    expect(await stage.refusal(asGovernor('revokePolicyRoot', [hex32(POLICY_ROOT), 0n, hex32(ROOT_A)]))).toBe(
      'PolicyRootIsRevoked',
    );
  });

  test('is refused for a root never approved, for the exit-only root, and in favour of an unapproved or of the same root', async () => {
    const refusal = (root: bigint, replacement: bigint) =>
      stage.refusal(asGovernor('revokePolicyRoot', [hex32(root), 0n, hex32(replacement)]));
    expect(await refusal(ROOT_A, 0n)).toBe('PolicyRootNotApproved');
    expect(await refusal(EXIT_ONLY_ROOT, 0n)).toBe('ExitOnlyPolicyRootIsPermanent');
    expect(await refusal(POLICY_ROOT, ROOT_A)).toBe('PolicyRootNotApproved');
    expect(await refusal(POLICY_ROOT, POLICY_ROOT)).toBe('PolicyRootIsRevoked');
  });

  test('overtakes a change that is queued but unprocessed', async () => {
    await setPolicy(ROOT_A);
    await revoke(ROOT_A, 0n, POLICY_ROOT);
    const slot = await lastOverSlot();
    expect(await stage.refusal(commitCall(genesisBatch(), batchAt(genesisBatch(), slot, 1n, ROOT_A)))).toBe(
      'PolicyRootRevoked',
    );
    await commit(genesisBatch(), batchAt(genesisBatch(), slot, 2n, POLICY_ROOT));
  });
});

describe('governance operations', () => {
  const p = FR_MODULUS;
  const block = (gasLimit: bigint, baseFee: bigint, feeMode: bigint, interval: bigint) =>
    (gasLimit << 192n) | (baseFee << 128n) | (feeMode << 64n) | interval;

  test('are queued as PROTOCOL 7 says, by the governor as sender', async () => {
    const subject = stage.addressOf('customer');
    const identity = (1n << 192n) | (1_900_000_000n << 128n) | 5n;
    const cases = [
      ['setListRoot', [7n, hex32(9n)], PRIORITY_KIND.SET_LIST_ROOT, 7n, 9n],
      ['setIdentity', [subject, identity], PRIORITY_KIND.SET_IDENTITY, BigInt(subject), identity],
      [
        'setParameter',
        [4n, block(30_000_000n, 7n, 1n, INTERVAL)],
        PRIORITY_KIND.SET_PARAMETER,
        4n,
        block(30_000_000n, 7n, 1n, INTERVAL),
      ],
      ['setParameter', [5n, BigInt(subject)], PRIORITY_KIND.SET_PARAMETER, 5n, BigInt(subject)],
      ['setParameter', [6n, 1n << 16n], PRIORITY_KIND.SET_PARAMETER, 6n, 1n << 16n],
      ['setPolicyRoot', [hex32(ROOT_A)], PRIORITY_KIND.SET_POLICY_ROOT, ROOT_A, 0n],
    ] as const;
    for (const [i, [fn, args, kind, a, b]] of cases.entries()) {
      const { events } = await stage.govern('bridge', fn, args);
      expect(events).toContainEqual(
        expect.objectContaining({
          eventName: 'PriorityOperationQueued',
          args: expect.objectContaining({
            index: BigInt(i),
            kind,
            sender: stage.deployment.governor,
            a: hex32(a),
            b: hex32(b),
          }),
        }),
      );
    }
  });

  test('are refused when the chain would refuse them or could not represent them', async () => {
    const subject = stage.addressOf('customer');
    const zero = `0x${'0'.repeat(40)}`;
    const refused: [string, readonly unknown[], string][] = [
      ['setPolicyRoot', [hex32(0n)], 'InvalidRoot'],
      ['setPolicyRoot', [hex32(p)], 'InvalidRoot'],
      ['setPolicyRoot', [hex32((1n << 256n) - 1n)], 'InvalidRoot'],
      ['approvePolicyRoot', [hex32(0n)], 'InvalidRoot'],
      ['approvePolicyRoot', [hex32(p)], 'InvalidRoot'],
      ['approvePolicyRoot', [hex32(POLICY_ROOT)], 'PolicyRootAlreadyApproved'],
      ['setListRoot', [1n, hex32(0n)], 'InvalidRoot'],
      ['setListRoot', [1n, hex32(p)], 'InvalidRoot'],
      ['setIdentity', [zero, 1n], 'InvalidIdentity'],
      ['setIdentity', [subject, 2n << 192n], 'InvalidIdentity'],
      ...[0n, 1n, 2n, 3n, 7n, 8n, 1n << 200n].map((name): [string, readonly unknown[], string] => [
        'setParameter',
        [name, 1n],
        'InvalidParameter',
      ]),
      ['setParameter', [4n, block(20_999n, 0n, 0n, INTERVAL)], 'InvalidParameter'],
      ['setParameter', [4n, block(30_000_000n, 0n, 2n, INTERVAL)], 'InvalidParameter'],
      ['setParameter', [4n, block(30_000_000n, 0n, 0n, INTERVAL + 1n)], 'InvalidParameter'],
      ['setParameter', [5n, 1n << 160n], 'InvalidParameter'],
      ['setParameter', [6n, 1n << 128n], 'InvalidParameter'],
      ['setParameter', [6n, 0b0010n], 'InvalidParameter'],
      ['setParameter', [6n, 0b0100n], 'InvalidParameter'],
      ['setParameter', [6n, 0b1000n], 'InvalidParameter'],
    ];
    for (const [fn, args, error] of refused) {
      expect(await stage.refusal(asGovernor(fn, args)), `${fn}(${args.join()})`).toBe(error);
    }
    expect(SYSTEM_NAME.BLOCK).toBe(4);
    await stage.tentatively(() => stage.govern('bridge', 'setPolicyRoot', [hex32(p - 1n)]));
  });

  test('are refused from anybody but the governor', async () => {
    const calls: [string, readonly unknown[]][] = [
      ['setPolicyRoot', [hex32(ROOT_A)]],
      ['approvePolicyRoot', [hex32(ROOT_A)]],
      ['revokePolicyRoot', [hex32(POLICY_ROOT), 0n, hex32(0n)]],
      ['setListRoot', [1n, hex32(1n)]],
      ['setIdentity', [stage.addressOf('customer'), 1n]],
      ['setParameter', [5n, 1n]],
    ];
    for (const [fn, args] of calls) {
      for (const who of [
        'maker',
        'checker',
        'committer',
        'guardian',
        'deployer',
        'stranger',
        stage.deployment.chain,
      ] as const) {
        expect(await stage.refusal({ who, to: 'bridge', fn, args }), `${fn} by ${who}`).toBe('OnlyGovernor');
      }
    }
  });
});

describe('a long queue after an outage', () => {
  test('asks 256 operations of a batch, and no batch that cannot exist', async () => {
    const data = {
      who: 'customer',
      to: 'bridge',
      fn: 'requestForcedWithdrawal',
      args: [stage.addressOf('customer'), 1n],
    } as const;
    for (let i = 0; i < 258; i++) await stage.send(data);
    await stage.setTime((await stage.now()) + DEADLINE + 3n * INTERVAL);
    const slot = (await lastOverSlot()) - 1n;
    for (const index of [0n, 1n, 255n]) {
      expect(await stage.refusal(commitCall(genesisBatch(), batchAt(genesisBatch(), slot, index, POLICY_ROOT)))).toBe(
        'PriorityOperationOverdue',
      );
    }
    const one = await commit(genesisBatch(), batchAt(genesisBatch(), slot, 256n, POLICY_ROOT));
    expect(await stage.refusal(commitCall(one, batchAt(one, slot + 1n, 257n, POLICY_ROOT)))).toBe(
      'PriorityOperationOverdue',
    );
    await commit(one, batchAt(one, slot + 1n, 258n, POLICY_ROOT));
  });
});
