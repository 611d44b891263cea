import type { StoreReads, StoreWrites } from './port.ts';
import { DERIVED_TABLES, type ReadHandle } from './schema.ts';
import { createAuditReader, createAuditWriter } from './tables/audit-rows.ts';
import { createBatchReader, createBatchWriter } from './tables/batches.ts';
import { NO_BLOCK_CACHE } from './tables/block-cache.ts';
import { createBlockReader, createBlockWriter, createTransactionReader } from './tables/blocks.ts';
import { createChallengeWriter } from './tables/challenges.ts';
import { createCheckpointReader, createCheckpointWriter } from './tables/checkpoints.ts';
import { createNonceWriter } from './tables/consumed-nonces.ts';
import { createDenialReader, createDenialWriter } from './tables/denials.ts';
import { createEventLogReader, createEventLogWriter } from './tables/event-logs.ts';
import { createJobWriter } from './tables/job-queue.ts';
import { createLogPostingReader, createLogPostingWriter } from './tables/log-postings.ts';
import { createProofReader, createProofWriter } from './tables/proofs.ts';
import { createSessionReader, createSessionWriter } from './tables/sessions.ts';
import type { TableContext } from './tables/table-context.ts';
import { createUserReader, createUserWriter } from './tables/users.ts';
import { createWalletTokenReader, createWalletTokenWriter } from './tables/wallet-tokens.ts';
import { createWalletReader, createWalletWriter } from './tables/wallets.ts';
import type { WriteScope } from './write-scope.ts';

export function createReads(context: TableContext, db: ReadHandle): StoreReads {
  return {
    blocks: createBlockReader(context, db),
    transactions: createTransactionReader(context, db),
    eventLogs: createEventLogReader(context, db),
    logPostings: createLogPostingReader(context, db),
    denials: createDenialReader(context, db),
    batches: createBatchReader(context, db),
    proofs: createProofReader(context, db),
    checkpoints: createCheckpointReader(context, db),
    audit: createAuditReader(context, db),
    users: createUserReader(context, db),
    sessions: createSessionReader(context, db),
    wallets: createWalletReader(context, db),
    walletTokens: createWalletTokenReader(context, db),
  };
}

export function createWrites(context: TableContext, scope: WriteScope): StoreWrites {
  return {
    // What is not committed must not be remembered.
    read: createReads({ ...context, blockCache: NO_BLOCK_CACHE }, scope.db),
    blocks: createBlockWriter(context, scope),
    eventLogs: createEventLogWriter(context, scope),
    logPostings: createLogPostingWriter(context, scope),
    denials: createDenialWriter(context, scope),
    batches: createBatchWriter(context, scope),
    proofs: createProofWriter(context, scope),
    checkpoints: createCheckpointWriter(context, scope),
    audit: createAuditWriter(context, scope),
    jobs: createJobWriter(context, scope),
    users: createUserWriter(context, scope),
    sessions: createSessionWriter(context, scope),
    wallets: createWalletWriter(context, scope),
    walletTokens: createWalletTokenWriter(context, scope),
    consumedNonces: createNonceWriter(context, scope),
    challenges: createChallengeWriter(context, scope),
    clearDerived: async () => {
      for (const table of DERIVED_TABLES) {
        while ((await context.rows[table].removeBetween(scope, 0, Number.MAX_SAFE_INTEGER, 1_000)) > 0);
      }
      await scope.db.deleteFrom('transaction_locations').execute();
      scope.afterCommit(() => context.blockCache.clear());
    },
  };
}
