import type { WalletTokenReader, WalletTokenRecord, WalletTokenWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import { createPersonalRows, subjectOf } from './personal-rows.ts';
import type { TableContext } from './table-context.ts';

const idOf = (context: TableContext, tokenHash: Uint8Array) => context.blindIndex('wallet token', tokenHash);

export function createWalletTokenReader(context: TableContext, db: ReadHandle): WalletTokenReader {
  const tokens = createPersonalRows<WalletTokenRecord>(context, 'wallet_tokens');
  return {
    byTokenHash: (tokenHash) => tokens.get(db, idOf(context, tokenHash)),
    ofUser: (userId) => tokens.owned(db, subjectOf(userId)),
    all: () => tokens.all(db),
  };
}

export function createWalletTokenWriter(context: TableContext, scope: WriteScope): WalletTokenWriter {
  const tokens = createPersonalRows<WalletTokenRecord>(context, 'wallet_tokens');
  return {
    ...createWalletTokenReader(context, scope.db),
    create: (token) =>
      tokens.insert(scope, { id: idOf(context, token.tokenHash), owner: subjectOf(token.userId) }, token),
    revoke: (tokenHash) => tokens.remove(scope, idOf(context, tokenHash)),
    revokeAllOf: (userId) => tokens.removeOwned(scope, subjectOf(userId)),
  };
}
