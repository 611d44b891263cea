import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { BatchRecord, Store, StoredBlock, UserRecord } from '../../src/store/port.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, collect, createWorkbench, expectCode, type Workbench } from './harness.ts';

const newBlock = (number: number, transactions = 3): StoredBlock => ({
  number,
  hash: bytes(),
  batch: Math.ceil(number / 10),
  payload: bytes(200),
  transactions: Array.from({ length: transactions }, () => ({ hash: bytes(), payload: bytes(150) })),
});

const newUser = (name: string, identity: UserRecord['identity'] = null): Omit<UserRecord, 'id'> => ({
  identity,
  displayName: name,
  roles: ['customer'],
  disabled: false,
  createdAt: 5,
  extra: { limit: 10n ** 20n, seal: bytes(4), nested: [{ a: null }] },
});

describeOnBothDatabases('tables', (cluster) => {
  let bench: Workbench;
  let store: Store;
  beforeEach(async () => {
    bench = await createWorkbench(cluster());
    store = await bench.open();
  });
  afterEach(() => bench.dispose());

  describe('blocks and transactions', () => {
    test('are found by number, by hash and by transaction, before and after a restart', async () => {
      const blocks = [newBlock(1), newBlock(2, 0), newBlock(3, 700)];
      await store.transaction((writes) => writes.blocks.put(blocks));
      for (const reopen of [false, true]) {
        if (reopen) {
          await store.close();
          store = await bench.open();
        }
        for (const block of blocks) {
          expect(await store.read.blocks.byNumber(block.number)).toEqual(block);
          expect(await store.read.blocks.byHash(block.hash)).toEqual(block);
          for (const [position, { hash, payload }] of block.transactions.entries()) {
            const found = await store.read.transactions.byHash(hash);
            expect(found?.block.number).toBe(block.number);
            expect(found?.position).toBe(position);
            expect(found?.payload).toEqual(payload);
          }
        }
        expect((await store.read.blocks.latest())?.number).toBe(3);
      }
      expect(await store.read.blocks.byNumber(4)).toBeUndefined();
      expect(await store.read.blocks.byHash(bytes())).toBeUndefined();
      expect(await store.read.transactions.byHash(bytes())).toBeUndefined();
    });

    test('a transaction sees its own writes, and nobody else sees them before they are committed', async () => {
      const block = newBlock(1);
      await expect(
        store.transaction(async (writes) => {
          await writes.blocks.put([block]);
          expect(await writes.read.blocks.byNumber(1)).toEqual(block);
          expect(await writes.read.transactions.byHash(block.transactions[0]!.hash)).toBeDefined();
          expect(await store.read.blocks.byNumber(1)).toBeUndefined();
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await store.read.blocks.byNumber(1)).toBeUndefined();
      expect(await store.read.transactions.byHash(block.transactions[0]!.hash)).toBeUndefined();
    });

    test('a second block of a number, and a transaction in two blocks, are refused and nothing of them is kept', async () => {
      const block = newBlock(1);
      await store.transaction((writes) => writes.blocks.put([block]));
      await expectCode(
        store.transaction((writes) => writes.blocks.put([newBlock(1)])),
        'STORE_CONFLICT',
      );
      const twice = { ...newBlock(2), transactions: block.transactions };
      await expectCode(
        store.transaction((writes) => writes.blocks.put([twice])),
        'STORE_CONFLICT',
      );
      expect(await store.read.blocks.byNumber(2)).toBeUndefined();
      await store.verify();
    });

    test('unwinding removes blocks, transactions and logs, and the number can be used again', async () => {
      const blocks = [1, 2, 3, 4].map((number) => newBlock(number));
      await store.transaction(async (writes) => {
        await writes.blocks.put(blocks);
        for (const block of blocks) await writes.eventLogs.put(block.number, [bytes(20)], bytes(10));
      });
      await store.read.blocks.byNumber(4);
      await store.transaction((writes) => writes.blocks.removeAbove(2));
      expect((await store.read.blocks.latest())?.number).toBe(2);
      expect(await store.read.blocks.byNumber(4)).toBeUndefined();
      expect(await store.read.transactions.byHash(blocks[3]!.transactions[0]!.hash)).toBeUndefined();
      expect(await store.read.eventLogs.scan({ fromBlock: 0, toBlock: 9, keys: [], limit: 9 })).toHaveLength(2);
      const again = newBlock(3);
      await store.transaction((writes) => writes.blocks.put([again]));
      expect(await store.read.blocks.byNumber(3)).toEqual(again);
      await store.verify();
    });

    test('everything derived can be cleared and rebuilt', async () => {
      await store.transaction(async (writes) => {
        await writes.blocks.put([newBlock(1), newBlock(2)]);
        await writes.denials.put(bytes(), 1, bytes(9));
      });
      await store.transaction((writes) => writes.clearDerived());
      expect(await store.read.blocks.latest()).toBeUndefined();
      expect(await store.read.denials.ofBatch(1, 9)).toEqual([]);
      await store.transaction((writes) => writes.blocks.put([newBlock(1)]));
      await store.verify();
    });
  });

  test('event logs are found by every key they were filed under, and limits hold', async () => {
    const [alice, bob, transfer] = [bytes(20), bytes(20), bytes(32)];
    await store.transaction(async (writes) => {
      for (let block = 1; block <= 40; block++) {
        await writes.eventLogs.put(block, [block % 2 === 0 ? alice : bob, transfer], Uint8Array.of(block));
      }
    });
    const scan = async (keys: Uint8Array[][], fromBlock = 1, toBlock = 40, limit = 100) =>
      (await store.read.eventLogs.scan({ fromBlock, toBlock, keys, limit })).map((entry) => entry.block);
    expect(await scan([[alice]])).toEqual(Array.from({ length: 20 }, (_, index) => 2 * index + 2));
    expect(await scan([[alice, bob], [transfer]])).toHaveLength(40);
    expect(await scan([[alice], [bob]])).toEqual([]);
    expect(await scan([[bytes(20)]])).toEqual([]);
    expect(await scan([[transfer]], 10, 12)).toEqual([10, 11, 12]);
    expect(await scan([[transfer]], 1, 40, 5)).toEqual([1, 2, 3, 4, 5]);
  });

  test('a denial is final', async () => {
    const hash = bytes();
    await store.transaction((writes) => writes.denials.put(hash, 7, Uint8Array.of(1)));
    await expectCode(
      store.transaction((writes) => writes.denials.put(hash, 8, Uint8Array.of(2))),
      'STORE_CONFLICT',
    );
    expect(await store.read.denials.byHash(hash)).toEqual(Uint8Array.of(1));
    expect(await store.read.denials.ofBatch(7, 10)).toHaveLength(1);
    expect(await store.read.denials.ofBatch(8, 10)).toHaveLength(0);
  });

  test('batches change status and can be taken back', async () => {
    const batch = (number: number): BatchRecord => ({
      number,
      status: 'sealed',
      slot: 100 + number,
      stateRoot: bytes(),
      commitment: bytes(),
      firstBlock: number * 2,
      lastBlock: number * 2 + 1,
      l1: {},
      payload: bytes(40),
    });
    const [first, second] = [batch(1), batch(2)];
    await store.transaction(async (writes) => {
      await writes.batches.put(first);
      await writes.batches.put(second);
    });
    const committed: BatchRecord = { ...first, status: 'committed', l1: { commit: bytes() } };
    await store.transaction((writes) => writes.batches.put(committed));
    expect(await store.read.batches.byNumber(1)).toEqual(committed);
    expect((await store.read.batches.latest())?.number).toBe(2);
    expect(await store.read.batches.range(1, 10)).toEqual([committed, second]);
    await store.transaction((writes) => writes.batches.removeAbove(1));
    expect(await store.read.batches.byNumber(2)).toBeUndefined();
  });

  test('proofs and checkpoints are replaced by name', async () => {
    await store.transaction(async (writes) => {
      await writes.proofs.put('segment/1/0', 1, Uint8Array.of(1));
      await writes.proofs.put('segment/1/1', 1, Uint8Array.of(2));
      await writes.proofs.put('segment/1/0', 1, Uint8Array.of(3));
      await writes.checkpoints.put('l1-cursor', Uint8Array.of(9));
    });
    expect(await store.read.proofs.get('segment/1/0')).toEqual(Uint8Array.of(3));
    expect((await store.read.proofs.ofBatch(1)).map((proof) => proof.name).sort()).toEqual([
      'segment/1/0',
      'segment/1/1',
    ]);
    await store.transaction(async (writes) => {
      await writes.proofs.put('wrap/1-2', 2, Uint8Array.of(5));
      await writes.proofs.removeAbove(1);
    });
    expect(await store.read.proofs.get('wrap/1-2')).toBeUndefined();
    expect(await store.read.proofs.get('segment/1/0')).toEqual(Uint8Array.of(3));
    await store.transaction(async (writes) => {
      await writes.proofs.removeOfBatch(1);
      await writes.checkpoints.put('l1-cursor', Uint8Array.of(10));
      await writes.checkpoints.remove('none');
    });
    expect(await store.read.proofs.get('segment/1/0')).toBeUndefined();
    expect(await store.read.checkpoints.get('l1-cursor')).toEqual(Uint8Array.of(10));
  });

  test('audit rows follow on each other (G8)', async () => {
    const row = (sequence: number) => ({ sequence, head: bytes(), payload: bytes(30) });
    const rows = [row(1), row(2), row(3)];
    await store.transaction((writes) => writes.audit.append(rows));
    await expectCode(
      store.transaction((writes) => writes.audit.append([row(3)])),
      'STORE_CONFLICT',
    );
    await expectCode(
      store.transaction((writes) => writes.audit.append([row(5)])),
      'STORE_CONFLICT',
    );
    expect((await store.read.audit.last())?.sequence).toBe(3);
    const found = await store.read.audit.range(2, 10);
    expect(found.map(({ sequence }) => sequence)).toEqual([2, 3]);
    expect(Buffer.from(found[0]!.head)).toEqual(Buffer.from(rows[1]!.head));
    await bench.tamper('delete from audit_rows where sort = 2');
    await expectCode(store.read.audit.range(1, 10), 'STORE_ROWS_REPLACED');
    await expectCode(store.verify(), 'STORE_ROWS_REPLACED');
  });

  test('an act and its audit row are one commit', async () => {
    const head = bytes();
    await expect(
      store.transaction(async (writes) => {
        await writes.audit.append([{ sequence: 1, head, payload: bytes(5) }]);
        await writes.users.create(newUser('ann'));
        throw new Error('changed its mind');
      }),
    ).rejects.toThrow('changed its mind');
    expect(await store.read.audit.last()).toBeUndefined();
    expect(await collect(store.read.users.all())).toEqual([]);
    await store.transaction((writes) => writes.audit.append([{ sequence: 1, head, payload: bytes(5) }]));
    await store.verify();
  });

  describe('people', () => {
    test('users are found by id and by (issuer, subject), which is theirs alone', async () => {
      const identity = { issuer: 'https://id.example', subject: 'ann' };
      const ann = await store.transaction((writes) => writes.users.create(newUser('Ann', identity)));
      expect(await store.read.users.byId(ann.id)).toEqual(ann);
      expect(await store.read.users.byIdentity('https://id.example', 'ann')).toEqual(ann);
      expect(await store.read.users.byIdentity('https://id.examplea', 'nn')).toBeUndefined();
      expect(await store.read.users.byId('not an id')).toBeUndefined();
      await expectCode(
        store.transaction((writes) => writes.users.create(newUser('Eve', identity))),
        'STORE_CONFLICT',
      );
      await store.transaction((writes) => writes.users.update({ ...ann, roles: ['auditor'], identity: null }));
      expect((await store.read.users.byId(ann.id))?.roles).toEqual(['auditor']);
      expect(await store.read.users.byIdentity('https://id.example', 'ann')).toBeUndefined();
      await expectCode(
        store.transaction((writes) => writes.users.update({ ...ann, id: '0'.repeat(32) })),
        'STORE_SUBJECT_ERASED',
      );
      const bob = await store.transaction((writes) => writes.users.create(newUser('Bob')));
      const everybody = await collect(store.read.users.all());
      expect(everybody.map((user) => user.id).sort()).toEqual([ann.id, bob.id].sort());
    });

    test('everybody and what is theirs is read page by page, and one row put elsewhere is found', async () => {
      const people = 203;
      const ids = await store.transaction(async (writes) => {
        const created: string[] = [];
        for (let i = 0; i < people; i++) {
          const { id } = await writes.users.create(newUser(`Person ${i}`));
          await writes.wallets.link({ address: bytes(20), userId: id, linkedAt: i, extra: {} });
          created.push(id);
        }
        await writes.sessions.create({
          tokenHash: bytes(),
          userId: created[0]!,
          createdAt: 1,
          expiresAt: 2,
          extra: {},
        });
        return created;
      });
      await store.close();
      store = await bench.open();
      const names = (await collect(store.read.users.all())).map(({ displayName }) => displayName);
      expect(new Set(names).size).toBe(people);
      const owners = (await collect(store.read.wallets.all())).map(({ userId }) => userId);
      expect(owners.sort()).toEqual(ids.sort());
      expect(await collect(store.read.sessions.all())).toHaveLength(1);
      expect(await collect(store.read.walletTokens.all())).toEqual([]);
      await store.transaction((writes) => writes.users.erase(ids[5]!));
      expect(await collect(store.read.wallets.all())).toHaveLength(people - 1);
      const [one, other] = await bench.tamper('select id from wallets order by id limit 2');
      await bench.tamper(
        'update wallets set payload = (select payload from wallets where id = ?) where id = ?',
        one!['id'] as Uint8Array,
        other!['id'] as Uint8Array,
      );
      await expectCode(collect(store.read.wallets.all()), 'STORE_RECORD_CORRUPT');
    });

    test('sessions end when revoked, one by one or all of a user, and when purged', async () => {
      const ann = await store.transaction((writes) => writes.users.create(newUser('Ann')));
      const session = (expiresAt: number) => ({
        tokenHash: bytes(),
        userId: ann.id,
        createdAt: 1,
        expiresAt,
        extra: {},
      });
      const [a, b, c] = [session(10), session(20), session(30)];
      await store.transaction(async (writes) => {
        for (const each of [a, b, c]) await writes.sessions.create(each);
      });
      expect(await store.read.sessions.byTokenHash(a.tokenHash)).toEqual(a);
      expect(await store.read.sessions.ofUser(ann.id)).toHaveLength(3);
      expect(await store.transaction((writes) => writes.sessions.revoke(b.tokenHash))).toBe(true);
      expect(await store.transaction((writes) => writes.sessions.revoke(b.tokenHash))).toBe(false);
      expect(await store.read.sessions.byTokenHash(b.tokenHash)).toBeUndefined();
      await store.transaction((writes) => writes.sessions.update({ ...c, expiresAt: 99 }));
      expect((await store.read.sessions.byTokenHash(c.tokenHash))?.expiresAt).toBe(99);
      expect(await store.transaction((writes) => writes.sessions.purgeExpired(30, 100))).toBe(1);
      expect(await store.transaction((writes) => writes.sessions.revokeAllOf(ann.id))).toBe(1);
      expect(await store.read.sessions.ofUser(ann.id)).toEqual([]);
      await store.verify();
    });

    test('a wallet has one owner; wallet tokens are revocable', async () => {
      const [ann, bob] = await store.transaction(async (writes) => [
        await writes.users.create(newUser('Ann')),
        await writes.users.create(newUser('Bob')),
      ]);
      const address = bytes(20);
      const wallet = { address, userId: ann!.id, linkedAt: 1, extra: {} };
      await store.transaction((writes) => writes.wallets.link(wallet));
      await expectCode(
        store.transaction((writes) => writes.wallets.link({ ...wallet, userId: bob!.id })),
        'STORE_CONFLICT',
      );
      expect(await store.read.wallets.byAddress(address)).toEqual(wallet);
      expect(await store.read.wallets.ofUser(ann!.id)).toEqual([wallet]);
      expect(await store.transaction((writes) => writes.wallets.unlink(address))).toBe(true);
      expect(await store.read.wallets.byAddress(address)).toBeUndefined();
      const token = { tokenHash: bytes(), userId: bob!.id, createdAt: 3, extra: { purpose: 'wallet' } };
      await store.transaction((writes) => writes.walletTokens.create(token));
      expect(await store.read.walletTokens.byTokenHash(token.tokenHash)).toEqual(token);
      expect(await store.transaction((writes) => writes.walletTokens.revokeAllOf(bob!.id))).toBe(1);
      expect(await store.read.walletTokens.byTokenHash(token.tokenHash)).toBeUndefined();
    });

    test('a nonce is consumed once, a challenge is taken once and in time', async () => {
      const nonce = bytes();
      const consume = () => store.transaction((writes) => writes.consumedNonces.consume(nonce, 100));
      expect((await Promise.all([consume(), consume(), consume()])).filter(Boolean)).toHaveLength(1);
      await store.transaction((writes) => writes.consumedNonces.purgeExpired(100, 10));
      expect(await consume()).toBe(true);
      await store.transaction(async (writes) => {
        await writes.challenges.put('one', 100, Uint8Array.of(1));
        await writes.challenges.put('two', 100, Uint8Array.of(2));
      });
      const take = (id: string, now: number) => store.transaction((writes) => writes.challenges.take(id, now));
      expect(await take('one', 99)).toEqual(Uint8Array.of(1));
      expect(await take('one', 99)).toBeUndefined();
      expect(await take('two', 100)).toBeUndefined();
    });

    test('destroying a key erases the person, in rows and in old copies of rows', async () => {
      const identity = { issuer: 'https://id.example', subject: 'carol' };
      const carol = await store.transaction((writes) => writes.users.create(newUser('Carol', identity)));
      const session = { tokenHash: bytes(), userId: carol.id, createdAt: 1, expiresAt: 10, extra: {} };
      await store.transaction((writes) => writes.sessions.create(session));
      await store.read.users.byId(carol.id);
      const copies = await bench.tamper('select * from users');
      await store.transaction((writes) => writes.users.erase(carol.id));
      expect(await store.read.users.byId(carol.id)).toBeUndefined();
      expect(await store.read.users.byIdentity(identity.issuer, identity.subject)).toBeUndefined();
      expect(await store.read.sessions.byTokenHash(session.tokenHash)).toBeUndefined();
      await store.verify();
      const copy = copies[0]!;
      const columns = ['id', 'sort', 'lookup', 'owner', 'row_version', 'key_version', 'payload'];
      await bench.tamper(
        `insert into users (${columns}) values (${columns.map(() => '?')})`,
        ...columns.map((column) => copy[column] as Uint8Array),
      );
      await expectCode(store.read.users.byId(carol.id), 'STORE_SUBJECT_ERASED');
      await store.close();
      await expectCode(bench.open(), 'STORE_ROWS_REPLACED');
    });

    test('a record cannot be turned into bytes or an integer by its field names', async () => {
      const hostile = { ...newUser('Eve'), extra: { $bytes: 'AAAA' } };
      await expect(store.transaction((writes) => writes.users.create(hostile))).rejects.toThrow(RangeError);
    });
  });
});
