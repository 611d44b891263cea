import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ABSENT_HASH, createRpcScene, type RpcScene, withdrawal } from '../../support/rpc-scene.ts';
import { ETHER } from '../../support/rpc-world.ts';

type Fields = Record<string, unknown>;

/** G5: a reader sees only what the policy lets that reader see, and denied looks like absent. */
describe('who sees what', () => {
  let scene: RpcScene;
  const ask = async (who: keyof RpcScene['tokens'], method: string, ...params: unknown[]) => {
    const answer = await scene.world.rpc(scene.tokens[who], method, params);
    expect(answer.error).toBeUndefined();
    return answer.result;
  };
  beforeAll(async () => {
    scene = await createRpcScene();
  });
  afterAll(async () => {
    expect(scene.world.small.permitBreaches).toBe(0);
    await scene.world.close();
  });

  describe.each(['eth_getTransactionByHash', 'eth_getTransactionReceipt'])('%s', (method) => {
    it('answers null to a third party, exactly as for a hash that does not exist', async () => {
      expect(await ask('carol', method, scene.hashes.aliceToBob)).toBeNull();
      expect(await ask('carol', method, ABSENT_HASH)).toBeNull();
      expect(await ask('operator', method, scene.hashes.aliceToBob)).toBeNull();
    });

    it('answers sender, receiver and auditor', async () => {
      for (const who of ['alice', 'bob', 'auditor'] as const) {
        expect(await ask(who, method, scene.hashes.aliceToBob)).toMatchObject({
          from: scene.world.people.alice.address.toLowerCase(),
          to: scene.world.people.bob.address.toLowerCase(),
        });
      }
    });

    it('shows a deposit to its recipient alone', async () => {
      expect(await ask('alice', method, scene.hashes.deposit)).toMatchObject({ type: '0x7e' });
      expect(await ask('bob', method, scene.hashes.deposit)).toBeNull();
    });
  });

  it('positions count what the reader sees: two others’ doings in the block stay unseen', async () => {
    const place = async (who: keyof RpcScene['tokens']) =>
      (await ask(who, 'eth_getTransactionReceipt', scene.hashes.aliceToBob)) as Fields;
    expect(await place('alice')).toMatchObject({ transactionIndex: '0x0', cumulativeGasUsed: '0x5208' });
    expect(await place('bob')).toMatchObject({ transactionIndex: '0x1', cumulativeGasUsed: '0xa410' });
    expect(await place('auditor')).toMatchObject({ transactionIndex: '0x1', cumulativeGasUsed: '0xa410' });
  });

  it('a receipt has the logs and their bloom', async () => {
    const receipt = (await ask('alice', 'eth_getTransactionReceipt', scene.hashes.aliceWithdraws)) as Fields;
    const [log] = receipt['logs'] as Fields[];
    expect(log).toMatchObject({ address: `0x${'0'.repeat(36)}800a`, logIndex: '0x0', removed: false });
    expect(receipt['logsBloom']).not.toBe(`0x${'00'.repeat(256)}`);
    expect(receipt['status']).toBe('0x1');
  });

  it('blocks show each reader their own transactions, and blank what tells of others', async () => {
    const full = (await ask('auditor', 'eth_getBlockByNumber', scene.block.number, false)) as Fields;
    expect(full['transactions']).toHaveLength(3);
    expect(full['gasUsed']).not.toBe('0x0');
    expect(full['logsBloom']).not.toBe(`0x${'00'.repeat(256)}`);
    for (const [who, count] of [
      ['alice', 2],
      ['bob', 2],
      ['carol', 1],
      ['operator', 0],
    ] as const) {
      const block = (await ask(who, 'eth_getBlockByHash', scene.block.hash, true)) as Fields;
      expect(block['transactions']).toHaveLength(count);
      expect(block).toMatchObject({
        gasUsed: '0x0',
        size: '0x0',
        logsBloom: `0x${'00'.repeat(256)}`,
        hash: full['hash'],
      });
      expect(block['transactionsRoot']).toBe(`0x${'0'.repeat(64)}`);
      expect(await ask(who, 'eth_getBlockTransactionCountByNumber', scene.block.number)).toBe(
        `0x${count.toString(16)}`,
      );
      expect(await ask(who, 'eth_getBlockTransactionCountByHash', scene.block.hash)).toBe(`0x${count.toString(16)}`);
      expect(await ask(who, 'eth_getBlockReceipts', scene.block.number)).toHaveLength(count);
    }
  });

  it('an idle block and one of which the reader sees nothing differ only in what names them', async () => {
    const names = ['number', 'hash', 'parentHash', 'timestamp'];
    const strip = (block: Fields) =>
      Object.fromEntries(Object.entries(block).filter(([name]) => !names.includes(name)));
    const busy = (await ask('operator', 'eth_getBlockByNumber', scene.block.number, true)) as Fields;
    const idle = (await ask('operator', 'eth_getBlockByNumber', '0x0', true)) as Fields;
    expect(strip(busy)).toEqual(strip(idle));
  });

  it('unknown blocks are null', async () => {
    for (const method of ['eth_getBlockByHash', 'eth_getBlockTransactionCountByHash'] as const) {
      expect(await ask('alice', method, ABSENT_HASH, ...(method === 'eth_getBlockByHash' ? [false] : []))).toBeNull();
    }
    expect(await ask('alice', 'eth_getBlockByNumber', '0xffffff', false)).toBeNull();
    expect(await ask('alice', 'eth_getBlockReceipts', '0xffffff')).toBeNull();
  });

  it('accounts of others are empty', async () => {
    const { alice, bob, nobody } = scene.world.people;
    expect(BigInt((await ask('alice', 'eth_getBalance', alice.address, 'latest')) as string)).toBeGreaterThan(
      900n * ETHER,
    );
    expect(await ask('alice', 'eth_getTransactionCount', alice.address, 'latest')).toBe('0x2');
    for (const other of [bob.address, nobody.address]) {
      expect(await ask('alice', 'eth_getBalance', other, 'latest')).toBe('0x0');
      expect(await ask('alice', 'eth_getTransactionCount', other)).toBe('0x0');
      expect(await ask('alice', 'eth_getCode', other, 'latest')).toBe('0x');
    }
    expect(BigInt((await ask('auditor', 'eth_getBalance', bob.address)) as string)).toBeGreaterThan(900n * ETHER);
  });

  it('a block whose state is not kept is refused alike for own and others’ accounts', async () => {
    const { alice, bob } = scene.world.people;
    for (const block of ['0x0', '0xffffff']) {
      const answers = await Promise.all(
        [alice, bob].map(({ address }) => scene.world.rpc(scene.tokens.alice, 'eth_getBalance', [address, block])),
      );
      expect(answers[0]!.error).toBeDefined();
      expect(answers[0]!.error).toEqual(answers[1]!.error);
    }
  });

  it('logs are judged one by one', async () => {
    const all = { fromBlock: '0x0', toBlock: 'latest' };
    const count = async (who: keyof RpcScene['tokens'], filter: object = all) =>
      ((await ask(who, 'eth_getLogs', filter)) as unknown[]).length;
    expect([await count('alice'), await count('auditor')]).toEqual([1, 1]);
    expect([await count('bob'), await count('carol'), await count('operator')]).toEqual([0, 0, 0]);
    expect(await count('alice', { blockHash: scene.block.hash })).toBe(1);
    expect(await count('alice', { ...all, address: `0x${'11'.repeat(20)}` })).toBe(0);
    expect(await count('alice', { ...all, topics: [[ABSENT_HASH]] })).toBe(0);
    expect(await count('alice', { blockHash: ABSENT_HASH })).toBe(0);
    const [log] = (await ask('alice', 'eth_getLogs', all)) as Fields[];
    const receipt = (await ask('alice', 'eth_getTransactionReceipt', scene.hashes.aliceWithdraws)) as Fields;
    expect([log]).toEqual(receipt['logs']);
  });

  it('an outcome is for the sender', async () => {
    expect(await ask('alice', 'privity_getOutcome', scene.hashes.aliceToBob)).toMatchObject({
      status: 'included',
      finality: 'provisional',
    });
    expect(await ask('bob', 'privity_getOutcome', scene.hashes.aliceToBob)).toBeNull();
    expect(await ask('alice', 'privity_getOutcome', ABSENT_HASH)).toBeNull();
  });

  it('a waiting transaction is its sender’s business alone, not even its receiver’s', async () => {
    const { alice, bob } = scene.world.people;
    scene.world.small.hold = true;
    const raw = await scene.world.transfer(alice, bob.address, 1n, 2);
    const hash = (await ask('alice', 'eth_sendRawTransaction', raw)) as string;
    expect(await ask('alice', 'eth_getTransactionByHash', hash)).toMatchObject({ blockHash: null, nonce: '0x2' });
    expect(await ask('alice', 'eth_getTransactionReceipt', hash)).toBeNull();
    expect(await ask('bob', 'eth_getTransactionByHash', hash)).toBeNull();
    expect(await ask('alice', 'eth_getTransactionCount', alice.address, 'pending')).toBe('0x3');
    expect(await ask('alice', 'eth_getTransactionCount', alice.address, 'latest')).toBe('0x2');
    expect(await ask('alice', 'privity_getOutcome', hash)).toMatchObject({ status: 'pending' });
    scene.world.small.hold = false;
    scene.world.small.mine();
  });

  it('a transaction of which only a log is visible shows that log, without input and bloom', async () => {
    const { alice, bob } = scene.world.people;
    const { result: nonce } = await scene.world.rpc(scene.tokens.alice, 'eth_getTransactionCount', [alice.address]);
    const raw = await withdrawal(alice, bob.address, Number(nonce));
    const hash = (await ask('alice', 'eth_sendRawTransaction', raw)) as string;
    const byAlice = (await ask('alice', 'eth_getTransactionByHash', hash)) as Fields;
    const byBob = (await ask('bob', 'eth_getTransactionByHash', hash)) as Fields;
    expect(byAlice['input']).toMatch(/^0x51cff8d9/);
    expect(byBob).toEqual({ ...byAlice, input: '0x' });
    const receipt = (await ask('bob', 'eth_getTransactionReceipt', hash)) as Fields;
    expect(receipt).toMatchObject({ logs: [{ transactionHash: hash }], logsBloom: `0x${'00'.repeat(256)}` });
    expect(await ask('bob', 'eth_getLogs', { blockHash: byAlice['blockHash'] })).toEqual(receipt['logs']);
    expect(await ask('carol', 'eth_getTransactionByHash', hash)).toBeNull();
    const bundle = await scene.world.get(`/api/disclosure/transactions/${hash}`, scene.tokens.bob);
    expect(bundle.status).toBe(404);
  });

  it('reads of another’s data are recorded, own reads are not', async () => {
    const { alice, bob } = scene.world.people;
    const before = scene.world.audit.length;
    await ask('alice', 'eth_getBalance', alice.address);
    await ask('alice', 'eth_getTransactionByHash', scene.hashes.aliceToBob);
    await ask('alice', 'eth_getBalance', bob.address);
    expect(scene.world.audit.length).toBe(before);
    await ask('auditor', 'eth_getBalance', bob.address);
    await ask('auditor', 'eth_getTransactionReceipt', scene.hashes.aliceToBob);
    await ask('auditor', 'eth_getLogs', { fromBlock: '0x0' });
    expect(scene.world.audit.slice(before).map(({ action, resource }) => [action, resource])).toEqual([
      ['read.foreign', bob.address.toLowerCase()],
      ['read.foreign', scene.hashes.aliceToBob],
      ['read.foreign', expect.stringMatching(/^blocks 0x0 to /)],
    ]);
  });
});
