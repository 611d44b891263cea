/** Watches the proving processes below this one: memory as the kernel keeps it (VmHWM, so no peak is missed between looks) and CPU time. */

import { readdirSync, readFileSync } from 'node:fs';

export interface ProverMeter {
  /** The most that provers alive at one time have held resident, bytes. */
  readonly bytesMax: number;
  /** By circuit, or by command where no circuit is named. */
  cpuSeconds(): Readonly<Record<string, number>>;
  close(): void;
}

const everyMs = 500;
const clockTicksPerSecond = 100;

export function meterProvers(): ProverMeter {
  let bytesMax = 0;
  const seen = new Map<number, Seen>();
  const ended = new Map<string, number>();
  const look = () => {
    const alive = new Map<number, Seen>();
    let bytes = 0;
    for (const pid of descendantsOf(process.pid)) {
      const found = readProver(pid);
      if (found === undefined) continue;
      // One that has just ended has its processor time still, but no command any more.
      const work = found.work === '' ? seen.get(pid)?.work : found.work;
      if (work !== undefined) alive.set(pid, { ...found, work });
      bytes += found.bytes;
    }
    bytesMax = Math.max(bytesMax, bytes);
    for (const [pid, last] of seen) if (!alive.has(pid)) addTo(ended, last);
    seen.clear();
    for (const [pid, now] of alive) seen.set(pid, now);
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    get bytesMax() {
      return bytesMax;
    },
    cpuSeconds() {
      const sums = new Map(ended);
      for (const now of seen.values()) addTo(sums, now);
      return Object.fromEntries([...sums].map(([work, seconds]) => [work, Math.round(seconds * 100) / 100]));
    },
    close: () => clearInterval(timer),
  };
}

interface Seen {
  readonly work: string;
  readonly bytes: number;
  readonly cpuSeconds: number;
}

function addTo(sums: Map<string, number>, { work, cpuSeconds }: Seen): void {
  sums.set(work, (sums.get(work) ?? 0) + cpuSeconds);
}

function descendantsOf(pid: number): number[] {
  const children = tasksOf(pid).flatMap((task) => {
    const text = readOrNothing(`/proc/${pid}/task/${task}/children`);
    return text.split(' ').filter(Boolean).map(Number);
  });
  return children.flatMap((child) => [child, ...descendantsOf(child)]);
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function readProver(pid: number): Seen | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  const name = /\((.*)\)/s.exec(stat)?.[1];
  if (name !== 'bb') return undefined;
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0);
  // proc(5): after the name, utime and stime are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const args = readOrNothing(`/proc/${pid}/cmdline`).split('\0');
  // Compiled circuits are files named by circuit and hash.
  const work = /([a-z_]+)-[0-9a-f]+\.json$/.exec(args[args.indexOf('-b') + 1] ?? '')?.[1] ?? args[1] ?? '';
  return { work, bytes: kilobytes * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond };
}

/** Processes end while they are looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
