/**
 * Sends signed transfers at a steady rate over kept connections; runs as a process of its own. Tells its parent when it begins to send, when
 * the last request is answered, and at the end what came out.
 */

import { Agent, request } from 'node:http';
import secp256k1 from 'secp256k1';
import { bytesToBigInt, bytesToHex } from '../../src/base/bytes.ts';
import { keccak256 } from '../../src/chain/keccak.ts';
import { encodeForSigning, encodeSigned, type UnsignedTransaction } from '../../src/chain/transaction.ts';
import { benchKey, benchSender } from './bench-senders.ts';

export interface LoadOptions {
  readonly url: string;
  readonly chainId: number;
  readonly senders: number;
  readonly rate: number;
  readonly seconds: number;
  readonly firstNonce: number;
  readonly login: boolean;
  /** Bare anvil: give the senders ether first. */
  readonly fund?: boolean;
  /** Wait for each receipt and time it from the request. */
  readonly receipts?: boolean;
}

export interface LoadResult {
  readonly sent: number;
  readonly perSender: number;
  readonly acceptedPerSecond: number;
  readonly refused: number;
  readonly withReceipt: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  readonly receiptMs: { readonly p50: number; readonly p99: number };
}

export type LoadMessage =
  | { readonly kind: 'sending' }
  | { readonly kind: 'answered' }
  | { readonly kind: 'result'; readonly result: LoadResult };

const tell = (message: LoadMessage, sent = (): void => undefined): void => void process.send!(message, sent);

const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const receiptPollMs = 50;
const receiptTimeoutMs = 60_000;

process.once('message', (options: LoadOptions) => {
  run(options).then(
    (result) => tell({ kind: 'result', result }, () => process.exit(0)),
    (error) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(options: LoadOptions): Promise<LoadResult> {
  const { senders, rate, seconds, firstNonce } = options;
  const people = Array.from({ length: senders }, (_, i) => benchSender(i));
  const tokens: (string | undefined)[] = [];
  for (const person of people) tokens.push(options.login ? await login(options.url, person) : undefined);
  if (options.fund === true)
    await fund(
      options.url,
      people.map(({ address }) => address),
    );
  const total = Math.floor(rate * seconds);
  const perSender = Math.ceil(total / senders);
  const raws = sign(
    options,
    people.map(({ address }) => BigInt(address)),
    perSender,
  );
  const latencies: number[] = [];
  const receiptTimes: number[] = [];
  const hashes: { hash: string; token: string | undefined }[] = [];
  let refused = 0;
  const open: Promise<void>[] = [];
  tell({ kind: 'sending' });
  const start = performance.now();
  for (let i = 0; i < total; i++) {
    const due = start + (i * 1000) / rate;
    const wait = due - performance.now();
    if (wait > 1) await new Promise((done) => setTimeout(done, wait));
    const sender = i % senders;
    const nonce = Math.floor(i / senders);
    const began = performance.now();
    open.push(
      rpc(options.url, tokens[sender], 'eth_sendRawTransaction', [raws[sender]![nonce]!]).then(
        async ({ result, error }) => {
          latencies.push(performance.now() - began);
          if (typeof result !== 'string') {
            refused += 1;
            if (refused <= 3) console.error(error);
            return;
          }
          hashes.push({ hash: result, token: tokens[sender] });
          if (options.receipts === true && (await receiptOf(options.url, tokens[sender], result))) {
            receiptTimes.push(performance.now() - began);
          }
        },
      ),
    );
  }
  await Promise.all(open);
  const acceptedPerSecond = Math.round(((total - refused) * 1000) / (performance.now() - start));
  tell({ kind: 'answered' });
  let withReceipt = 0;
  const queue = [...hashes];
  await Promise.all(
    Array.from({ length: 32 }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (await receiptOf(options.url, next.token, next.hash)) withReceipt += 1;
      }
    }),
  );
  return {
    sent: total,
    perSender: firstNonce + perSender,
    acceptedPerSecond,
    refused,
    withReceipt,
    latencyMs: quantiles(latencies),
    receiptMs: quantiles(receiptTimes),
  };
}

function sign({ chainId, senders, firstNonce }: LoadOptions, addresses: bigint[], perSender: number): string[][] {
  return addresses.map((_, sender) => {
    const key = benchKey(sender);
    return Array.from({ length: perSender }, (_, i) => {
      const tx: UnsignedTransaction = {
        type: 2,
        chainId: BigInt(chainId),
        nonce: BigInt(firstNonce + i),
        maxPriorityFeePerGas: 0n,
        maxFeePerGas: 2_000_000_000n,
        gasLimit: 21_000n,
        to: addresses[(sender + 1 + i) % senders]!,
        value: BigInt(1 + i),
        data: new Uint8Array(),
        accessList: [],
      };
      const { signature, recid } = secp256k1.ecdsaSign(keccak256(encodeForSigning(tx)), key);
      const r = bytesToBigInt(signature.subarray(0, 32));
      const s = bytesToBigInt(signature.subarray(32));
      return bytesToHex(encodeSigned(tx, { r, s, yParity: recid === 1 ? 1 : 0 }));
    });
  });
}

async function login(url: string, person: ReturnType<typeof benchSender>): Promise<string> {
  const challenge = await post(`${url}/api/siwe-messages`, { address: person.address });
  const signature = await person.signMessage({ message: String(challenge['msg']) });
  const session = await post(`${url}/api/auth/login/crypto-native`, {
    message: challenge['msg'],
    signature,
    nonceToken: challenge['nonceToken'],
  });
  return String(session['token']);
}

async function fund(url: string, addresses: string[]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const answer = await rpc(url, undefined, 'eth_chainId', []).catch(() => undefined);
    if (answer !== undefined) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  for (const address of addresses) await rpc(url, undefined, 'anvil_setBalance', [address, '0xd3c21bcecceda1000000']);
}

async function receiptOf(url: string, token: string | undefined, hash: string): Promise<boolean> {
  const deadline = performance.now() + receiptTimeoutMs;
  while (performance.now() < deadline) {
    const { result } = await rpc(url, token, 'eth_getTransactionReceipt', [hash]);
    if (result !== null && result !== undefined) return true;
    await new Promise((done) => setTimeout(done, receiptPollMs));
  }
  return false;
}

const rpc = (url: string, token: string | undefined, method: string, params: unknown[]) =>
  post(`${url}${token === undefined ? '' : '/rpc'}`, { jsonrpc: '2.0', id: 1, method, params }, token);

function post(url: string, body: unknown, token?: string): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        try {
          resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>);
        } catch (error) {
          reject(error);
        }
      });
    });
    call.on('error', reject);
    call.end(text);
  });
}

function quantiles(values: number[]): { p50: number; p99: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => Math.round((sorted[Math.floor(sorted.length * q)] ?? 0) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99) };
}
