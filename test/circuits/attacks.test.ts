/**
 * Attacks by an operator who controls every input (G1). The state transition is deceived (`pretend`, `forge`) or the witness edited, so that
 * the TypeScript side objects to nothing; each attack must fail at the assertion that is there for it.
 */

import { beforeAll, describe, expect, it } from 'vitest';
import { BASE_TOKEN_ADDRESS, PRIORITY_KIND, SYSTEM_NAME } from '../../src/chain/constants.ts';
import { accountKey, identityKey, systemKey } from '../../src/chain/keys.ts';
import { rollPriority } from '../../src/chain/priority-operation.ts';
import { toWord } from '../../src/chain/word.ts';
import type { CircuitStruct } from '../../src/prover/witness/circuit-value.ts';
import type { BatchItem } from '../../src/prover/witness/port.ts';
import { forgeExecution } from './support/forge.ts';
import { replaceIn } from './support/mutants.ts';
import { operation } from './support/scenarios.ts';
import { createSolver, type Solver } from './support/solve.ts';
import {
  begin,
  call,
  cosignedCall,
  createWorld,
  ETHER,
  IDENTITIES,
  identityWord,
  LISTS,
  PEOPLE,
  ROLES,
  SLOT_START,
  STRANGER,
  transfer,
  type World,
  type WorldOptions,
  witnessOf,
} from './support/world.ts';

const { alice, bob, carol, rita, frank } = PEOPLE;
let segment: Solver;
let seal: Solver;

beforeAll(async () => {
  segment = await createSolver('segment_xs');
  seal = await createSolver('seal');
}, 300_000);

const build = (
  options: WorldOptions,
  items: readonly BatchItem[],
  bend: (world: World) => World = (world) => world,
) => {
  const world = bend(createWorld(options));
  return witnessOf(world, [begin(world), ...items], ['xs']);
};

async function expectRejected(inputs: CircuitStruct, assertion: string | RegExp, solver = segment): Promise<void> {
  const verdict = await solver.solve(inputs);
  expect(verdict.accepted ? 'accepted' : verdict.assertion).toMatch(assertion);
}

const account = (person: { address: bigint }, nonce: bigint, wei: bigint) =>
  new Map([[accountKey(person.address), (nonce << 128n) | wei]]);

const accepted = (...items: BatchItem[]) => build({}, items).segments[0]!.inputs;

