/** Modules of the product, below `src`, that a life under test gets decorated. */
export const DECORATED = [
  'node/open-node-store.ts',
  'node/pipeline.ts',
  'node/priority-queue.ts',
  'node/witness-source.ts',
  'prover/keys/open-backend.ts',
  'sequencer/denial-signer.ts',
  'settlement/transaction-sender.ts',
];

/** Beside this file. */
export const decoratorOf = (path: string): string => `./decorate/${path.split('/').at(-1)}`;
