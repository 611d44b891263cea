import { existsSync, readFileSync } from 'node:fs';

/** 0 when the process has ended. */
function kilobytesOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const path = `/proc/${pid}/status`;
  const status = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
}

/** Largest resident memory of a process so far, in MB. */
export const peakMb = (pid: number): number => Math.round((kilobytesOf(pid, 'VmHWM') * 1024) / 1e6);

export interface MemoryWindows {
  /** Means of the first 20 s after the warm-up and of the last 20 s, in MB. */
  readonly first20: number;
  readonly last20: number;
  readonly growthPercent: number;
  readonly max: number;
}

const warmUpSeconds = 5;
const windowSeconds = 20;

/**
 * Resident memory of a process, second by second from now on. Its worker threads are inside; children (anvil, prover) are not.
 */
export function sampleMemory(pid: number): { stop(): MemoryWindows } {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push((kilobytesOf(pid, 'VmRSS') * 1024) / 1e6), 1000);
  const mean = (part: readonly number[]) => part.reduce((a, b) => a + b, 0) / Math.max(1, part.length);
  return {
    stop() {
      clearInterval(timer);
      const first = mean(samples.slice(warmUpSeconds, warmUpSeconds + windowSeconds));
      const last = mean(samples.slice(-windowSeconds));
      return {
        first20: Math.round(first),
        last20: Math.round(last),
        growthPercent: Math.round((last / first - 1) * 1000) / 10,
        max: Math.round(Math.max(...samples)),
      };
    },
  };
}
