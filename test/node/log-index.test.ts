/** What eth_getLogs reads follows from what its reader may see, and not from what is hidden (G5); on the store's own tables. */

import { afterEach, describe, expect, it } from 'vitest';
import { bigIntToBytes } from '../../src/base/bytes.ts';
import type { Block, BlockItem } from '../../src/chain/block.ts';
import type { Log } from '../../src/chain/log.ts';
import { ChainIndex } from '../../src/node/chain-index.ts';
import { logKeysOf } from '../../src/node/log-keys.ts';
import { createChainReader } from '../../src/node/services/chain-reader.ts';
import { createPolicy } from '../../src/policy/create-policy.ts';
import type { Principal } from '../../src/policy/port.ts';
import { ethGetLogs } from '../../src/rpc/json-rpc/eth-get-logs/handler.ts';
import type { LogLimits } from '../../src/rpc/json-rpc/method-deps.ts';
import type { Store } from '../../src/store/port.ts';
import { CHAIN_ID, signerOf, transactionOf } from '../execution/support.ts';
import { compile, user } from '../policy/fixtures.ts';
import { createRandom, type Random } from '../policy/random.ts';
import { createWorkbench, type Workbench } from '../store/harness.ts';

const TOKEN = 0xa1b2c3d4e5f60718n;
const policy = createPolicy(
  compile(`name: t
version: 1
salt: s
contracts:
  token:
    address: "0x${TOKEN.toString(16).padStart(40, '0')}"
    functions: ["transfer(address to, uint256 amount)"]
    events: ["Transfer(address indexed from, address indexed to, uint256 amount)"]
exits: { roles: [anyone] }
writes:
  - { to: token.transfer, anyOf: [{ roles: [customer] }] }
reads:
  - { name: own, who: [customer], methods: [logs], transactions: party, logs: rules, blocks: filtered }
  - { name: oversight, who: [auditor], methods: [logs], transactions: all, logs: all, blocks: full }
events:
  - { on: token.Transfer, who: [customer], anyOf: [{ from: own }, { to: own }] }
`),
);
const filed = policy.logAudiences(user(['customer'], [1n]), { addresses: [], topics: [] }, 9);
const TRANSFER = filed === 'all' || filed[0]?.kind !== 'event' ? 0n : filed[0].topics[0]!;

const [alice, bob, carol] = [signerOf(1), signerOf(2), signerOf(3)];
const reader = user(['customer'], [alice.address]);
const auditor = user(['auditor']);

const transfer = (from: bigint, to: bigint, amount: bigint): Log => ({
  address: TOKEN,
  topics: [TRANSFER, from, to],
  data: bigIntToBytes(amount, 32),
});

/** Three transactions a block, the first Alice's in some, with as many logs as `hidden` says in the others'. */
function chainOf(random: Random, hidden: (random: Random) => readonly Log[], blocks = 120): Block[] {
  const own = createRandom('own');
  return Array.from({ length: blocks }, (_, i): Block => {
    const number = BigInt(i + 1);
    const aliceActs = own.below(4) === 0;
    const logs = [
      aliceActs ? [transfer(alice.address, carol.address, 5n), transfer(7n, alice.address, 6n)] : [],
      hidden(random),
      hidden(random),
    ];
    const signers = [aliceActs ? alice : carol, bob, carol];
    const items = logs.map((logs, index): BlockItem => {
      const transaction = transactionOf(signers[index]!, {
        nonce: BigInt(10 * i + index),
        to: TOKEN,
        gasLimit: 60_000n,
      });
      const result = { status: 1, gasUsed: 50_000n, effectiveGasPrice: 7n, logs, ruleId: 'r' } as const;
      const cumulativeGas = 50_000n * BigInt(index + 1);
      return {
        kind: 'transaction',
        transaction,
        result,
        index,
        record: index,
        cumulativeGas,
        firstLogIndex: 0,
        salt: 1n,
      };
    });
    const header = { timestamp: number, batch: 1n, hash: number << 8n, parentHash: (number - 1n) << 8n, gasLimit: 1n };
    return { ...header, number, baseFee: 7n, collector: 1n, gasUsed: 150_000n, txFrontier: 1n, items };
  });
}

const LIMITS: LogLimits = {
  blockRangeMax: 10_000,
  blocksReadMax: 1_000,
  logsMax: 10_000,
  answerBytesMax: 1 << 20,
  atOnceMax: 2,
};
const bounds = { recentItemsMax: 4, openedItemsMax: 4, writeItemsMax: 40, unwrittenItemsMax: 80 };

