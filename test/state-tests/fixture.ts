/** Official Ethereum state tests, read from the folder that STATE_TESTS names: gzipped files with a JSON object a line. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { hexToBytes } from '../../src/base/bytes.ts';

export interface FixtureAccount {
  readonly address: bigint;
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly code: Uint8Array;
  readonly storage: readonly { readonly slot: bigint; readonly value: bigint }[];
}

export interface FixtureTransaction {
  readonly type: 0 | 1 | 2;
  readonly isBlob: boolean;
  readonly secretKey: Uint8Array;
  readonly sender: bigint;
  readonly nonce: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly maxFeePerGas: bigint;
  readonly gasLimit: bigint;
  readonly to: bigint | undefined;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly accessList: readonly { readonly address: bigint; readonly storageKeys: readonly bigint[] }[];
}

export interface FixtureCase {
  readonly name: string;
  readonly env: {
    readonly number: bigint;
    readonly timestamp: bigint;
    readonly gasLimit: bigint;
    readonly baseFee: bigint;
    readonly coinbase: bigint;
    readonly prevrandao: bigint;
  };
  readonly pre: readonly FixtureAccount[];
  readonly transaction: FixtureTransaction;
  readonly expected: { readonly root: bigint; readonly logs: bigint; readonly exception: string | undefined };
}

interface RawTest {
  readonly env: Readonly<Record<string, string>>;
  readonly pre: Readonly<
    Record<string, { nonce: string; balance: string; code: string; storage: Readonly<Record<string, string>> }>
  >;
  readonly transaction: {
    readonly data: readonly string[];
    readonly gasLimit: readonly string[];
    readonly value: readonly string[];
    readonly accessLists?: readonly (readonly { address: string; storageKeys: readonly string[] }[] | null)[];
    readonly gasPrice?: string;
    readonly maxFeePerGas?: string;
    readonly maxPriorityFeePerGas?: string;
    readonly maxFeePerBlobGas?: string;
    readonly nonce: string;
    readonly secretKey: string;
    readonly sender: string;
    readonly to: string;
  };
  readonly post: {
    readonly Cancun: readonly {
      readonly hash: string;
      readonly logs: string;
      readonly expectException?: string;
      readonly indexes: { readonly data: number; readonly gas: number; readonly value: number };
    }[];
  };
}

/** Some values are written `0x:bigint 0x...`. */
const integer = (text: string): bigint => BigInt(text.replace('0x:bigint ', ''));

export const categoriesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.jsonl.gz'))
    .map((file) => file.slice(0, -'.jsonl.gz'.length))
    .sort();

export function* readCases(folder: string, category: string): Generator<FixtureCase> {
  const text = gunzipSync(readFileSync(join(folder, `${category}.jsonl.gz`))).toString();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { path, test } = JSON.parse(line) as { path: string; test: Record<string, RawTest> };
    for (const [name, raw] of Object.entries(test)) yield* casesOf(`${path}:${name}`, raw);
  }
}

function* casesOf(name: string, raw: RawTest): Generator<FixtureCase> {
  const { env } = raw;
  const shared = {
    env: {
      number: integer(env['currentNumber']!),
      timestamp: integer(env['currentTimestamp']!),
      gasLimit: integer(env['currentGasLimit']!),
      baseFee: integer(env['currentBaseFee']!),
      coinbase: integer(env['currentCoinbase']!),
      prevrandao: integer(env['currentRandom']!),
    },
    pre: Object.entries(raw.pre).map(([address, account]) => ({
      address: integer(address),
      nonce: integer(account.nonce),
      balance: integer(account.balance),
      code: hexToBytes(account.code),
      storage: Object.entries(account.storage)
        .map(([slot, value]) => ({ slot: integer(slot), value: integer(value) }))
        .filter(({ value }) => value !== 0n),
    })),
  };
  for (const post of raw.post.Cancun) {
    const { data, gas, value } = post.indexes;
    yield {
      ...shared,
      name: `${name}[d${data} g${gas} v${value}]`,
      transaction: transactionOf(raw.transaction, data, gas, value),
      expected: { root: integer(post.hash), logs: integer(post.logs), exception: post.expectException },
    };
  }
}

function transactionOf(raw: RawTest['transaction'], data: number, gas: number, value: number): FixtureTransaction {
  const price = raw.gasPrice ?? raw.maxFeePerGas ?? '0x0';
  return {
    type: raw.maxFeePerGas !== undefined ? 2 : raw.accessLists !== undefined ? 1 : 0,
    isBlob: raw.maxFeePerBlobGas !== undefined,
    secretKey: hexToBytes(raw.secretKey),
    sender: integer(raw.sender),
    nonce: integer(raw.nonce),
    maxFeePerGas: integer(price),
    maxPriorityFeePerGas: integer(raw.maxPriorityFeePerGas ?? price),
    gasLimit: integer(raw.gasLimit[gas]!),
    to: raw.to === '' ? undefined : integer(raw.to),
    value: integer(raw.value[value]!),
    data: hexToBytes(raw.data[data]!),
    accessList: (raw.accessLists?.[data] ?? []).map(({ address, storageKeys }) => ({
      address: integer(address),
      storageKeys: storageKeys.map(integer),
    })),
  };
}
