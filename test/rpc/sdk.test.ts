import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ETHER, type RpcWorld, startRpcWorld, WORLD_CHAIN_ID } from '../support/rpc-world.ts';
import { runSdkStory } from '../support/sdk-story.ts';

describe('the public SDK works unmodified', () => {
  let world: RpcWorld;
  beforeAll(async () => {
    world = await startRpcWorld();
  });
  afterAll(() => world.close());

  it('logs in, reads its balance, sends a transfer and waits for the receipt', async () => {
    const { alice, bob, carol } = world.people;
    const { hash } = await runSdkStory({
      apiUrl: world.url,
      chainId: Number(WORLD_CHAIN_ID),
      account: alice,
      recipient: bob.address,
      stranger: carol.address,
      amount: 3n * ETHER,
      domain: 'bank.example',
    });
    expect(hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(world.small.permitBreaches).toBe(0);
  });
});