describe('an operator cannot', () => {
  it('forge a signature', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(
      replaceIn(inputs, 'segment.signatures.short.0.signature.s.lo', 7n),
      'signature: not by this key',
    );
  });

  it('use a high s (EIP-2)', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = (
      inputs as never as { segment: { signatures: { short: { signature: { s: { hi: bigint; lo: bigint } } }[] } } }
    ).segment.signatures.short[0]!.signature.s;
    const high = order - ((s.hi << 128n) | s.lo);
    const bent = replaceIn(inputs, 'segment.signatures.short.0.signature.s', {
      hi: high >> 128n,
      lo: high & ((1n << 128n) - 1n),
    });
    await expectRejected(bent, /assert_max_bit_size/);
  });

  it('put another sender in front of a signature', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(
      replaceIn(inputs, 'segment.steps.0.transaction.sender', bob.address),
      'leaf: row has another key',
    );
  });

  it('write a KEY leaf of another address', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(replaceIn(inputs, 'segment.keys.0.x.lo', 5n), 'key: proven for another key');
  });

  it('replay a transaction, or run one before its turn', async () => {
    const late = build({ pretend: { leaves: account(alice, 1n, 10n * ETHER) } }, [
      transfer('alice', bob.address, ETHER, { nonce: 1n }),
    ]);
    await expectRejected(late.segments[0]!.inputs, 'transaction: nonce');
  });

  it('spend the same balance twice', async () => {
    const twice = build({ pretend: { leaves: account(alice, 0n, 10n * ETHER) } }, [
      transfer('alice', bob.address, 9n * ETHER),
      transfer('alice', carol.address, 9n * ETHER),
    ]);
    expect(twice.segments).toHaveLength(2);
    expect(await segment.solve(twice.segments[0]!.inputs)).toEqual({ accepted: true });
    await expectRejected(twice.segments[1]!.inputs, 'transaction: nonce');
    const apart = build({ balances: { alice: ETHER }, pretend: { leaves: account(alice, 0n, 10n * ETHER) } }, [
      transfer('alice', bob.address, 9n * ETHER),
    ]);
    await expectRejected(apart.segments[0]!.inputs, /assert_max_bit_size/);
  });

  it('credit beyond 2^128', async () => {
    const full = build({ balances: { bob: (1n << 128n) - 5n }, pretend: { leaves: account(bob, 0n, 0n) } }, [
      transfer('alice', bob.address, ETHER),
    ]);
    await expectRejected(full.segments[0]!.inputs, /assert_max_bit_size/);
  });

  it('include a transaction of a frozen signer', async () => {
    const frozen = build({ pretend: { identities: { frank: { ...IDENTITIES.frank, flags: 0n } } } }, [
      transfer('frank', bob.address, ETHER),
    ]);
    await expectRejected(frozen.segments[0]!.inputs, 'transaction: the signer is frozen');
  });

  it('include a transfer of one without the role', async () => {
    const without = build(
      {
        identities: { alice: { roles: 0n, flags: 0n, expiry: 0n } },
        pretend: { identities: { alice: IDENTITIES.alice } },
      },
      [transfer('alice', bob.address, ETHER)],
    );
    await expectRejected(without.segments[0]!.inputs, 'policy: the signer holds no role of the rule');
  });

  it('include a transfer of one whose role has expired', async () => {
    const expired = build(
      {
        identities: { alice: { ...IDENTITIES.alice, expiry: SLOT_START - 1n } },
        pretend: { identities: { alice: IDENTITIES.alice } },
      },
      [transfer('alice', bob.address, ETHER)],
    );
    await expectRejected(expired.segments[0]!.inputs, 'policy: the signer holds no role of the rule');
  });

  it('pay a recipient whom a condition forbids', async () => {
    const forbidden = build({ pretend: { identities: { frank: { ...IDENTITIES.frank, flags: 0n } } } }, [
      transfer('alice', frank.address, ETHER),
    ]);
    await expectRejected(forbidden.segments[0]!.inputs, 'condition: account does not hold the role');
  });

  it('open a path that is not in the tree', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(replaceIn(inputs, 'segment.leaves.updated.0.siblings.3', 1n), 'updated: old path');
    await expectRejected(replaceIn(inputs, 'segment.leaves.read.0.siblings.19', 1n), 'read: leaf path');
    await expectRejected(replaceIn(inputs, 'segment.leaves.subtrees.0.siblings.0', 1n), 'subtree: path');
  });

  it('start from another root', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(replaceIn(inputs, 'segment.before.tree_root', 1n), 'segment: digest before');
    await expectRejected(replaceIn(inputs, 'digest_before', 1n), 'segment: digest before');
  });

  it('skip a priority operation', async () => {
    const [first, second] = [
      operation(PRIORITY_KIND.DEPOSIT_ETH, bob.address, 1n),
      operation(PRIORITY_KIND.DEPOSIT_ETH, bob.address, 2n, { index: 1n }),
    ];
    const whole = build({}, [first, second]);
    const skipping = build({}, [second]);
    const claimed = replaceIn(skipping.segments[0]!.inputs, 'digest_after', whole.segments.at(-1)!.digestAfter);
    await expectRejected(claimed, 'segment: digest after');
    await expectRejected(skipping.segments[0]!.inputs, 'segment: digest after');
  });

  it('begin from a roll that the state did not come from, so as to claim operations that were never processed', async () => {
    const claiming = build({}, [transfer('alice', bob.address, 1n)], (world) => {
      const { digest } = world.start;
      const skipped = { index: 0n, kind: PRIORITY_KIND.DEPOSIT_ETH, sender: 1n, a: bob.address, b: ETHER };
      const { hi, lo } = toWord(rollPriority(0n, digest, skipped));
      return { ...world, start: { ...world.start, digest: { ...digest, priorityHi: hi, priorityLo: lo } } };
    });
    await expectRejected(claiming.segments[0]!.inputs, 'batch: state it started from');
  });

  it('take an operation after a transaction, or in a later block', async () => {
    const [first, second] = [
      operation(PRIORITY_KIND.DEPOSIT_ETH, bob.address, 1n),
      operation(PRIORITY_KIND.DEPOSIT_ETH, bob.address, 1n, { index: 1n }),
    ];
    const late = build({}, [first, transfer('alice', bob.address, 1n), second]);
    await expectRejected(late.segments.at(-1)!.inputs, 'operation: after a transaction of its batch');
    const elsewhere = build({}, [
      first,
      { kind: 'open', timestamp: SLOT_START },
      transfer('alice', bob.address, 1n),
      second,
    ]);
    await expectRejected(elsewhere.segments.at(-1)!.inputs, 'operation: not in the first block of its batch');
  });

  it('choose the status of an operation', async () => {
    const refused = build({ pretend: { identities: { bob: { ...IDENTITIES.bob, flags: 1n } } } }, [
      operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 9n, ETHER, { sender: bob.address }),
    ]);
    await expectRejected(refused.segments[0]!.inputs, /.+/);
    const granted = build({ pretend: { identities: { frank: { ...IDENTITIES.frank, flags: 0n } } } }, [
      operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 9n, ETHER, { sender: frank.address }),
    ]);
    await expectRejected(granted.segments[0]!.inputs, /message: rows left over|segment: digest after|read: /);
  });

  it('judge a batch under a policy root that is not in force', async () => {
    const world = createWorld({ policyInForce: 77n });
    const batch = witnessOf(world, [begin(world), transfer('alice', bob.address, 1n)], ['xs']);
    expect(await segment.solve(batch.segments[0]!.inputs)).toEqual({ accepted: true });
    await expectRejected(batch.seal.witness.inputs, 'seal: policy root is not the one in force', seal);
  });

  it('open a block outside its slot, or back in time', async () => {
    for (const timestamp of [SLOT_START + 600n, SLOT_START - 1n]) {
      const batch = build({}, [{ kind: 'open', timestamp }]);
      await expectRejected(batch.segments[0]!.inputs, /assert_max_bit_size/);
    }
  });

  it('let a registrar grant a role outside its mask', async () => {
    const grant = cosignedCall('rita', 'ruth', 'setIdentity', {
      subject: bob.address,
      oldValue: identityWord('bob'),
      newValue: identityWord('bob', { roles: ROLES.COMPLIANCE }),
    });
    const batch = build(
      { pretend: { leaves: new Map([[systemKey(SYSTEM_NAME.REGISTRAR_MASK), (1n << 128n) - 1n]]) } },
      [grant],
    );
    await expectRejected(batch.segments[0]!.inputs, "setIdentity: a role outside the registrars' mask");
  });

  it('let registrars bring back an officer whose term has ended, or end the term of one in office', async () => {
    for (const [before, after] of [
      [SLOT_START - 1n, 0n],
      [0n, SLOT_START - 1n],
    ] as const) {
      const officer = { ...IDENTITIES.cleo, expiry: before };
      const change = cosignedCall('rita', 'ruth', 'setIdentity', {
        subject: PEOPLE.cleo.address,
        oldValue: identityWord('cleo', { expiry: before }),
        newValue: identityWord('cleo', { expiry: after }),
      });
      const batch = build({ identities: { cleo: officer } }, [change], (world) => forgeExecution(world, 'ruth'));
      await expectRejected(batch.segments[0]!.inputs, "setIdentity: term of a role outside the registrars' mask");
    }
  });

  it('let a registrar grant itself a role', async () => {
    const grant = cosignedCall('rita', 'ruth', 'setIdentity', {
      subject: rita.address,
      oldValue: identityWord('rita'),
      newValue: identityWord('rita', { roles: ROLES.REGISTRAR | ROLES.CUSTOMER }),
    });
    const batch = build({}, [grant], (world) => forgeExecution(world, 'ruth'));
    await expectRejected(batch.segments[0]!.inputs, 'call: the subject is the signer');
  });

  it('let a registrar sign twice', async () => {
    const grant = cosignedCall('rita', 'rita', 'setIdentity', {
      subject: bob.address,
      oldValue: identityWord('bob'),
      newValue: identityWord('bob', { roles: 0n }),
    });
    const batch = build({}, [grant], (world) => forgeExecution(world, 'rita'));
    await expectRejected(batch.segments[0]!.inputs, 'cosigner: is the signer');
  });

  it('let the subject sign for itself', async () => {
    const grant = cosignedCall('rita', 'ruth', 'setIdentity', {
      subject: PEOPLE.ruth.address,
      oldValue: identityWord('ruth'),
      newValue: identityWord('ruth', { roles: ROLES.REGISTRAR | ROLES.CUSTOMER }),
    });
    const batch = build({}, [grant], (world) => forgeExecution(world, 'ruth'));
    await expectRejected(batch.segments[0]!.inputs, 'cosigner: is the subject');
  });

  it('let one without the role sign second, or first', async () => {
    const change = {
      subject: bob.address,
      oldValue: identityWord('bob'),
      newValue: identityWord('bob', { roles: 0n }),
    };
    const second = build({ pretend: { identities: { cleo: IDENTITIES.ruth } } }, [
      cosignedCall('rita', 'cleo', 'setIdentity', change),
    ]);
    await expectRejected(second.segments[0]!.inputs, 'cosigner: is no registrar');
    const stale = build(
      {},
      [cosignedCall('rita', 'ruth', 'setIdentity', { ...change, deadline: SLOT_START - 1n })],
      (world) => forgeExecution(world, 'ruth'),
    );
    await expectRejected(stale.segments[0]!.inputs, /assert_max_bit_size/);
  });

  it('let anybody freeze', async () => {
    const freeze = call('alice', 0xa002n, { kind: 'freeze', subject: bob.address });
    const batch = build({ pretend: { identities: { alice: IDENTITIES.cleo } } }, [freeze]);
    await expectRejected(batch.segments[0]!.inputs, 'policy: the signer holds no role of the rule');
  });

  it('list a key twice', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    const leaves = (inputs['segment'] as CircuitStruct)['leaves'] as CircuitStruct;
    const read = leaves['read'] as CircuitStruct[];
    const used = leaves['read_used'] as number;
    const row = 8 + used;
    const order = (leaves['order'] as number[]).filter((entry) => entry !== row);
    order.splice(order.indexOf(8) + 1, 0, row);
    let twice = replaceIn(inputs, `segment.leaves.read.${used}`, read[0]!);
    twice = replaceIn(twice, 'segment.leaves.read_used', used + 1);
    twice = replaceIn(twice, 'segment.leaves.order', order);
    await expectRejected(twice, /assert_max_bit_size/);
  });

  it('list an absent key twice, or call a key absent that is not', async () => {
    const inputs = accepted(transfer('cleo', STRANGER, 0n));
    const leaves = (inputs['segment'] as CircuitStruct)['leaves'] as CircuitStruct;
    const absent = leaves['absent'] as CircuitStruct[];
    const used = leaves['absent_used'] as number;
    let twice = replaceIn(inputs, `segment.leaves.absent.${used}`, absent[used - 1]!);
    twice = replaceIn(twice, 'segment.leaves.absent_used', used + 1);
    await expectRejected(twice, /assert_lt|Failed constraint|a < b|assert/);
    const present = replaceIn(inputs, 'segment.leaves.absent.0.key', identityKey(bob.address));
    await expectRejected(present, /.+/);
  });

  it('call the head of a list a member, or one outside a member', async () => {
    const { root } = LISTS.payees;
    const payee = call('alice', BASE_TOKEN_ADDRESS, { kind: 'withdraw', receiver: 1n }, { value: 1n });
    const inputs = accepted(operation(PRIORITY_KIND.SET_LIST_ROOT, 2n, root), payee);
    const head = LISTS.payees.witness(1n)!;
    const opened = {
      ...{ list: 2n, member: true, root, address: 0n, next: head.nextAddress, salt: head.salt, position: 0n },
      siblings: head.siblings,
    };
    const nobody = replaceIn(inputs, 'segment.list_checks.0', { ...opened, account: 0n });
    await expectRejected(nobody, 'list: of address 0');
    const outsider = replaceIn(inputs, 'segment.list_checks.0', { ...opened, account: alice.address });
    await expectRejected(outsider, 'list: another member');
  });

  it('leave a signed transaction out, or a message unsent', async () => {
    const inputs = accepted(transfer('alice', bob.address, ETHER));
    await expectRejected(replaceIn(inputs, 'segment.signatures.short_used', 0), 'signature: unused lane');
    const forced = accepted(operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 9n, ETHER, { sender: bob.address }));
    let unsent = replaceIn(forced, 'segment.messages_used', 0);
    unsent = replaceIn(unsent, 'segment.messages.0', { recipient: 0n, amount: 0n });
    await expectRejected(unsent, 'operation: recipient of the message');
  });

  it('seal a batch that has no block, or with a blind that is not its own leaf', async () => {
    const { seal: sealed } = build({}, [transfer('alice', bob.address, ETHER)]);
    await expectRejected(replaceIn(sealed.witness.inputs, 'seal.new_blind', 1n), 'seal: digest after', seal);
    await expectRejected(replaceIn(sealed.witness.inputs, 'seal.before.policy_root', 0n), 'seal: digest before', seal);
  });
});
