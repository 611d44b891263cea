import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('a bench that is stopped and continued', () => {
  it('does not count the time in between', { timeout: 20_000 }, async () => {
    const clock = join(import.meta.dirname, 'running-clock.ts');
    const script = `
      const { createRunningClock } = await import(${JSON.stringify(clock)});
      const running = createRunningClock(500);
      const [wall, ran] = [Date.now(), running.now()];
      console.log('ready');
      process.stdin.once('data', () => {
        console.log(JSON.stringify({ wall: Date.now() - wall, ran: running.now() - ran }));
        process.exit(0);
      });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (output.includes('ready')) resolve();
      });
    });
    await ready;
    child.kill('SIGSTOP');
    await sleep(3000);
    child.kill('SIGCONT');
    await sleep(500);
    child.stdin.write('now\n');
    await new Promise((done) => child.once('close', done));
    const { wall, ran } = JSON.parse(output.split('\n')[1]!) as { wall: number; ran: number };
    expect(wall).toBeGreaterThan(3000);
    expect(wall - ran).toBeGreaterThan(2000);
    expect(ran).toBeGreaterThan(400);
  });
});
