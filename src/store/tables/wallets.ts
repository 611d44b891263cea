import type { WalletReader, WalletRecord, WalletWriter } from '../port.ts';
import type { ReadHandle } from '../schema.ts';
import type { WriteScope } from '../write-scope.ts';
import { createPersonalRows, subjectOf } from './personal-rows.ts';
import type { TableContext } from './table-context.ts';

const idOf = (context: TableContext, address: Uint8Array) => {
  if (address.length !== 20) throw new RangeError('an address has 20 bytes');
  return context.blindIndex('wallet address', address);
};

export function createWalletReader(context: TableContext, db: ReadHandle): WalletReader {
  const wallets = createPersonalRows<WalletRecord>(context, 'wallets');
  return {
    byAddress: (address) => wallets.get(db, idOf(context, address)),
    ofUser: (userId) => wallets.owned(db, subjectOf(userId)),
    all: () => wallets.all(db),
  };
}

export function createWalletWriter(context: TableContext, scope: WriteScope): WalletWriter {
  const wallets = createPersonalRows<WalletRecord>(context, 'wallets');
  return {
    ...createWalletReader(context, scope.db),
    link: (wallet) =>
      wallets.insert(scope, { id: idOf(context, wallet.address), owner: subjectOf(wallet.userId) }, wallet),
    unlink: (address) => wallets.remove(scope, idOf(context, address)),
  };
}
