/** Balances and nonces add up, from what clients sent and what receipts say. */

import type { Address, Hex } from 'viem';
import { devAccount } from '../../src/node/dev-accounts.ts';
import { balanceOf } from '../demo/api-session.ts';
import { createL1 } from '../demo/l1-client.ts';
import { bridgeAbi } from '../demo/l1-contracts.ts';
import { BASE_TOKEN } from '../demo/system-contracts.ts';
import type { Welcome } from '../demo/welcome.ts';
import type { LedgerData } from './ledger.ts';
import { CUSTOMERS, type People } from './people.ts';

interface Receipt {
  readonly status: Hex;
  readonly gasUsed: Hex;
  readonly effectiveGasPrice: Hex;
}

export interface Expected {
  readonly balance: bigint;
  readonly nonce: number;
}

/** What each customer must have in the end. Deposits count when Ethereum has mined them. */
export async function expectedAccounts({
  people,
  ledger,
  welcome,
}: {
  people: People;
  ledger: LedgerData;
  welcome: Welcome;
}): Promise<{ readonly accounts: ReadonlyMap<string, Expected>; readonly withdrawn: bigint; readonly fees: bigint }> {
  const balance = new Map<string, bigint>();
  const nonce = new Map<string, number>();
  const add = (address: Address, value: bigint) =>
    balance.set(address.toLowerCase(), (balance.get(address.toLowerCase()) ?? 0n) + value);
  const l1 = createL1(welcome.l1Url, welcome);
  for (const { by, hash, value } of ledger.deposits) {
    const receipt = await l1.client.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt?.status === 'success') add(people.account(by as never).address, BigInt(value));
  }
  const auditor = await people.auditor();
  let withdrawn = 0n;
  let fees = 0n;
  for (const { by, hash, to, value, ended } of ledger.sent) {
    if (ended?.status !== 'included') continue;
    const sender = people.account(by as never).address;
    const receipt = await auditor.rpc<Receipt | null>('eth_getTransactionReceipt', [hash]);
    if (receipt === null) throw new Error(`${hash} is included and has no receipt`);
    const fee = BigInt(receipt.gasUsed) * BigInt(receipt.effectiveGasPrice);
    nonce.set(by, (nonce.get(by) ?? 0) + 1);
    fees += fee;
    add(sender, -fee);
    if (receipt.status !== '0x1') continue;
    add(sender, -BigInt(value));
    if (to === BASE_TOKEN) withdrawn += BigInt(value);
    else add(to, BigInt(value));
  }
  const accounts = new Map(
    CUSTOMERS.map((name) => [
      name,
      { balance: balance.get(people.account(name).address.toLowerCase()) ?? 0n, nonce: nonce.get(name) ?? 0 },
    ]),
  );
  return { accounts, withdrawn, fees };
}

/** Undefined while deposits are on their way; throws when there is too much. */
export async function checkMoney(deps: {
  people: People;
  ledger: LedgerData;
  welcome: Welcome;
}): Promise<true | undefined> {
  const { people, welcome } = deps;
  const { accounts, withdrawn, fees } = await expectedAccounts(deps);
  const auditor = await people.auditor();
  let total = 0n;
  for (const [name, expected] of accounts) {
    const { address } = people.account(name as never);
    const balance = await balanceOf(auditor, address);
    if (balance > expected.balance) throw new Error(`${name} has ${balance} instead of ${expected.balance}`);
    if (balance < expected.balance) return undefined;
    const nonce = Number(await auditor.rpc<Hex>('eth_getTransactionCount', [address, 'latest']));
    if (nonce !== expected.nonce) throw new Error(`${name} has nonce ${nonce} instead of ${expected.nonce}`);
    total += balance;
  }
  const collected = await balanceOf(auditor, devAccount('collector').address);
  if (collected !== fees) throw new Error(`the collector has ${collected}, the receipts say ${fees}`);
  const { client } = createL1(welcome.l1Url, welcome);
  const supply = await client.readContract({ address: welcome.bridge, abi: bridgeAbi, functionName: 'supply' });
  // Nobody claims what was withdrawn, so the bridge still has it.
  if (supply !== total + fees + withdrawn)
    throw new Error(`the bridge has ${supply}, customers ${total}, fees ${fees}, withdrawals ${withdrawn}`);
  return true;
}
