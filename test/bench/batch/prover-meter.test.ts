import { spawn } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meterProvers } from './prover-meter.ts';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('the meter of provers', () => {
  it('meters the processes named bb below it, and only them', { timeout: 20_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'privity-meter-'));
    const [bb, other] = [join(folder, 'bb'), join(folder, 'other')];
    for (const file of [bb, other]) copyFileSync('/bin/bash', file);
    // Not sleep as the last command: a shell would become it, under its name.
    const busy = 'x=$(printf %5000000s); for ((i = 0; i < 50000; i++)); do :; done; sleep 2; :';
    const run = async (file: string) => {
      const meter = meterProvers();
      const child = spawn('/bin/sh', ['-c', `"${file}" -c '${busy}' prove -b /cache/segment_m-0a1b.json; true`], {
        stdio: 'ignore',
      });
      await new Promise((done) => child.once('close', done));
      await sleep(600);
      meter.close();
      return meter;
    };
    try {
      const [proving, none] = [await run(bb), await run(other)];
      expect(proving.bytesMax).toBeGreaterThan(5_000_000);
      expect(Object.keys(proving.cpuSeconds())).toEqual(['segment_m']);
      expect(proving.cpuSeconds()['segment_m']).toBeGreaterThan(0);
      expect([none.bytesMax, none.cpuSeconds()]).toEqual([0, {}]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
