import type { Address, Hash, Hex, LocalAccount } from 'viem';
import { type ApiSession, type Receipt, receiptOf } from './api-session.ts';
import { waitUntil } from './wait-until.ts';

export interface Wallet {
  readonly account: LocalAccount;
  readonly session: ApiSession;
}

export interface Request {
  readonly to: Address;
  readonly value?: bigint;
  readonly data?: Hex;
}

/** Signs with the next nonce and what the node says of gas, and gives the raw transaction. */
export async function signRequest({ account, session }: Wallet, { to, value = 0n, data }: Request): Promise<Hex> {
  const [chainId, nonce, gasPrice] = await Promise.all([
    session.rpc<Hex>('eth_chainId', []),
    session.rpc<Hex>('eth_getTransactionCount', [account.address, 'pending']),
    session.rpc<Hex>('eth_gasPrice', []),
  ]);
  const call = { from: account.address, to, value: `0x${value.toString(16)}`, ...(data === undefined ? {} : { data }) };
  // A payment costs what Ethereum charges; asking would need the right to it, and one of these is to be refused when sent, not when asked.
  const gas = data === undefined ? 21_000n : BigInt(await session.rpc<Hex>('eth_estimateGas', [call]));
  return account.signTransaction({
    type: 'eip1559',
    chainId: Number(chainId),
    nonce: Number(nonce),
    to,
    value,
    ...(data === undefined ? {} : { data }),
    gas,
    maxFeePerGas: BigInt(gasPrice),
    maxPriorityFeePerGas: 0n,
  });
}

/** The hash: from here on the transaction is durable. */
export const sendRequest = async (wallet: Wallet, request: Request): Promise<Hash> =>
  wallet.session.rpc<Hash>('eth_sendRawTransaction', [await signRequest(wallet, request)]);

export const waitForReceipt = (session: ApiSession, hash: Hash, timeoutMs = 60_000): Promise<Receipt> =>
  waitUntil(`receipt of ${hash}`, async () => (await receiptOf(session, hash)) ?? undefined, {
    timeoutMs,
    everyMs: 100,
  });
