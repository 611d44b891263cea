/** Watches the proving processes below this one: memory as the kernel keeps it (VmHWM, so no peak is missed between looks) and CPU time. */

import { readdirSync, readFileSync } from 'node:fs';

export interface ProverMeter {
  /** The most that provers alive at one time have held resident, bytes. */
  readonly bytesMax: number;
  readonly cpuSeconds: number;
  /** Since the last call. */
  takePeak(): number;
  close(): void;
}

const everyMs = 500;
const clockTicksPerSecond = 100;

export function meterProvers(): ProverMeter {
  let bytesMax = 0;
  let peak = 0;
  let ended = 0;
  let alive = new Map<number, number>();
  const look = () => {
    const now = new Map<number, number>();
    let bytes = 0;
    for (const pid of descendantsOf(process.pid)) {
      const found = readProver(pid);
      if (found === undefined) continue;
      now.set(pid, found.cpuSeconds);
      bytes += found.bytes;
    }
    for (const [pid, seconds] of alive) if (!now.has(pid)) ended += seconds;
    alive = now;
    bytesMax = Math.max(bytesMax, bytes);
    peak = Math.max(peak, bytes);
  };
  const timer = setInterval(look, everyMs);
  timer.unref();
  return {
    get bytesMax() {
      return bytesMax;
    },
    get cpuSeconds() {
      return ended + [...alive.values()].reduce((sum, seconds) => sum + seconds, 0);
    },
    takePeak() {
      const found = peak;
      peak = 0;
      return found;
    },
    close: () => clearInterval(timer),
  };
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

function readProver(pid: number): { bytes: number; cpuSeconds: number } | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  const name = /\((.*)\)/s.exec(stat)?.[1];
  if (name !== 'bb') return undefined;
  const kilobytes = Number(/VmHWM:\s+(\d+)/.exec(readOrNothing(`/proc/${pid}/status`))?.[1] ?? 0);
  // proc(5): after the name, utime and stime are fields 14 and 15 of the line.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { bytes: kilobytes * 1024, cpuSeconds: (Number(fields[11]) + Number(fields[12])) / clockTicksPerSecond };
}

/** Processes end while they are looked at. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
