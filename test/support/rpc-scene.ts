import type { PrivateKeyAccount } from 'viem';
import { BASE_TOKEN_ADDRESS, PRIORITY_KIND } from '../../src/chain/constants.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import { ETHER, type RpcWorld, startRpcWorld, WORLD_CHAIN_ID } from './rpc-world.ts';

/**
 * One block with three transactions - Carol pays Bob, Alice pays Bob, Alice withdraws - then one with a deposit for Alice; and who looks at them.
 */
export interface RpcScene {
  readonly world: RpcWorld;
  readonly tokens: Readonly<Record<'alice' | 'bob' | 'carol' | 'auditor' | 'operator', string>>;
  readonly hashes: {
    readonly carolToBob: string;
    readonly aliceToBob: string;
    readonly aliceWithdraws: string;
    readonly deposit: string;
  };
  readonly block: { readonly number: string; readonly hash: string };
}

export const withdrawal = (from: PrivateKeyAccount, receiver: string, nonce: number): Promise<`0x${string}`> =>
  from.signTransaction({
    chainId: Number(WORLD_CHAIN_ID),
    type: 'eip1559',
    to: `0x${BASE_TOKEN_ADDRESS.toString(16).padStart(40, '0')}`,
    data: `0x${Buffer.from(encodeSystemCall({ kind: 'withdraw', receiver: BigInt(receiver) })).toString('hex')}`,
    value: ETHER,
    nonce,
    gas: 60_000n,
    maxFeePerGas: 10n,
    maxPriorityFeePerGas: 0n,
  });

export const ABSENT_HASH = `0x${'5a'.repeat(32)}`;

export async function createRpcScene(): Promise<RpcScene> {
  const world = await startRpcWorld();
  const { alice, bob, carol } = world.people;
  const tokens = {
    alice: await world.login(alice),
    bob: await world.login(bob),
    carol: await world.login(carol),
    auditor: await world.sessionOf('auditor'),
    operator: await world.sessionOf('operator'),
  };
  const send = async (token: string, raw: string) => {
    const answer = await world.rpc(token, 'eth_sendRawTransaction', [raw]);
    if (typeof answer.result !== 'string') throw new Error(JSON.stringify(answer));
    return answer.result;
  };
  world.small.hold = true;
  const carolToBob = await send(tokens.carol, await world.transfer(carol, bob.address, 2n * ETHER, 0));
  const aliceToBob = await send(tokens.alice, await world.transfer(alice, bob.address, ETHER, 0));
  const aliceWithdraws = await send(tokens.alice, await withdrawal(alice, alice.address, 1));
  const block = world.small.mine();
  world.small.hold = false;
  const operation = {
    index: 0n,
    kind: PRIORITY_KIND.DEPOSIT_ETH,
    sender: 0x1111n,
    a: BigInt(alice.address),
    b: 5n * ETHER,
  };
  const deposited = world.small.applyOperation(operation);
  const item = deposited.items[0]!;
  const roll = item.kind === 'operation' ? item.roll : 0n;
  const hex = (value: bigint) => `0x${value.toString(16).padStart(64, '0')}`;
  return {
    world,
    tokens,
    hashes: { carolToBob, aliceToBob, aliceWithdraws, deposit: hex(roll) },
    block: { number: `0x${block.number.toString(16)}`, hash: hex(block.hash) },
  };
}
