import type { PublicClient } from 'viem';
import { createTransactionSender as create } from '../../../src/settlement/transaction-sender.ts';
import { at, isArmed } from '../trigger.ts';

export * from '../../../src/settlement/transaction-sender.ts';

type Step = 'commit' | 'prove' | 'execute';

/** Long enough for a transaction to be seen unmined, and no longer. */
const stallMs = 1_500;

/** What goes to Ethereum, killed around each send. For a replacement the (test's) Ethereum stops mining until the next life. */
export const createTransactionSender: typeof create = (options, deps) => {
  const { client } = deps;
  let step: Step = 'commit';
  let sends = 0;
  let replacing = false;
  const decorated: PublicClient = Object.create(client, {
    sendRawTransaction: {
      async value(args: Parameters<PublicClient['sendRawTransaction']>[0]) {
        if (replacing && sends === 0) await mineEvery(client, 0);
        if (!replacing) at(`${step}.unsent`);
        const hash = await client.sendRawTransaction(args);
        if (!replacing) at(`${step}.sent`);
        if (replacing && ++sends === 2) at('commit.replaced');
        return hash;
      },
    },
  }) as PublicClient;
  const ordinary = create(options, { ...deps, client: decorated });
  const hurried = create({ ...options, stallMs }, { ...deps, client: decorated });
  return {
    address: ordinary.address,
    async send(request, signal) {
      step = request.label.split(' ')[0] as Step;
      sends = 0;
      // After the other points of a commit, which need one that is mined.
      replacing =
        step === 'commit' && isArmed('commit.replaced') && !isArmed('commit.unsent') && !isArmed('commit.sent');
      if (!replacing) {
        const result = await ordinary.send(request, signal);
        if (result.kind === 'mined') at(`${step}.mined`);
        return result;
      }
      try {
        return await hurried.send(request, signal);
      } finally {
        // It was interrupted, for batches are in doubt: on an Ethereum that stands still they would be for ever.
        await mineEvery(client, 1);
      }
    },
  };
};

/** Anvil's own method: 0 seconds between blocks means none. */
const mineEvery = (client: PublicClient, seconds: number): Promise<unknown> =>
  client.request({ method: 'evm_setIntervalMining', params: [seconds] } as never);
