import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allFiles, findLeaks, formsOf, type Planted } from '../support/leak-search.ts';
import { describeOnBothDatabases } from './databases.ts';
import { bytes, createWorkbench } from './harness.ts';

describeOnBothDatabases('what a stolen disk shows (G6)', (cluster) => {
  test('no address, hash, amount, token, name or key of a busy store is in any of its files', async () => {
    const bench = await createWorkbench(cluster());
    const store = await bench.open();
    const values: Planted[] = [];
    const secret = (name: string, value: Uint8Array) => {
      values.push({ name, bytes: value });
      return value;
    };
    const text = (name: string) => {
      const value = `${name}-${randomBytes(9).toString('base64url')}`;
      secret(name, Buffer.from(value));
      return value;
    };

    for (let block = 1; block <= 12; block++) {
      const transactions = Array.from({ length: 8 }, (_, index) => {
        const sender = secret(`address ${block}/${index}`, bytes(20));
        const amount = secret(`amount ${block}/${index}`, bytes(16));
        const littleEndian = Buffer.from(amount).reverse();
        const hash = secret(`hash ${block}/${index}`, bytes(32));
        const asText = Buffer.from(BigInt(`0x${Buffer.from(amount).toString('hex')}`).toString());
        return { hash, sender, payload: Buffer.concat([sender, amount, littleEndian, asText]) };
      });
      await Promise.all(transactions.map(({ payload }) => store.log.append([{ kind: 'tx', payload }])));
      await store.transaction(async (writes) => {
        const hash = secret(`block hash ${block}`, bytes(32));
        await writes.blocks.put([{ number: block, hash, batch: 1, payload: transactions[0]!.payload, transactions }]);
        await writes.eventLogs.put(
          block,
          transactions.map(({ sender }) => sender),
          transactions[1]!.payload,
        );
        await writes.logPostings.put([{ block, keys: transactions.map(({ sender }) => sender) }]);
        await writes.denials.put(secret(`denied ${block}`, bytes(32)), 1, transactions[2]!.payload);
      });
      await store.jobs.enqueue({ id: text('job'), kind: 'segment', priority: 0, payload: transactions[3]!.payload });
    }
    const job = (await store.jobs.lease('worker', ['segment'], 1000))!;
    await store.jobs.fail(job, text('failure'), 0);
    await store.transaction(async (writes) => {
      const identity = { issuer: text('issuer'), subject: text('subject') };
      const user = await writes.users.create({
        identity,
        displayName: text('display name'),
        roles: [text('role')],
        disabled: false,
        createdAt: 1,
        extra: { mail: text('mail') },
      });
      const token = bytes(32);
      const tokenHash = createHash('sha256').update(secret('token', token)).digest();
      secret('token hash', tokenHash);
      await writes.sessions.create({
        tokenHash,
        userId: user.id,
        createdAt: 1,
        expiresAt: 2,
        extra: { ip: text('ip') },
      });
      await writes.walletTokens.create({ tokenHash, userId: user.id, createdAt: 1, extra: {} });
      const address = secret('wallet', bytes(20));
      await writes.wallets.link({ address, userId: user.id, linkedAt: 1, extra: {} });
      await writes.consumedNonces.consume(secret('nonce', bytes(16)), 5);
      await writes.challenges.put(text('challenge'), 5, secret('challenge payload', bytes(32)));
      await writes.checkpoints.put(text('checkpoint'), secret('checkpoint value', bytes(32)));
      await writes.proofs.put(text('proof name'), 1, secret('proof', bytes(500)));
      await writes.audit.append([
        { sequence: 1, head: secret('audit head', bytes(32)), payload: Buffer.from(text('audit')) },
      ]);
      await writes.batches.put({
        number: 1,
        status: 'sealed',
        slot: 1,
        stateRoot: secret('state root', bytes(32)),
        commitment: secret('commitment', bytes(32)),
        firstBlock: 1,
        lastBlock: 2,
        l1: { commit: secret('L1 hash', bytes(32)) },
        payload: secret('batch payload', bytes(32)),
      });
    });
    await store.files.write('batches/1', [secret('archive', bytes(2_000)), Buffer.from(text('archived'))]);
    await store.files.write('snapshots/1', [secret('snapshot', bytes(100_000))]);
    await store.keys.rotateDataKeys();
    await store.keys.reencryptStep(20);

    // Searched while the store is open: write-ahead log and shared memory are there.
    const files = () => [
      ...allFiles(bench.folder),
      ...(cluster() === undefined ? [] : allFiles(cluster()!.dataFolder)),
    ];
    const searched = files();
    if (cluster() === undefined) {
      for (const ending of ['privity.sqlite', '-wal', '-shm', '.enc', '.key', 'anchor']) {
        expect(searched.some((file) => file.endsWith(ending))).toBe(true);
      }
    }
    expect(findLeaks(searched, values)).toEqual([]);
    await store.close();
    expect(findLeaks(files(), values)).toEqual([]);
    console.info(
      `leak search: ${values.length} values in ${values.length * formsOf(bytes(32)).size} forms, ${searched.length} files`,
    );

    // Planted on purpose: in the database through its own door, and in each form in a file.
    const planted = values.find((value) => value.name === 'wallet')!;
    await bench.tamper('insert into store_meta (name, value) values (?, ?)', 'planted', planted.bytes);
    if (cluster() !== undefined) await cluster()!.crash();
    expect(findLeaks(files(), [planted]).map((leak) => leak.form)).toContain('big-endian bytes');
    await bench.dispose();
  });
});

test('the search finds a value in every form, anywhere in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'privity-leak-'));
  for (let round = 0; round < 50; round++) {
    const value = bytes(round % 2 === 0 ? 20 : 32);
    for (const [form, needle] of formsOf(value)) {
      const file = join(folder, 'file');
      writeFileSync(file, randomBytes(100));
      appendFileSync(file, Buffer.concat([needle, randomBytes(50)]));
      expect(findLeaks([file], [{ name: 'v', bytes: value }]).map((leak) => leak.form)).toContain(form);
    }
    // Inside a longer base64 text, whatever stands before and after.
    for (const before of [0, 1, 2, 3, 4]) {
      const file = join(folder, 'file');
      writeFileSync(file, Buffer.concat([randomBytes(before), value, randomBytes(5)]).toString('base64'));
      expect(findLeaks([file], [{ name: 'v', bytes: value }]).length).toBeGreaterThan(0);
    }
  }
  copyFileSync(import.meta.filename, join(folder, 'other'));
  expect(findLeaks(allFiles(folder), [{ name: 'absent', bytes: bytes(20) }])).toEqual([]);
  rmSync(folder, { recursive: true });
});
