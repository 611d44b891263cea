import type { ProofReader, ProofWriter } from '../port.ts';
import { decodeRecord, encodeRecord } from '../record-json.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import type { TableContext } from './table-context.ts';

type StoredProof = { readonly name: string; readonly proof: Uint8Array };

const PROOFS_PER_BATCH_MAX = 10_000;

const idOf = (context: TableContext, name: string) => context.blindIndex('proof name', name);

export function createProofReader(context: TableContext, db: ReadHandle): ProofReader {
  const { proofs } = context.rows;
  return {
    get: async (name) => {
      const record = await proofs.get(db, idOf(context, name));
      return record === undefined ? undefined : decodeRecord<StoredProof>(record.plain).proof;
    },
    ofBatch: async (batch) => {
      const records = await proofs.list(db, { from: batch, to: batch, limit: PROOFS_PER_BATCH_MAX });
      return records.map((record) => decodeRecord<StoredProof>(record.plain));
    },
  };
}

export function createProofWriter(context: TableContext, scope: WriteScope): ProofWriter {
  const { proofs } = context.rows;
  return {
    put: (name, batch, proof) =>
      proofs.put(scope, { id: idOf(context, name), sort: batch, plain: encodeRecord({ name, proof }) }),
    removeOfBatch: async (batch) => {
      while ((await proofs.removeBetween(scope, batch, batch, 500)) > 0);
    },
    removeAbove: async (batch) => {
      while ((await proofs.removeBetween(scope, batch + 1, Number.MAX_SAFE_INTEGER, 500)) > 0);
    },
  };
}
