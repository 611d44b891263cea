/** Batches that are accepted, one or more for each kind of transaction and operation: what mutants start from. */

import { encodeBlockParameters } from '../../../src/chain/block-context.ts';
import {
  BASE_TOKEN_ADDRESS,
  IDENTITY_REGISTRY_ADDRESS,
  LIST_REGISTRY_ADDRESS,
  PRIORITY_KIND,
  SYSTEM_NAME,
} from '../../../src/chain/constants.ts';
import type { PriorityKind } from '../../../src/chain/priority-operation.ts';
import { fromWord } from '../../../src/chain/word.ts';
import type { BatchItem } from '../../../src/prover/witness/port.ts';
import {
  begin,
  call,
  cosignedCall,
  createWorld,
  ETHER,
  INTERVAL,
  identityWord,
  LISTS,
  PEOPLE,
  ROLES,
  SLOT_START,
  STRANGER,
  transfer,
  type World,
  type WorldOptions,
} from './world.ts';

export interface Scenario {
  readonly options?: WorldOptions;
  items(world: World): BatchItem[];
}

export const operation = (
  kind: PriorityKind,
  a: bigint,
  b: bigint,
  fields: { readonly sender?: bigint; readonly index?: bigint } = {},
): BatchItem => ({
  kind: 'operation',
  operation: { index: fields.index ?? 0n, kind, sender: fields.sender ?? 0xabcdefn, a, b },
});

const of = (...items: BatchItem[]): Scenario => ({ items: (world) => [begin(world), ...items] });

const open = (offset: bigint): BatchItem => ({ kind: 'open', timestamp: SLOT_START + offset });
const { alice, bob, carol, frank } = PEOPLE;

/** The list check of a transfer needs a root: the operation sets it first. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'an empty batch': of(),
  'empty blocks': of(open(0n), open(5n)),
  'a transfer by a first-time signer': of(transfer('alice', bob.address, ETHER)),
  'transfers of types 0 and 1': of(
    transfer('alice', bob.address, ETHER, { type: 0, maxPriorityFeePerGas: 20n }),
    transfer('bob', alice.address, 1n, { type: 1, maxPriorityFeePerGas: 20n }),
  ),
  'a second transfer of the same signer in the next block': of(
    transfer('alice', bob.address, ETHER),
    open(2n),
    transfer('alice', carol.address, 3n, { nonce: 1n, maxPriorityFeePerGas: 20n }),
  ),
  'a transfer to oneself': of(transfer('alice', alice.address, ETHER)),
  'a transfer to an account that is new': of(transfer('cleo', STRANGER, ETHER)),
  'a transfer of nothing to nobody': of(transfer('cleo', STRANGER, 0n)),
  'a burnt base fee': {
    options: { baseFee: 11n, feeMode: 0n },
    items: (world) => [begin(world), transfer('alice', bob.address, 5n)],
  },
  'no fee at all': {
    options: { baseFee: 0n },
    items: (world) => [
      begin(world),
      transfer('alice', bob.address, 5n, { maxFeePerGas: 0n, maxPriorityFeePerGas: 0n }),
    ],
  },
  'a list root, then a transfer outside the list': of(
    operation(PRIORITY_KIND.SET_LIST_ROOT, 1n, LISTS.sanctions.root),
    transfer('alice', bob.address, ETHER),
  ),
  'a list root, then a withdrawal by a member': of(
    operation(PRIORITY_KIND.SET_LIST_ROOT, 2n, LISTS.payees.root),
    call('alice', BASE_TOKEN_ADDRESS, { kind: 'withdraw', receiver: 0x1111n }, { value: ETHER }),
  ),
  'a freeze': of(call('cleo', IDENTITY_REGISTRY_ADDRESS, { kind: 'freeze', subject: bob.address })),
  'a freeze of the frozen': of(call('cleo', IDENTITY_REGISTRY_ADDRESS, { kind: 'freeze', subject: frank.address })),
  'a freeze of a stranger': of(call('cleo', IDENTITY_REGISTRY_ADDRESS, { kind: 'freeze', subject: STRANGER })),
  'an unfreeze': of(
    cosignedCall('cleo', 'cora', 'unfreeze', {
      subject: frank.address,
      oldValue: identityWord('frank'),
      newValue: identityWord('frank', { flags: 0n }),
    }),
  ),
  'an identity of a newcomer': of(
    cosignedCall('rita', 'ruth', 'setIdentity', { subject: STRANGER, oldValue: 0n, newValue: ROLES.CUSTOMER }),
  ),
  'an identity that loses its role': of(
    cosignedCall('rita', 'ruth', 'setIdentity', {
      subject: bob.address,
      oldValue: identityWord('bob'),
      newValue: identityWord('bob', { roles: 0n, expiry: 5n }),
    }),
  ),
  'a name inserted into a list': of(
    call('cleo', LIST_REGISTRY_ADDRESS, { kind: 'insert', list: 1n, account: STRANGER }),
  ),
  'a deposit': of(operation(PRIORITY_KIND.DEPOSIT_ETH, STRANGER, 3n * ETHER), transfer('alice', bob.address, 1n)),
  'a deposit to the frozen': of(operation(PRIORITY_KIND.DEPOSIT_ETH, frank.address, 3n)),
  'an administrative identity': of(operation(PRIORITY_KIND.SET_IDENTITY, STRANGER, ROLES.COMPLIANCE)),
  'block parameters': of(
    operation(
      PRIORITY_KIND.SET_PARAMETER,
      BigInt(SYSTEM_NAME.BLOCK),
      fromWord(
        encodeBlockParameters({ gasLimit: 10n ** 6n, baseFee: 3n, feeMode: 0n, batchIntervalSeconds: INTERVAL }),
      ),
    ),
  ),
  'a collector': of(operation(PRIORITY_KIND.SET_PARAMETER, BigInt(SYSTEM_NAME.COLLECTOR), STRANGER)),
  'a registrar mask': of(operation(PRIORITY_KIND.SET_PARAMETER, BigInt(SYSTEM_NAME.REGISTRAR_MASK), 1n)),
  'a parameter refused for its name': of(operation(PRIORITY_KIND.SET_PARAMETER, 3n, 77n)),
  'block parameters refused for their fee mode': of(
    operation(PRIORITY_KIND.SET_PARAMETER, BigInt(SYSTEM_NAME.BLOCK), (2n << 64n) | INTERVAL),
  ),
  'block parameters refused for their interval': of(
    operation(PRIORITY_KIND.SET_PARAMETER, BigInt(SYSTEM_NAME.BLOCK), INTERVAL + 1n),
  ),
  'a collector refused': of(operation(PRIORITY_KIND.SET_PARAMETER, BigInt(SYSTEM_NAME.COLLECTOR), 1n << 160n)),
  'a forced withdrawal': of(
    operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 0x99n, ETHER, { sender: bob.address }),
    transfer('alice', bob.address, 1n),
  ),
  'a forced withdrawal of a frozen account': of(
    operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 0x99n, ETHER, { sender: frank.address }),
  ),
  'a forced withdrawal beyond the balance': of(
    operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 0x99n, 11n * ETHER, { sender: bob.address }),
  ),
  'a forced withdrawal of 2^128': of(
    operation(PRIORITY_KIND.FORCED_WITHDRAWAL, 0x99n, 1n << 128n, { sender: bob.address }),
  ),
};

export const buildScenario = (name: string) => {
  const scenario = SCENARIOS[name]!;
  const world = createWorld(scenario.options);
  return { world, items: scenario.items(world) };
};
