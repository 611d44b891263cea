/** What clients do while the node lives: pay, withdraw, deposit, replace, are refused, log in, read. Every transaction is in the ledger before it is sent. */

import { createWalletClient, type Hash, type Hex, http, keccak256 } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { balanceOf, loginByWallet, RpcError } from '../demo/api-session.ts';
import { bridgeAbi } from '../demo/l1-contracts.ts';
import { signRequest } from '../demo/send-transaction.ts';
import { BASE_TOKEN, withdrawData } from '../demo/system-contracts.ts';
import type { Welcome } from '../demo/welcome.ts';
import type { Random } from '../policy/random.ts';
import type { LedgerData, Sent } from './ledger.ts';
import { CUSTOMERS, type Customer, isCut, type People } from './people.ts';

export interface TrafficDeps {
  readonly people: People;
  readonly ledger: LedgerData;
  readonly random: Random;
  readonly welcome: Welcome;
  /** Of the batch clock, now. */
  readonly slot: () => number;
}

/** Most that a slot gets, so that its batch can be proven in one segment. */
export interface TrafficLimits {
  readonly transactions: number;
  readonly withdrawals: number;
  readonly deposits: number;
}

export interface Traffic {
  /** Does one thing; resolves when it is answered or cut. */
  act(limits: TrafficLimits): Promise<void>;
  /** Of a random amount, unless it is given; its transaction. */
  deposit(by: Customer, value?: bigint): Promise<Hash>;
  /** The same bytes once more, as wallets do. */
  sendAgain(sent: Sent): Promise<void>;
}

const gwei = 1_000_000_000n;
/** In one life: the node lets nobody try ten times in five minutes. */
const loginsMax = 6;

export function createTraffic({ people, ledger, random, welcome, slot }: TrafficDeps): Traffic {
  const busy = new Set<Customer>();
  let logins = 0;

  async function send(by: Customer, raw: Hex, to: Hex, value: bigint): Promise<Sent> {
    const hash = keccak256(raw);
    // What got no answer and was not accepted may be signed again, byte for byte.
    const before = ledger.sent.find((one) => one.hash === hash);
    if (before !== undefined) {
      await submit(before);
      return before;
    }
    const sent: Sent = {
      hash,
      raw,
      by,
      to,
      value: value.toString(),
      slot: slot(),
      answered: false,
      unanswered: false,
    };
    ledger.sent.push(sent);
    await submit(sent);
    return sent;
  }

  async function submit(sent: Sent): Promise<void> {
    const { session } = await people.wallet(sent.by as Customer);
    try {
      const hash = await session.rpc<Hex>('eth_sendRawTransaction', [sent.raw]);
      if (hash !== sent.hash) throw new Error(`sent ${sent.hash}, answered ${hash}`);
      sent.answered = true;
    } catch (error) {
      if (error instanceof RpcError) return;
      sent.unanswered = true;
      throw error;
    }
  }

  async function deposit(by: Customer, value = gwei * BigInt(1 + random.below(1_000_000))): Promise<Hash> {
    const account = people.account(by);
    const hash = await createWalletClient({ account, transport: http(welcome.l1Url) }).writeContract({
      address: welcome.bridge,
      abi: bridgeAbi,
      functionName: 'depositETH',
      args: [account.address],
      value,
      chain: null,
    });
    ledger.deposits.push({ by, hash, value: value.toString(), slot: slot() });
    return hash;
  }

  async function pay(by: Customer): Promise<void> {
    const wallet = await people.wallet(by);
    const to = people.account(random.pick(CUSTOMERS.filter((name) => name !== by))).address;
    const balance = await balanceOf(wallet.session, wallet.account.address);
    const value = balance === 0n ? 0n : random.bits(64) % (balance / 10n + 1n);
    await send(by, await signRequest(wallet, { to, value }), to, value);
  }

  async function withdraw(by: Customer): Promise<void> {
    const wallet = await people.wallet(by);
    const balance = await balanceOf(wallet.session, wallet.account.address);
    if (balance < gwei) return pay(by);
    const value = balance / 20n;
    const data = withdrawData(privateKeyToAddress(generatePrivateKey()));
    await send(by, await signRequest(wallet, { to: BASE_TOKEN, value, data }), BASE_TOKEN, value);
  }

  /** A transaction with a gap before it, one that replaces it, and one that fills the gap; each may be the last before a death. */
  async function replace(by: Customer): Promise<void> {
    const { account, session } = await people.wallet(by);
    const balance = await balanceOf(session, account.address);
    if (balance < gwei) return pay(by);
    const chainId = Number(await session.rpc<Hex>('eth_chainId', []));
    const next = Number(await session.rpc<Hex>('eth_getTransactionCount', [account.address, 'pending']));
    const to = people.account(random.pick(CUSTOMERS.filter((name) => name !== by))).address;
    for (const [nonce, fee] of [
      [next + 1, 10n],
      [next + 1, 1_000n],
      [next, 0n],
    ] as const) {
      const value = BigInt(random.below(1_000));
      const fees = { maxFeePerGas: fee, maxPriorityFeePerGas: fee };
      const raw = await account.signTransaction({ type: 'eip1559', chainId, nonce, to, value, gas: 21_000n, ...fees });
      await send(by, raw, to, value);
    }
  }

  async function beRefused(by: Customer): Promise<void> {
    const to = people.account('outsider').address;
    const sent = await send(by, await signRequest(await people.wallet(by), { to }), to, 0n);
    if (sent.answered) throw new Error('a payment to somebody without a role was accepted');
  }

  /** The auditor reads what is others', which is recorded. */
  async function read(): Promise<void> {
    const auditor = await people.auditor();
    const sent = ledger.sent.length === 0 ? undefined : random.pick(ledger.sent);
    if (sent !== undefined) await auditor.rpc('eth_getTransactionReceipt', [sent.hash]);
  }

  function leftOf(limits: TrafficLimits): TrafficLimits {
    const inSlot = <T extends { readonly slot: number }>(items: readonly T[]) =>
      items.filter((item) => item.slot === slot());
    const sent = inSlot(ledger.sent).filter(({ answered, unanswered }) => answered || unanswered);
    return {
      transactions: limits.transactions - sent.length,
      withdrawals: limits.withdrawals - sent.filter(({ to }) => to === BASE_TOKEN).length,
      deposits: limits.deposits - inSlot(ledger.deposits).length,
    };
  }

  async function actFor(by: Customer, left: TrafficLimits): Promise<void> {
    const dice = random.below(100);
    // The newest is used from here on: a person's oldest sessions end when there are too many.
    if (dice < 8 && logins++ < loginsMax)
      people.tokens[by] = (await loginByWallet(welcome.url, people.account(by))).token;
    else if (dice < 20) await read();
    else if (dice < 30) await beRefused(by);
    else if (dice < 40 && left.deposits > 0) await deposit(by);
    else if (left.transactions <= 0) return;
    else if (dice < 48 && left.withdrawals > 0) await withdraw(by);
    else if (dice < 64 && left.transactions > 2) await replace(by);
    else await pay(by);
  }

  return {
    deposit,
    sendAgain: submit,
    async act(limits) {
      const by = random.pick(CUSTOMERS);
      // Nonces of one person follow each other.
      if (busy.has(by)) return;
      busy.add(by);
      try {
        await actFor(by, leftOf(limits));
      } catch (error) {
        if (!isCut(error)) throw error;
      } finally {
        busy.delete(by);
      }
    },
  };
}
