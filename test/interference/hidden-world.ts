/** A whole node behind its HTTP side, without Ethereum and proofs, in which everybody does the same but for what Bob's own random numbers choose. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { bytesToHex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { BASE_TOKEN_ADDRESS, PRIORITY_KIND, ROLE_BIT } from '../../src/chain/constants.ts';
import type { PriorityOperation } from '../../src/chain/priority-operation.ts';
import { encodeSystemCall } from '../../src/chain/system-call.ts';
import type { SignedTransaction } from '../../src/chain/transaction.ts';
import { openPolicies } from '../../src/node/policies.ts';
import { readFoundation } from '../../src/node/read-foundation.ts';
import { createServices, type ServicesDeps } from '../../src/node/services/create-services.ts';
import { createWeb, type WebDeps } from '../../src/node/web.ts';
import { roles, type Signer, transactionOf } from '../execution/support.ts';
import { configIn, found, INTERVAL, type Life, openLife, silent } from '../node/node-life.ts';
import type { Random } from '../policy/random.ts';
import { PEOPLE } from './people.ts';

export const ETHER = 10n ** 18n;
const DEPOSITS = 6;

export type Services = Omit<Awaited<ReturnType<typeof createServices>>, 'close'>;

export interface HiddenWorld {
  readonly app: FastifyInstance;
  readonly life: Life;
  /** Of sessions, and of a wallet URL, by reader. */
  readonly tokens: Readonly<Record<'alice' | 'frank' | 'wallet', string>>;
  /** Bob's transactions, in order. */
  readonly bobs: SignedTransaction[];
  readonly alices: SignedTransaction[];
  /** Everybody acts once; then a block, and now and then the end of a batch. */
  act(round: number): Promise<void>;
  close(): Promise<void>;
}

const customer = { roles: roles(ROLE_BIT.CUSTOMER), flags: 0n, expiry: 0n };