interface Work {
  entries: number;
  filters: number;
  blocks: number;
}

/** Counts the rows that are read. */
function counted(store: Store): { store: Store; work: Work } {
  const work: Work = { entries: 0, filters: 0, blocks: 0 };
  const { logPostings, eventLogs, blocks } = store.read;
  const read: Store['read'] = {
    ...store.read,
    logPostings: {
      find: async (query) => {
        const found = await logPostings.find(query);
        work.entries += found.entriesRead;
        return found;
      },
    },
    eventLogs: {
      scan: async (query) => {
        const found = await eventLogs.scan(query);
        work.filters += found.length;
        return found;
      },
    },
    blocks: {
      ...blocks,
      byNumber: async (number) => {
        work.blocks += 1;
        return blocks.byNumber(number);
      },
    },
  };
  return { store: { ...store, read }, work };
}

const encodeAll = (): Uint8Array => bigIntToBytes(BigInt(Number.MAX_SAFE_INTEGER), 8);

describe('eth_getLogs', () => {
  const benches: Workbench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.dispose();
  });

  const openBench = async () => {
    const bench = await createWorkbench();
    benches.push(bench);
    return bench;
  };

  async function serve(opened: Store, blocks: readonly Block[], limits: Partial<LogLimits> = {}) {
    const { store, work } = counted(opened);
    const failures: unknown[] = [];
    const index = await ChainIndex.open(
      { chainId: CHAIN_ID, ...bounds, onFailure: (error) => failures.push(error) },
      store,
    );
    for (const block of blocks) index.onBlock(block);
    await index.flush();
    index.resumeAt(450n);
    expect(failures).toEqual([]);
    const chain = createChainReader({
      sequencer: {} as never,
      index,
      eventLogs: store.read.eventLogs,
      logPostings: store.read.logPostings,
      stateRootOf: async () => 1n,
      history: {} as never,
      settledBlocks: () => ({ safe: 0n, finalized: 0n }),
    });
    const foreignReads = { account: () => undefined, items: () => undefined };
    const method = ethGetLogs({ chain, foreignReads, logLimits: { ...LIMITS, ...limits } });
    const ask = async (principal: Principal, filter: object = {}) => {
      const authorization = policy.authorizeRead(principal, { kind: 'method', method: 'eth_getLogs' });
      if (!('permit' in authorization)) throw new Error('no logs for this reader');
      Object.assign(work, { entries: 0, filters: 0, blocks: 0 });
      const context = { policy, principal, user: undefined, permit: authorization.permit };
      const logs = (await method.handle([{ fromBlock: '0x1', toBlock: '0x78', ...filter }], context)) as Record<
        string,
        string
      >[];
      return { logs, work: { ...work } };
    };
    return { ask, index };
  }

  const busy = (random: Random): Log[] =>
    Array.from({ length: 3 + random.below(4) }, () =>
      random.below(2) === 0
        ? transfer(bob.address, carol.address, random.bits(60))
        : { address: random.bits(60), topics: [random.bits(200), alice.address], data: new Uint8Array(40) },
    );

  it('reads as many rows and answers the same with and without the events of others', async () => {
    const filters = [
      {},
      { fromBlock: '0x14', toBlock: '0x32' },
      { address: `0x${TOKEN.toString(16).padStart(40, '0')}` },
      { address: `0x${'11'.repeat(20)}` },
      { topics: [null, `0x${alice.address.toString(16).padStart(64, '0')}`] },
      { topics: [[`0x${'22'.repeat(32)}`]] },
    ];
    const [idle, loud] = await Promise.all(
      [() => [], busy].map(async (hidden) =>
        serve(await (await openBench()).open(), chainOf(createRandom('hidden'), hidden)),
      ),
    );
    let visible = 0;
    for (const filter of filters) {
      const [quiet, noisy] = [await idle!.ask(reader, filter), await loud!.ask(reader, filter)];
      expect(noisy).toEqual(quiet);
      expect(quiet.work.filters).toBe(0);
      visible += quiet.logs.length;
      // The control: who sees everything reads more where there is more.
      const [few, many] = [await idle!.ask(auditor, filter), await loud!.ask(auditor, filter)];
      if (Object.keys(filter).length === 0) expect(many.work.filters).toBeGreaterThan(few.work.filters);
    }
    expect(visible).toBeGreaterThan(50);
  });

  it('finds exactly what a look through every block finds', async () => {
    const blocks = chainOf(createRandom('hidden'), busy);
    const { ask } = await serve(await (await openBench()).open(), blocks);
    const seen = blocks.flatMap(({ items, number }) =>
      items.flatMap(({ result }) =>
        result.logs.filter((log) => log.address === TOKEN && log.topics.includes(alice.address)).map(() => number),
      ),
    );
    const { logs } = await ask(reader);
    expect(logs.map((log) => BigInt(log['blockNumber']!))).toEqual(seen);
    const everything = blocks.flatMap(({ items }) => items.flatMap(({ result }) => result.logs));
    expect((await ask(auditor)).logs).toHaveLength(everything.length);
  });

  it('finds what an older version has written without postings, also when filing it was cut off', async () => {
    const blocks = chainOf(createRandom('hidden'), busy, 450);
    const all = { fromBlock: '0x1', toBlock: '0x1c2' };
    const fresh = await openBench();
    const expected = await (await serve(await fresh.open(), blocks)).ask(reader, all);
    const postingsOf = async (bench: Workbench) =>
      Number((await bench.tamper('select count(*) as n from log_postings'))[0]!['n']);

    const bench = await openBench();
    const store = await bench.open();
    const nothing = { put: async () => undefined };
    /** The version before: it knew of no postings. */
    const older: Store = {
      ...store,
      transaction: (work) =>
        store.transaction((writes) =>
          work({ ...writes, logPostings: nothing, checkpoints: { ...writes.checkpoints, ...nothing } }),
        ),
    };
    const filed = await ChainIndex.open(
      { chainId: CHAIN_ID, ...bounds, onFailure: () => undefined },
      {
        ...older,
        // It did not file anything at opening either.
        read: { ...older.read, checkpoints: { get: async () => encodeAll() } },
      },
    );
    for (const block of blocks) filed.onBlock(block);
    await filed.flush();
    expect(await postingsOf(bench)).toBe(0);

    let commits = 0;
    const dying: Store = {
      ...store,
      transaction: (work) => {
        commits += 1;
        return commits === 2 ? Promise.reject(new Error('killed')) : store.transaction(work);
      },
    };
    await expect(serve(dying, [])).rejects.toThrow('killed');
    const half = await postingsOf(bench);
    const upgraded = await serve(store, []);
    expect((await upgraded.ask(reader, all)).logs).toEqual(expected.logs);
    expect(expected.logs.length).toBeGreaterThan(100);
    const whole = await postingsOf(bench);
    expect([half > 0, half < whole, whole]).toEqual([true, true, await postingsOf(fresh)]);
    await serve(store, []);
    expect(await postingsOf(bench)).toBe(whole);
  });

  it.each([
    ['RPC_LOGS_RANGE', { blockRangeMax: 119 }, {}],
    ['RPC_LOGS_SCAN', { blocksReadMax: 10 }, {}],
    ['RPC_LOGS_SCAN', { blocksReadMax: 1 }, { topics: [null, null, null, `0x${'33'.repeat(32)}`] }],
    ['RPC_LOGS_TOO_MANY', { logsMax: 5 }, {}],
    ['RPC_LOGS_BYTES', { answerBytesMax: 3_000 }, {}],
  ])('%s past its bound %j, the same whatever is hidden', async (code, limits, filter) => {
    const answers = await Promise.all(
      [() => [], busy].map(async (hidden) => {
        const { ask } = await serve(await (await openBench()).open(), chainOf(createRandom('x'), hidden), limits);
        return ask(reader, filter).then(
          ({ logs }) => logs,
          (error: { code: string }) => error.code,
        );
      }),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]).toBe(code);
  });
});

describe('the keys of a block', () => {
  it('are those of every topic that a rule may name, each once', () => {
    const [block] = chainOf(createRandom('keys'), () => [], 1);
    const log: Log = { address: TOKEN, topics: [TRANSFER, 1n, 2n], data: new Uint8Array() };
    const items = block!.items.slice(0, 1).map((item) => ({ ...item, result: { ...item.result, logs: [log, log] } }));
    // Eight choices of three topics, and sender and receiver of the transaction.
    expect(logKeysOf({ items })).toHaveLength(10);
    expect(logKeysOf({ items: block!.items.slice(1) })).toEqual([]);
  });
});
