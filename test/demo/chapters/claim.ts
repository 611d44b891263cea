import { formatEther, type Hex, zeroAddress } from 'viem';
import { findMessage } from '../message-path.ts';
import { requireThat } from '../require-that.ts';
import { settlementFacts } from '../settlement-facts.ts';
import { BASE_TOKEN } from '../system-contracts.ts';
import type { World } from '../world.ts';

/** What Ethereum says of the withdrawal of a kept folder. */
export async function isClaimed(world: World): Promise<void> {
  const { message } = await findWithdrawal(world);
  world.result.withdrawalClaimed = await world.l1.isClaimed(message);
}

/** Somebody with an account on Ethereum claims the withdrawal with a path computed from what is public there. */
export async function claim(world: World): Promise<void> {
  const { l1, progress, result, wallet } = world;
  progress.chapter('The withdrawal is claimed on Ethereum');
  const { message, siblings } = await findWithdrawal(world);
  const { account } = await wallet('outsider');
  await l1.claim(account, message, siblings);
  const paid = await l1.client.getBalance({ address: message.recipient });
  requireThat(paid === message.amount, 'the recipient holds what was withdrawn');
  const twice = await l1.claim(account, message, siblings).then(
    () => true,
    () => false,
  );
  requireThat(!twice, 'a withdrawal is paid once');
  result.withdrawalClaimed = await l1.isClaimed(message);
  progress.say(`${message.recipient} holds ${formatEther(paid)} ETH on Ethereum; a second claim is refused`);
}

async function findWithdrawal({ l1, node, story, wallet }: World): Promise<ReturnType<typeof findMessage>> {
  const { recipient, amount, batch } = story.withdrawal!;
  const { session } = await wallet('customer-a');
  const domain = {
    l1ChainId: BigInt(await l1.client.getChainId()),
    bridge: node.welcome.bridge,
    chainId: BigInt(await session.rpc<Hex>('eth_chainId', [])),
  };
  const { messageHashes } = await settlementFacts(l1.client, node.welcome.chain, batch);
  return findMessage(
    domain,
    { batchNumber: BigInt(batch), sender: BASE_TOKEN, recipient, token: zeroAddress, amount: BigInt(amount) },
    messageHashes,
  );
}
