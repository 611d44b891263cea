import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { findBb } from '../../../src/prover/backend/binary.ts';
import { type BbCall, complaintOf, runBb } from '../../../src/prover/backend/run-bb.ts';
import { Slots } from '../../../src/prover/backend/slots.ts';
import { sweepWorkFolders, withWorkFolder } from '../../../src/prover/backend/work-folder.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const limits = { timeoutMs: 20_000, memoryBytesMax: 4 * 2 ** 30, threads: 1, niceness: 5 };

/** A shell script stands where the binary does: the bounds are the subject here, not the prover. */
async function script(body: string, over: Partial<BbCall> = {}): Promise<BbCall> {
  const home = await temporaryFolder();
  const binary = join(home, 'binary');
  await writeFile(binary, `#!/bin/sh\n${body}\n`);
  await chmod(binary, 0o700);
  return { binary, args: ['prove'], home, limits, ...over };
}

/** A killed process may stay as a zombie where nobody reaps orphans. */
const isRunning = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('the witness arrives through a pipe that can be opened by name, byte for byte', async () => {
  const input = new Uint8Array(3_000_000).map((_, i) => i % 251);
  const result = await runBb(
    await script('cat /dev/stdin | sha256sum | cut -c1-64; nice; echo "$HARDWARE_CONCURRENCY"; env | wc -l', { input }),
  );
  expect(result.exitCode).toBe(0);
  const [sum, niceness, threads, variables] = result.stdout.trim().split('\n');
  expect(sum).toBe(createHash('sha256').update(input).digest('hex'));
  expect([niceness, threads]).toEqual(['5', '1']);
  expect(Number(variables)).toBeLessThanOrEqual(6);
});

test("the exit code is the binary's, and its complaint is told without numbers", async () => {
  const result = await runBb(await script('echo "bad 0xdeadbeef12 and 123456789" >&2; exit 7'));
  expect(result.exitCode).toBe(7);
  expect(complaintOf(result)).toBe('exit code 7: bad # and #');
});

test('what runs too long is killed with all its children', async () => {
  const call = await script('sleep 60 & echo $! > child; sleep 60', { limits: { ...limits, timeoutMs: 500 } });
  await expect(runBb(call)).rejects.toThrow('BACKEND_TIMEOUT');
  const child = Number(readFileSync(join(call.home, 'child'), 'utf8'));
  await delay(100);
  expect(isRunning(child)).toBe(false);
});

test('an abort kills it, and an abort before the start starts nothing', async () => {
  const call = await script('echo started > started; sleep 60');
  const abort = new AbortController();
  const running = runBb({ ...call, signal: abort.signal });
  setTimeout(() => abort.abort(new Error('enough')), 300);
  await expect(running).rejects.toThrow('enough');
  const other = await script('echo started > started');
  await expect(runBb({ ...other, signal: AbortSignal.abort(new Error('never')) })).rejects.toThrow('never');
  expect(await readdir(other.home)).not.toContain('started');
});

test('memory beyond the limit is refused', async () => {
  const hungry = 'awk \'BEGIN { s = "0123456789abcdef"; for (i = 0; i < 26; i++) s = s s; print length(s) }\'';
  expect((await runBb(await script(hungry))).exitCode).toBe(0);
  const result = await runBb(await script(hungry, { limits: { ...limits, memoryBytesMax: 256 * 2 ** 20 } }));
  expect(result.exitCode).not.toBe(0);
});

test('a binary that does not exist is an error, and so is a machine without one', async () => {
  const result = await runBb({ ...(await script('')), binary: '/nowhere/bb' });
  expect(result.exitCode).not.toBe(0);
  expect(() => findBb('win32', 'x64')).toThrow('BACKEND_MISSING');
  expect(findBb()).toMatch(/linux|macos/);
});

test('work folders are private and go away, also those of the dead, not those of the living', async () => {
  const root = await temporaryFolder();
  let seen = '';
  await expect(
    withWorkFolder(async (folder) => {
      seen = folder;
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      expect(await sweepWorkFolders(root)).toBe(0);
      throw new Error('in the middle');
    }, root),
  ).rejects.toThrow('in the middle');
  expect(await readdir(root)).toEqual([]);
  expect(seen).not.toBe('');
  const dead = 2 ** 22 + 12_345;
  await mkdir(join(root, `privity-prover-${dead}-x`));
  await writeFile(join(root, 'other'), '');
  expect(await sweepWorkFolders(root)).toBe(1);
  expect(await readdir(root)).toEqual(['other']);
});

test('slots let one in at a time, in order, and one that gave up waiting takes none', async () => {
  const slots = new Slots(1);
  const order: string[] = [];
  const use = (name: string, signal?: AbortSignal) =>
    slots.use(async () => {
      order.push(`${name} in`);
      await delay(5);
      order.push(`${name} out`);
    }, signal);
  const impatient = new AbortController();
  const [a, b, c] = [use('a'), use('b', impatient.signal), use('c')];
  impatient.abort(new Error('gone'));
  await expect(b).rejects.toThrow('gone');
  await Promise.all([a, c]);
  await use('d');
  expect(order).toEqual(['a in', 'a out', 'c in', 'c out', 'd in', 'd out']);
});
