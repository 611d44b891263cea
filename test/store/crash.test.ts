import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { Secret } from '../../src/base/secret.ts';
import { createLocalKek } from '../../src/store/envelope/local-kek.ts';
import { openStore } from '../../src/store/open-store.ts';
import { describeOnBothDatabases } from './databases.ts';
import { collect, expectCode } from './harness.ts';

describeOnBothDatabases('a killed process (G7)', (cluster) => {
  test('loses nothing that it acknowledged, again and again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'privity-crash-'));
    const kekHex = randomBytes(32).toString('hex');
    const url = await cluster()?.createDatabase();
    const open = () =>
      openStore(
        { folder, database: url === undefined ? { kind: 'sqlite' } : { kind: 'postgres', url: new Secret(url) } },
        {
          kek: createLocalKek(new Secret(new Uint8Array(Buffer.from(kekHex, 'hex'))), randomBytes),
          clock: systemClock,
          random: randomBytes,
          onWarning: (error) => {
            throw error;
          },
        },
      );
    const acknowledged = new Map<number, string>();
    const checkpoints = new Map<string, number>();
    try {
      for (const round of [1, 2, 3]) {
        const script = new URL('./append-forever.ts', import.meta.url).pathname;
        const child = spawn(process.execPath, [script, folder, kekHex, ...(url === undefined ? [] : [url])], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
        });
        const exited = new Promise((resolve) => child.once('close', resolve));
        // Not a time but an amount of work, so that a slow machine kills a busy process too.
        while (output.split('\n').length < 300 + 37 * round && child.exitCode === null) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        if (round === 1) await expectCode(open(), 'STORE_LOCKED');
        child.kill('SIGKILL');
        await exited;
        checkpoints.clear();
        for (const line of output.split('\n').slice(0, -1)) {
          const [first, second] = line.split(' ') as [string, string];
          if (first === 'checkpoint') checkpoints.set(second.split('/')[0]!, Number(second.split('/')[1]));
          else acknowledged.set(Number(first), second);
        }

        if (url === undefined) expect(existsSync(join(folder, 'privity.sqlite-wal'))).toBe(true);
        const store = await retryWhileLocked(open);
        const entries = new Map(
          (await collect(store.log.read(1))).map((entry) => [entry.sequence, Buffer.from(entry.payload).toString()]),
        );
        for (const [sequence, text] of acknowledged) expect(entries.get(sequence)).toBe(text);
        for (const [name, count] of checkpoints) {
          const stored = Buffer.from((await store.read.checkpoints.get(name))!).toString();
          // The next one may have become durable without its line being printed.
          expect(Number(stored.split('/')[1])).toBeGreaterThanOrEqual(count);
        }
        await store.verify();
        await store.close();
      }
      expect(acknowledged.size).toBeGreaterThan(700);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** PostgreSQL frees the lock of a killed process when it notices that the connection is gone. */
async function retryWhileLocked<T>(open: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await open();
    } catch (error) {
      if (left === 0 || (error as { code?: string }).code !== 'STORE_LOCKED') throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
