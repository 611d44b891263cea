import type { Hex } from '../../base/bytes.ts';
import { accessError } from '../errors.ts';

/** What is left of somebody's wallets; WALLET_NOT_LINKED when it is not among them. */
export function withoutWallet(wallets: readonly Hex[], wallet: Hex): Hex[] {
  if (!wallets.includes(wallet)) throw accessError('WALLET_NOT_LINKED');
  return wallets.filter((linked) => linked !== wallet);
}