/** `hidden` chooses Bob's amounts, calldata and counterparties; `weaken` changes what the HTTP side asks, to plant a leak. */
export async function openHiddenWorld(
  hidden: Random,
  weaken: (services: Services, life: Life) => Services = (services) => services,
): Promise<HiddenWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'privity-interference-'));
  const most = 100_000_000;
  const config = configIn(folder, {
    'rpc.callWorkers': 1,
    'rpc.callTimeoutMs': 60_000,
    'rateLimit.authPerMinute': 10_000_000,
    'rateLimit.publicPerMinute': most,
    'rateLimit.userPerMinute': most,
    'rateLimit.rpcPerMinute': most,
    'http.metricsToken': 'metrics-token',
  });
  const everybody = Object.values(PEOPLE);
  await found(config, {
    context: { gasLimit: 30_000_000n, baseFee: 7n, feeMode: 1n, collector: 0xfee5n, batchIntervalSeconds: INTERVAL },
    identities: everybody.map(({ address }) => ({ address, identity: customer })),
    balances: everybody.map(({ address }) => ({ address, wei: 1_000_000n * ETHER })),
  });
  const life = await openLife(config, { operations: depositsOf(hidden) });
  const { policySalt } = life.keys;
  const registry = new Registry();
  const { close: closeServices, ...services } = await createServices(config, {
    ...readFoundation(config, life.folders),
    pipeline: life.pipeline,
    store: life.store,
    policies: openPolicies(config, policySalt).book,
    proving: {
      proofOf: async () => undefined,
      halted: undefined,
      prover: undefined,
    } as never as ServicesDeps['proving'],
    unwinder: { alarm: 0 },
    l1: { client: life.client } as never as ServicesDeps['l1'],
    // Calls are cut off after a while, of true time.
    clock: { ...life.clock, sleep: systemClock.sleep },
  });
  const { folders, genesis, keys, store, audit, clock } = life;
  const web: WebDeps = {
    ...weaken(services, life),
    config,
    folders,
    genesis,
    keys,
    store,
    audit,
    registry,
    clock,
    log: silent,
  };
  const app = await createWeb(web);

  const bobs: SignedTransaction[] = [];
  const alices: SignedTransaction[] = [];
  const { chainId } = genesis;
  const send = async (signer: Signer, to: bigint, value: bigint, data: Uint8Array = new Uint8Array()) => {
    const nonce = life.pipeline.sequencer.pendingNonce(signer.address);
    const [gasLimit, maxFeePerGas] = [data.length === 0 ? 21_000n : 90_000n, 10n];
    const transaction = transactionOf(signer, { chainId, nonce, to, value, data, gasLimit, maxFeePerGas });
    if (signer.address === PEOPLE.bob.address) bobs.push(transaction);
    if (signer.address === PEOPLE.alice.address) alices.push(transaction);
    await life.submit(transaction);
  };
  const withdraw = (signer: Signer, receiver: bigint, value: bigint) =>
    send(signer, BASE_TOKEN_ADDRESS, value, encodeSystemCall({ kind: 'withdraw', receiver }));
  const openBatch = () => life.pipeline.sequencer.open(life.pipeline.sequencer.lastSlot + 1n);

  await openBatch();
  const world: Omit<HiddenWorld, 'tokens'> = {
    app,
    life,
    bobs,
    alices,
    async act(round) {
      const { alice, bob, carol, dave } = PEOPLE;
      const counterparty = hidden.pick([carol, dave]).address;
      const amount = 1n + hidden.bits(1 + hidden.below(66));
      if (round % 3 === 2) await withdraw(bob, hidden.bits(hidden.below(2) === 0 ? 160 : 8) + 0x20000n, amount);
      else await send(bob, counterparty, amount);
      await send(carol, dave.address, 5n);
      if (round % 4 === 1) await withdraw(alice, alice.address, 3n);
      else if (round % 4 === 3) await send(alice, bob.address, 4n);
      // What waits in the mempool is hidden too.
      if (round % 5 === 4) return;
      await life.pipeline.sequencer.buildBlock();
      life.passTime(1_000);
      if (round % 6 !== 5) return;
      await life.close();
      // As if Ethereum had them, but for the last: then it is `safe`, and those before are `finalized` and have bundles.
      const { latest } = life.pipeline.book;
      await life.pipeline.onCounts({ committed: latest, proven: latest, executed: latest - 1n });
      await openBatch();
    },
    async close() {
      await app.close();
      await closeServices();
      await life.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const tokens = { alice: await login(app, 'alice'), frank: await login(app, 'frank') };
  const wallet = await app.inject({
    url: '/api/wallet/personal-rpc-token',
    headers: { authorization: `Bearer ${tokens.alice}` },
  });
  return { ...world, tokens: { ...tokens, wallet: String(wallet.json()['token']) } };
}

/** Two for Alice, the others for whom `hidden` chooses. */
const depositsOf = (hidden: Random): PriorityOperation[] =>
  Array.from({ length: DEPOSITS }, (_, i) => ({
    index: BigInt(i),
    kind: PRIORITY_KIND.DEPOSIT_ETH,
    sender: i % 3 === 0 ? 0x1111n : hidden.bits(150),
    a: i % 3 === 0 ? PEOPLE.alice.address : hidden.pick([PEOPLE.carol, PEOPLE.dave, PEOPLE.bob]).address,
    b: i % 3 === 0 ? 5n : 1n + hidden.bits(60),
  }));

async function login(app: FastifyInstance, name: 'alice' | 'frank'): Promise<string> {
  const { account } = PEOPLE[name];
  const challenge = (
    await app.inject({ method: 'POST', url: '/api/siwe-messages', payload: { address: account.address } })
  ).json();
  const signature = await account.signMessage({ message: challenge.msg });
  const answer = await app.inject({
    method: 'POST',
    url: '/api/auth/login/crypto-native',
    payload: { message: challenge.msg, signature, nonceToken: challenge.nonceToken },
  });
  if (answer.statusCode !== 200) throw new Error(`login failed: ${answer.body}`);
  return String(answer.json().token);
}

export const rawOf = ({ raw }: SignedTransaction): string => bytesToHex(raw);
